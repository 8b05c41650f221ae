// What an outage swallowed is told afterwards.

#include <sstream>

#include "registry.hpp"
#include "support/mapper_parts.hpp"

namespace bridge {
namespace {

const DeviceKind& pools() { return mappers::find("ondilo")->kinds.front(); }

/// A pool that lives through its reads: every answer becomes its facts.
class Pool {
 public:
  /// The measures are read at `now` and are of `time`.
  Facts measured(const std::string& time, const std::string& now, const std::string& types = "temperature ph") {
    std::string answer, type;
    for (std::istringstream words(types); words >> type;) {
      answer += (answer.empty() ? "" : ",") + std::string(R"({"data_type":")") + type +
                R"(","value":7.5,"is_valid":true,"value_time":")" + time + "\"}";
    }
    ScriptedVendor vendor;
    vendor.clock = *parse_time(now);
    vendor.expect("GET /pools/7/lastmeasures?types[]=temperature&types[]=ph&types[]=orp&types[]=salt&types[]=tds"
                  "&types[]=battery&types[]=rssi", "[" + answer + "]");
    return read("measures", vendor);
  }

  /// The history is read at `now`; nothing may be asked unless `request` says so.
  Facts history(const std::string& now, const std::string& request = {}, const std::string& answer = "[]") {
    ScriptedVendor vendor;
    vendor.clock = *parse_time(now);
    if (!request.empty()) vendor.expect("GET /pools/7/measures?type=" + request, answer);
    return read("history", vendor);
  }

 private:
  Facts read(const char* name, ScriptedVendor& vendor) {
    const auto facts = run(read_of(pools(), name).read(vendor, pool_));
    if (!facts) throw std::runtime_error(facts.error().message());
    pool_.facts.get_object()[name] = facts->own();
    return *facts;
  }

