#include "bridge/running_total.hpp"

#include <gtest/gtest.h>

#include "support/run.hpp"
#include "support/scripted_vendor.hpp"

namespace bridge {
namespace {

using namespace std::chrono_literals;

const Instant kNow = *parse_time("2026-05-08T12:00:00Z");

TEST(RunningTotal, BeginsNow) {
  const RunningTotal total(Json(), kNow, 24h);
  EXPECT_FALSE(total.is_new("a", kNow));
  EXPECT_TRUE(total.is_new("a", kNow + 1ms));
  EXPECT_EQ(total.read_from(), kNow - 24h);
}

TEST(RunningTotal, BeginsNowThoughTheClockWasAheadWhenItBegan) {
  const RunningTotal ahead(Json(), kNow + 240h, 24h);
  RunningTotal right(Json(ahead.facts()), kNow, 24h);
  EXPECT_EQ(right.since(), kNow);
  EXPECT_EQ(right.read_from(), kNow - 24h);
  EXPECT_FALSE(right.is_new("a", kNow));
  EXPECT_TRUE(right.is_new("a", kNow + 1ms));
  right.mark_seen("a", kNow + 1h);
  const RunningTotal behind(Json(right.facts()), kNow - 1h, 24h);
  EXPECT_EQ(behind.since(), kNow) << "something was counted";
}

TEST(RunningTotal, GoesOnWhereItsFactsStand) {
  RunningTotal first(Json(), kNow, 24h);
  first.add("sum", 9'007'199'254'740'993);  // more than a double can count
  first.mark_seen("a", kNow + 1h);
  RunningTotal second(Json(first.facts()), kNow + 10h, 24h);
  second.add("sum", 1);
  EXPECT_FALSE(second.is_new("a", kNow + 1h));
  EXPECT_EQ(second.since(), kNow);
  EXPECT_EQ(second.read_from(), kNow + 1h - 24h);
  EXPECT_EQ(second.facts().at("sum"), Json(std::int64_t{9'007'199'254'740'994}));
}

TEST(RunningTotal, ForgetsOnlyWhatNoReadBringsAgain) {
  RunningTotal total(Json(), kNow, 24h);
  total.mark_seen("old", kNow + 1h);
  total.mark_seen("border", kNow + 2h);
  total.mark_seen("new", kNow + 26h);
  const auto facts = total.facts();
  EXPECT_FALSE(facts.at("seen").get_object().contains("old"));
  EXPECT_TRUE(facts.at("seen").get_object().contains("border"));
}

TEST(RunningTotal, KeepsSeveralSumsAndWhatElseIsToBeRemembered) {
  RunningTotal first(Json(), kNow, 24h);
  first.add("bought", 5);
  first.add("sold", 7);
  first.keep("last", Json{{"reason", "api"}});
  RunningTotal second(Json(first.facts()), kNow + 1h, 24h);
  second.add("sold", 1);
  EXPECT_EQ(second.kept("bought"), Json(std::int64_t{5}));
  EXPECT_EQ(second.kept("sold"), Json(std::int64_t{8}));
  EXPECT_EQ(text(Json(second.facts()), "/last/reason"), "api");
  EXPECT_EQ(second.kept("never"), Json());
}

TEST(RunningTotal, CountsOnceThoughAReadBringsMoreThanItAskedFor) {
  RunningTotal first(Json(), kNow, 24h);
  first.mark_seen("early", kNow + 10h + 300ms);
  RunningTotal second(Json(first.facts()), kNow, 24h);
  second.mark_seen("late", kNow + 34h + 500ms);
  const RunningTotal third(Json(second.facts()), kNow, 24h);
  EXPECT_FALSE(third.is_new("early", kNow + 10h + 300ms)) << "forgotten, but from before the stretch";
  EXPECT_FALSE(third.is_new("late", kNow + 34h + 500ms));
  EXPECT_TRUE(third.is_new("between", kNow + 10h + 600ms));
}

TEST(RunningTotal, StartsAnewFromBrokenFacts) {
  for (const Json& broken : {Json(7), Json("x"), Json{{"since", 7}, {"sum", "many"}, {"seen", 1}}}) {
    RunningTotal total(broken, kNow, 24h);
    total.add("sum", 3);
    EXPECT_EQ(total.since(), kNow);
    EXPECT_EQ(total.facts().at("sum"), Json(std::int64_t{3}));
  }
}

TEST(Windows, CoverTheStretchWithoutGapOrOverlap) {
  const auto all = windows(kNow, kNow + 25h, 10h);
  ASSERT_EQ(all.size(), 3U);
  EXPECT_EQ(all.front().from, kNow);
  EXPECT_EQ(all[0].to, all[1].from);
  EXPECT_EQ(all.back().to, kNow + 25h);
  EXPECT_TRUE(windows(kNow, kNow, 1h).empty());
}

// ---- The fold over a history ----------------------------------------------------------------

// An answer is a list of {"at", "values": [one of each channel]}: an entry is one value.
std::vector<Entry> values(const Json& answer, const Device&) {
  std::vector<Entry> entries;
  for (const Json& each : items(answer)) {
    for (std::size_t channel = 0; channel < items(at(each, "/values")).size(); ++channel) {
      const std::string stamp = text(each, "/at");
      entries.push_back({stamp + ' ' + std::to_string(channel), parse_time(stamp), each, channel});
    }
  }
  return entries;
}

bool take_value(const Entry& entry, RunningTotal& total, Facts& facts) {
  const Json& value = items(at(entry.json, "/values"))[entry.part];
  if (!value.is_int64()) return false;
  total.add(entry.part == 0 ? "bought" : "sold", value.get_int64());
  facts.event("value", boost::json::string(format_time(*entry.date)));
  return true;
}

constexpr History kMeter{.facts = "meter",
                         .path = "/meters/{id}?from={from}&to={to}&since={from_epoch}-{to_epoch}",
                         .widest = 10h,
                         .reread = 2h,
                         .sums = "bought sold",
                         .entries = values,
                         .take = take_value};

class HistoryRead : public testing::Test {
 protected:
  void expect(const std::string& from, const std::string& to, Instant begin, Instant end, const std::string& answer) {
    const auto epoch = [](Instant moment) { return std::to_string(moment.time_since_epoch() / 1s); };
    vendor.expect("GET /meters/m%2F1?from=" + from + "&to=" + to + "&since=" + epoch(begin) + "-" + epoch(end), answer);
  }
  Result<Facts> read() {
    auto facts = run(read_history<kMeter>(vendor, device));
    if (facts) device.facts.get_object()["meter"] = facts->own();
    return facts;
  }
  std::string sums() const {
    return text(device.facts, "/meter/bought") + ' ' + text(device.facts, "/meter/sold");
  }

  ScriptedVendor vendor;  // its clock stands at kNow
  Device device{"meter", "m/1", "Meter", "", boost::json::object()};
};

TEST_F(HistoryRead, BeginsWithSumsOfZero) {
  expect("2026-05-08T10:00:00Z", "2026-05-08T12:00:01Z", kNow - 2h, kNow + 1s,
         R"([{"at":"2026-05-08T11:00:00Z","values":[5,5]}])");
  EXPECT_TRUE(read()->events().empty());
  EXPECT_EQ(sums(), "0 0");
}

TEST_F(HistoryRead, CountsEachPartOfAnEntryOnceAndTheOldestFirst) {
  device.facts = Json{{"meter", RunningTotal(Json(), kNow, 2h).facts()}};
  vendor.clock = kNow + 1h;
  const std::string answer = R"([{"at":"2026-05-08T12:40:00Z","values":[1,null]},{"values":[9,9]},
                                 {"at":"2026-05-08T12:20:00Z","values":[10,20]}])";
  expect("2026-05-08T10:00:00Z", "2026-05-08T13:00:01Z", kNow - 2h, kNow + 1h + 1s, answer);
  const auto first = read();
  ASSERT_EQ(first->events().size(), 3U);
  EXPECT_EQ(first->events().front().second, Json("2026-05-08T12:20:00.000Z"));
  EXPECT_EQ(sums(), "11 20");

  const std::string mended = R"([{"at":"2026-05-08T12:40:00Z","values":[7,2]}])";
  expect("2026-05-08T10:40:00Z", "2026-05-08T13:00:01Z", kNow - 80min, kNow + 1h + 1s, mended);
  EXPECT_EQ(read()->events().size(), 1U);
  EXPECT_EQ(sums(), "11 22");
}

TEST_F(HistoryRead, AsksAlsoWhenTheVendorsClockIsAhead) {
  RunningTotal ahead(Json(), kNow, 2h);
  ahead.mark_seen("a", kNow + 9h);
  device.facts = Json{{"meter", ahead.facts()}};
  expect("2026-05-08T10:00:00Z", "2026-05-08T12:00:01Z", kNow - 2h, kNow + 1s, "[]");
  EXPECT_TRUE(read());
}

TEST_F(HistoryRead, AsksAlsoWhenItsOwnClockWasAheadAtTheReadBefore) {
  auto facts = RunningTotal(Json(), kNow, 2h).facts();
  facts["asked"] = format_time(kNow + 240h);
  device.facts = Json{{"meter", facts}};
  expect("2026-05-08T10:00:00Z", "2026-05-08T12:00:01Z", kNow - 2h, kNow + 1s, "[]");
  EXPECT_TRUE(read());
  EXPECT_EQ(text(device.facts, "/meter/asked"), "2026-05-08T12:00:00.000Z");
}

TEST_F(HistoryRead, LeavesEverythingAsItWasWhenALaterWindowFails) {
  device.facts = Json{{"meter", RunningTotal(Json(), kNow, 2h).facts()}};
  const Json before = device.facts;
  vendor.clock = kNow + 9h;
  expect("2026-05-08T10:00:00Z", "2026-05-08T20:00:00Z", kNow - 2h, kNow + 8h, R"([{"at":"2026-05-08T13:00:00Z","values":[1]}])");
  vendor.expect("GET /meters/m%2F1?from=2026-05-08T20:00:00Z&to=2026-05-08T21:00:01Z&since=" +
                    std::to_string((kNow + 8h).time_since_epoch() / 1s) + "-" + std::to_string((kNow + 9h + 1s).time_since_epoch() / 1s),
                Error(Errc::network, "gone"));
  EXPECT_EQ(read().error().code(), Errc::network);
  EXPECT_EQ(device.facts, before);
}

TEST(Hundredths, AreNullWithoutACount) {
  EXPECT_EQ(hundredths(Json(10030)), Json(100.3));
  EXPECT_EQ(hundredths(Json()), Json());
}

TEST(KilowattHours, AreJoulesToTheMillionth) {
  EXPECT_EQ(kilowatt_hours(Json(3600000)), Json(1.0));
  EXPECT_EQ(kilowatt_hours(Json(9)), Json(0.000003)) << "2.5 millionths";
  EXPECT_EQ(kilowatt_hours(Json(std::int64_t{360'000'000'000'001})), Json(100000000.0));
  for (const Json& other : {Json(), Json("5"), Json(1.5)}) EXPECT_EQ(kilowatt_hours(other), Json());
}

// ---- Holes ----------------------------------------------------------------------------------

class Holes : public testing::Test {
 protected:
  void see(std::chrono::seconds after) { total.mark_seen(format_time(kNow + after), kNow + after, 5min); }
  bool is_new(std::chrono::seconds after) const {
    return total.is_new(format_time(kNow + after), kNow + after, 5min);
  }
  std::optional<Instant> oldest() const { return total.oldest_hole(kNow - 24h, total.newest()); }
  void restart() { total = RunningTotal(Json(total.facts()), kNow, 10min, 5min); }

  RunningTotal total{Json(), kNow, 10min, 5min};
};

TEST_F(Holes, AreWhatNoRecordCovers) {
  see(5min);
  see(10min);
  EXPECT_EQ(oldest(), std::nullopt);
  see(30min);
  EXPECT_EQ(oldest(), kNow + 10min);
  see(20min);
  EXPECT_EQ(oldest(), kNow + 10min);
  see(15min);
  EXPECT_EQ(oldest(), kNow + 20min);
  see(25min);
  EXPECT_EQ(oldest(), std::nullopt);
}

TEST_F(Holes, LetARecordInHoweverLate) {
  see(5min);
  see(15min);
  see(5h);
  restart();
  EXPECT_TRUE(is_new(10min));
  EXPECT_FALSE(is_new(5min)) << "forgotten, but no hole";
  EXPECT_FALSE(is_new(15min));
  see(10min);
  restart();
  EXPECT_FALSE(is_new(10min));
}

TEST_F(Holes, AreNotMadeByStampsThatDrift) {
  for (const auto end : {299s, 601s, 902s, 1203s}) see(end);
  EXPECT_EQ(oldest(), std::nullopt);
}

TEST_F(Holes, IncludeTheRecordInWhichCountingBegan) {
  for (const auto first : {1s, 100s, 299s}) {
    total = RunningTotal(Json(), kNow, 10min, 5min);
    see(first + 10min);
    see(first + 5min);
    see(5h);
    restart();
    EXPECT_TRUE(is_new(first)) << first.count();
    see(first);
    restart();
    EXPECT_FALSE(is_new(first)) << first.count();
  }
}

TEST_F(Holes, AreGivenUpOnceTheyEndedTooLongAgo) {
  see(5min);
  see(25min);
  see(40min);
  EXPECT_EQ(total.give_up(kNow + 19min), 0);
  EXPECT_EQ(total.give_up(kNow + 20min), 3);
  EXPECT_EQ(total.oldest_hole(kNow + 30min, total.newest()), kNow + 30min) << "the part behind the limit";
  EXPECT_EQ(total.give_up(kNow + 24h), 2);
  EXPECT_EQ(oldest(), std::nullopt);
}

TEST_F(Holes, ReachUpToWhereOthersAre) {
  see(5min);
  EXPECT_EQ(total.oldest_hole(kNow, kNow + 15min), kNow + 5min);
  EXPECT_EQ(total.oldest_hole(kNow + 6min, kNow + 15min), std::nullopt) << "silent for too long";
}

TEST_F(Holes, SurviveBrokenFacts) {
  for (const Json& broken : {Json(7), boost::json::parse(R"([[7,8],["x"],["2026-05-08T13:00:00Z","2026-05-08T12:00:00Z"]])")}) {
    const RunningTotal anew(Json{{"holes", broken}}, kNow, 10min, 5min);
    EXPECT_EQ(anew.oldest_hole(kNow - 24h, kNow), std::nullopt) << broken;
  }
}

}  // namespace
}  // namespace bridge
