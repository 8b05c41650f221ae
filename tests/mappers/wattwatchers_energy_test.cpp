// The energy totals of a meter's channels.

#include <boost/json/serialize.hpp>

#include "registry.hpp"
#include "support/dated_vendor.hpp"
#include "support/mapper_parts.hpp"

namespace bridge {
namespace {

using namespace std::chrono_literals;

const Instant kStart = *parse_time("2026-05-08T12:00:00Z");

class MeterEnergy : public testing::Test {
 protected:
  void SetUp() override { read(kStart); }

  /// A record that ends so long after the start: what the first channel used, perhaps null.
  static Json record(std::chrono::seconds after, const Json& imported, const Json& exported = 0) {
    return {{"timestamp", (kStart + after).time_since_epoch() / 1s}, {"duration", 300},
            {"eRealPositive", boost::json::array{imported}}, {"eRealNegative", boost::json::array{exported}}};
  }
  void give(std::chrono::seconds after, const Json& imported, std::chrono::seconds visible = {}) {
    vendor.records.push_back({kStart + after, {{kStart + std::max(after, visible), record(after, imported)}}});
  }
  Result<Facts> read(Instant now) {
    vendor.clock = now;
    asked = vendor.asked;
    auto facts = run(read_of(kind_of(watt, "meter"), "total").read(vendor, meter));
    asked = vendor.asked - asked;
    if (!facts) return facts;
    meter.facts.get_object()["total"] = facts->own();
    for (const auto& [id, own] : facts->children()) channel = Device{"channel", id, "", "", boost::json::object{{"total", own}}};
    return facts;
  }
  Json imported() { return shown(watt, channel, "imported"); }
  Json exported() { return shown(watt, channel, "exported"); }
  Json known(const std::string& name) { return at(meter.facts, "/total/" + name); }