  Device pool_{"pool", "7", "Garden pool", "", boost::json::object()};
};

std::string at_hours(std::initializer_list<int> hours, const std::string& rest = R"("is_valid":true)") {
  std::string answer;
  for (const int hour : hours) {
    const std::string time = std::string(hour < 10 ? "0" : "") + std::to_string(hour);
    answer += (answer.empty() ? "[" : ",") + std::string(R"({"data_type":"ph","value":7.)") + std::to_string(hour) +
              "," + rest + R"(,"value_time":"2026-05-08 )" + time + ":00:00\"}";
  }
  return answer + "]";
}

TEST(OndiloHistory, TellsNothingOfTheTimeBeforeTheFirstStart) {
  Pool pool;
  EXPECT_TRUE(pool.history("2026-05-08T10:30:00Z").history().empty());
  pool.measured("2026-05-08 10:00:00", "2026-05-08T10:30:00Z");
  EXPECT_TRUE(pool.history("2026-05-08T10:30:00Z").history().empty());
}

TEST(OndiloHistory, IsNotAskedAboutLessThanTwoHours) {
  Pool pool;
  pool.measured("2026-05-08 10:00:00", "2026-05-08T10:04:00Z");
  pool.measured("2026-05-08 11:59:59", "2026-05-08T12:04:00Z");
  EXPECT_TRUE(pool.history("2026-05-08T12:05:00Z").history().empty());
}

TEST(OndiloHistory, FillsAGapOfOneTypeAfterTheOther) {
  Pool pool;
  pool.measured("2026-05-08 02:00:00", "2026-05-08T02:04:00Z");
  pool.measured("2026-05-08 06:00:00", "2026-05-08T06:04:00Z");

  const Facts first = pool.history("2026-05-08T06:05:00Z", "temperature&period=day", at_hours({1, 2, 3, 4, 5, 6}));
  ASSERT_EQ(first.history().size(), 3U) << "the ends of the gap were told when they were read";
  EXPECT_EQ(first.history()[0], (Json{{"time", "2026-05-08T03:00:00.000Z"}, {"key", "temperature"}, {"value", 7.3}}));
  EXPECT_EQ(at(first.history()[2], "/time"), Json("2026-05-08T05:00:00.000Z"));
  EXPECT_EQ(first.again(), parse_time("2026-05-08T06:05:01Z"));

  EXPECT_EQ(pool.history("2026-05-08T06:05:01Z", "ph&period=day", at_hours({4})).history().size(), 1U);
  const Facts done = pool.history("2026-05-08T06:05:02Z");
  EXPECT_TRUE(done.history().empty());
  EXPECT_FALSE(done.again());
}

TEST(OndiloHistory, FillsEveryGapOnce) {
  Pool pool;
  pool.measured("2026-05-08 01:00:00", "2026-05-08T01:04:00Z", "ph");
  pool.measured("2026-05-08 04:00:00", "2026-05-08T04:04:00Z", "ph");
  EXPECT_EQ(pool.history("2026-05-08T04:05:00Z", "ph&period=day", at_hours({2, 3})).history().size(), 2U);
  pool.measured("2026-05-08 05:00:00", "2026-05-08T05:04:00Z", "ph");
  pool.measured("2026-05-08 07:30:00", "2026-05-08T07:34:00Z", "ph");
  const Facts second = pool.history("2026-05-08T07:35:00Z", "ph&period=day", at_hours({2, 3, 4, 5, 6}));
  ASSERT_EQ(second.history().size(), 1U);
  EXPECT_EQ(at(second.history()[0], "/time"), Json("2026-05-08T06:00:00.000Z"));
}

TEST(OndiloHistory, LeavesOutWhatIsInvalidOrHasNoTime) {
  Pool pool;
  pool.measured("2026-05-08 01:00:00", "2026-05-08T01:04:00Z", "ph");
  pool.measured("2026-05-08 04:00:00", "2026-05-08T04:04:00Z", "ph");
  EXPECT_TRUE(pool.history("2026-05-08T04:05:00Z", "ph&period=day", at_hours({2}, R"("is_valid":false)")).history().empty());
  pool.measured("2026-05-08 08:00:00", "2026-05-08T08:04:00Z", "ph");
  EXPECT_TRUE(pool.history("2026-05-08T08:05:00Z", "ph&period=day",
                           R"([{"value":7,"is_valid":true},{"value":null,"is_valid":true,"value_time":"2026-05-08 05:00:00"},7])")
                  .history().empty());
}

TEST(OndiloHistory, AsksForThePeriodThatReachesBackToTheGap) {
  const std::pair<const char*, const char*> beginnings[] = {
      {"2026-05-07 12:00:00", "ph&period=day"}, {"2026-05-07 11:59:59", "ph&period=week"},
      {"2026-05-01 12:00:00", "ph&period=week"}, {"2026-05-01 11:59:59", "ph&period=month"},
      {"2025-05-01 00:00:00", "ph&period=month"}};
  for (const auto& [begun, request] : beginnings) {
    Pool pool;
    pool.measured(begun, "2026-05-08T11:00:00Z", "ph");
    pool.measured("2026-05-08 11:55:00", "2026-05-08T11:59:00Z", "ph");
    EXPECT_TRUE(pool.history("2026-05-08T12:00:00Z", request).again()) << begun;
  }
}

TEST(OndiloHistory, IsAskedAgainAfterAFailure) {
  Pool pool;
  pool.measured("2026-05-08 01:00:00", "2026-05-08T01:04:00Z", "ph");
  pool.measured("2026-05-08 04:00:00", "2026-05-08T04:04:00Z", "ph");
  EXPECT_THROW(pool.history("2026-05-08T04:05:00Z", "ph&period=day", R"({"error":"no"})"), std::runtime_error);
  EXPECT_EQ(pool.history("2026-05-08T05:05:00Z", "ph&period=day", at_hours({2, 3})).history().size(), 2U);
}

TEST(OndiloHistory, SurvivesAnAnswerWithoutMeasures) {
  Pool pool;
  pool.measured("2026-05-08 01:00:00", "2026-05-08T01:04:00Z", "ph");
  pool.measured("2026-05-08 01:00:00", "2026-05-08T02:04:00Z", "");
  pool.measured("2026-05-08 04:00:00", "2026-05-08T04:04:00Z", "ph");
  EXPECT_EQ(pool.history("2026-05-08T04:05:00Z", "ph&period=day", at_hours({2, 3})).history().size(), 2U);
}

}  // namespace
}  // namespace bridge