  const Mapper& watt = *mappers::find("wattwatchers");
  DatedVendor vendor{"fromTs", "toTs", 168h, 1};
  Device meter{"meter", "D123456789012", "", "",
               boost::json::parse(R"({"list":{"channels":[{"id":"D123456789012_C1","place":0}]}})")};
  Device channel;
  int asked = 0;
};

TEST_F(MeterEnergy, BeginsWithZero) {
  EXPECT_EQ(imported(), Json(0.0));
  EXPECT_EQ(exported(), Json(0.0));
}

TEST_F(MeterEnergy, CountsFromTheFirstStart) {
  give(-5min, 3600000);
  give(0s, 3600000);
  give(5min, 1800000);
  read(kStart + 6min);
  EXPECT_EQ(imported(), Json(0.5));
}

TEST_F(MeterEnergy, IsInKilowattHoursToTheMillionth) {
  give(5min, 1);
  read(kStart + 6min);
  EXPECT_EQ(imported(), Json(0.0));
  give(10min, 1);
  read(kStart + 11min);
  EXPECT_EQ(imported(), Json(0.000001));
  give(15min, 3599997);
  read(kStart + 16min);
  EXPECT_EQ(imported(), Json(1.0));
}

TEST_F(MeterEnergy, AsksForTheWindowBehindTheNewestRecord) {
  ScriptedVendor scripted;
  scripted.clock = kStart + 7min;
  const auto epoch = [](Instant moment) { return std::to_string(moment.time_since_epoch() / 1s); };
  scripted.expect("GET /long-energy/D123456789012?granularity=5m&fromTs=" + epoch(kStart - 1h) + "&toTs=" +
                      epoch(kStart + 7min + 1s), "[]");
  EXPECT_TRUE(run(read_of(kind_of(watt, "meter"), "total").read(scripted, meter)));
}

TEST_F(MeterEnergy, TakesNoDataForNoData) {
  const std::pair<const char*, const char*> answers[] = {{"null", "204"}, {"[]", "none"}, {"{}", "no list"},
      {R"([null,7,{},{"timestamp":1778245200}])", "broken"},
      {R"([{"timestamp":1778245200,"eRealPositive":[null],"eRealNegative":[0]}])", "null"},
      {R"([{"timestamp":1778245200,"eRealPositive":[5]}])", "one direction missing"},
      {R"([{"timestamp":1778245200,"eRealPositive":[-5],"eRealNegative":[0]}])", "negative"},
      {R"([{"timestamp":1778245200,"eRealPositive":[1e300],"eRealNegative":[0]}])", "absurd"},
      {R"([{"eRealPositive":[5],"eRealNegative":[0]}])", "no stamp"}};
  for (const auto& [answer, what] : answers) {
    ScriptedVendor scripted;
    scripted.clock = kStart + 7min;
    const auto seconds = [](Instant moment) { return std::to_string(moment.time_since_epoch() / 1s); };
    scripted.expect("GET /long-energy/D123456789012?granularity=5m&fromTs=" + seconds(kStart - 1h) + "&toTs=" +
                        seconds(kStart + 7min + 1s), answer);
    const auto facts = run(read_of(kind_of(watt, "meter"), "total").read(scripted, meter));
    ASSERT_TRUE(facts) << what;
    EXPECT_EQ(at(facts->own(), "/D123456789012_C1/imported"), Json(0)) << what;
    EXPECT_TRUE(at(facts->own(), "/D123456789012_C1/seen").get_object().empty()) << what;
  }
}

TEST_F(MeterEnergy, CountsANullWhenItIsFilledIn) {
  vendor.records.push_back({kStart + 5min, {{kStart + 5min, record(5min, nullptr)}, {kStart + 6h, record(5min, 3600000)}}});
  for (auto after = 10min; after <= 6h; after += 5min) give(after, 0);
  for (auto after = 7min; after <= 6h; after += 5min) read(kStart + after);
  EXPECT_EQ(imported(), Json(0.0));
  read(kStart + 7h + 1min);
  EXPECT_EQ(imported(), Json(1.0));
  EXPECT_EQ(known("lost"), Json());
}

TEST_F(MeterEnergy, AsksForOldHolesOnceAnHourAndForFreshOnesAlways) {
  give(10min, 0);  // the first is missing
  const auto begin = [&](Instant now) {
    struct Watching : ScriptedVendor {
      Task<Json> request(Method, std::string asked, Json) override {
        first = asked;
        co_return boost::json::array();
      }
      std::string first;
    } watching;
    watching.clock = now;
    const auto facts = run(read_of(kind_of(watt, "meter"), "total").read(watching, meter));
    if (facts) meter.facts.get_object()["total"] = facts->own();
    return Instant(std::chrono::seconds(std::stoll(query_value(watching.first, "fromTs"))));
  };
  read(kStart + 11min);
  give(4h, 0);
  for (auto after = 15min; after < 4h; after += 5min) give(after, 0);
  read(kStart + 4h);
  EXPECT_EQ(begin(kStart + 4h + 5min), kStart + 3h) << "old: not now";
  EXPECT_EQ(begin(kStart + 5h), kStart) << "old: once an hour";
  EXPECT_EQ(begin(kStart + 5h + 5min), kStart + 3h);
  EXPECT_EQ(begin(kStart + 6h + 1min), kStart);
}

TEST_F(MeterEnergy, GoesOnAfterAClockThatWasAhead) {
  give(5min, 3600000);
  vendor.wrong_by = 20 * 24h;
  read(kStart + 6min);
  EXPECT_EQ(imported(), Json(1.0));
  vendor.wrong_by = {};
  for (auto after = 10min; after <= 2h; after += 5min) give(after, 3600000);
  read(kStart + 2h + 1min);
  EXPECT_EQ(imported(), Json(24.0));
  EXPECT_EQ(text(known("far"), ""), format_time(kStart + 2h + 1min));
}

TEST_F(MeterEnergy, CountsFromTheRightTimeOnWhereTheClockWasAheadAtTheFirstStart) {
  meter.facts.get_object().erase("total");
  vendor.wrong_by = 3 * 24h;
  read(kStart);
  vendor.wrong_by = {};
  read(kStart + 1min);
  give(5min, 3600000);
  read(kStart + 6min);
  EXPECT_EQ(imported(), Json(1.0));
}

TEST_F(MeterEnergy, SaysWhatIsLost) {
  give(5min, 3600000, 170h);
  give(10min, 0);
  give(15min, 0, 170h);
  give(20min, 0);
  read(kStart + 21min);
  EXPECT_EQ(known("lost"), Json());
  read(kStart + 168h);
  EXPECT_EQ(known("lost"), Json(2));
  read(kStart + 171h);
  EXPECT_EQ(imported(), Json(0.0)) << "too late";
  EXPECT_EQ(known("lost"), Json(2));
}

TEST_F(MeterEnergy, IgnoresASecondValueAndCountsThatOnce) {
  vendor.records.push_back({kStart + 5min, {{kStart + 5min, record(5min, 3600000)}, {kStart + 10min, record(5min, 7200000)}}});
  read(kStart + 6min);
  EXPECT_EQ(known("second_values"), Json());
  read(kStart + 11min);
  read(kStart + 16min);
  EXPECT_EQ(imported(), Json(1.0));
  EXPECT_EQ(known("second_values"), Json(1));
}

TEST_F(MeterEnergy, KeepsEverythingWhenAReadFails) {
  give(5min, 3600000);
  vendor.failing = 100;
  const Json before = meter.facts;
  EXPECT_EQ(read(kStart + 6min).error().code(), Errc::network);
  EXPECT_EQ(meter.facts, before);
  vendor.failing = 0;
  read(kStart + 7min);
  EXPECT_EQ(imported(), Json(1.0));
}

TEST_F(MeterEnergy, CatchesUpInWindowsAfterAnOutage) {
  for (auto after = 5min; after <= 25 * 24h; after += 5min) give(after, 36000);
  read(kStart + 25 * 24h);
  EXPECT_EQ(imported(), Json(72.0));
  EXPECT_EQ(asked, 4);
}

TEST_F(MeterEnergy, DoesNotAskFurtherBackForAMeterThatIsAway) {
  give(5min, 3600000);
  for (auto after = 6min; after < 30 * 24h; after += 30min) read(kStart + after);
  EXPECT_EQ(asked, 1);
  give(30 * 24h, 3600000);
  read(kStart + 30 * 24h + 1min);
  EXPECT_EQ(imported(), Json(2.0));
}

TEST_F(MeterEnergy, KeepsTheTotalOfAChannelThatIsAwayFromTheList) {
  give(5min, 3600000);
  read(kStart + 6min);
  const Json list = at(meter.facts, "/list");
  meter.facts.get_object()["list"] = boost::json::object{{"channels", boost::json::array()}};
  read(kStart + 11min);
  EXPECT_EQ(asked, 0) << "nothing to count";
  meter.facts.get_object()["list"] = list;
  read(kStart + 16min);
  EXPECT_EQ(imported(), Json(1.0));
}

TEST_F(MeterEnergy, CountsTheOtherWayRoundFromTheSettingOn) {
  give(5min, 3600000);
  read(kStart + 6min);
  meter.facts.get_object()["list"] = boost::json::parse(R"({"channels":[{"id":"D123456789012_C1","place":0,"inverted":true}]})");
  give(10min, 1800000);
  read(kStart + 11min);
  EXPECT_EQ(imported(), Json(1.0));
  EXPECT_EQ(exported(), Json(0.5));
  EXPECT_EQ(known("second_values"), Json()) << "the same record the other way round is no second value";
}

TEST_F(MeterEnergy, IsEachChannelsOwnThoughAListTakesOneOutMeanwhile) {
  struct Listing : ScriptedVendor {
    explicit Listing(Device& meter) : meter(meter) {}
    Task<Json> request(Method, std::string, Json) override {
      meter.facts.get_object()["list"] = boost::json::parse(R"({"channels":[{"id":"D123456789012_C2","place":1}]})");
      Json record = MeterEnergy::record(5min, 3600000);
      record.as_object()["eRealPositive"].as_array().push_back(1800000);
      record.as_object()["eRealNegative"].as_array().push_back(0);
      co_return boost::json::array(1, record);
    }
    Device& meter;
  } listing(meter);
  meter.facts.get_object()["list"] = boost::json::parse(
      R"({"channels":[{"id":"D123456789012_C1","place":0},{"id":"D123456789012_C2","place":1}]})");
  read(kStart);
  listing.clock = kStart + 6min;
  const auto facts = run(read_of(kind_of(watt, "meter"), "total").read(listing, meter));
  ASSERT_TRUE(facts);
  EXPECT_EQ(at(facts->own(), "/D123456789012_C1/imported"), Json(3600000));
  EXPECT_EQ(at(facts->own(), "/D123456789012_C2/imported"), Json(1800000));
}

TEST_F(MeterEnergy, GoesOnBeyondWhatADoubleCanCount) {
  boost::json::object facts = meter.facts.at("total").get_object();
  facts["D123456789012_C1"].get_object()["imported"] = std::int64_t{9'007'199'254'740'993};
  meter.facts.get_object()["total"] = facts;
  give(5min, 1);
  read(kStart + 6min);
  EXPECT_EQ(at(channel.facts, "/total/imported"), Json(std::int64_t{9'007'199'254'740'994}));
}

}  // namespace
}  // namespace bridge
