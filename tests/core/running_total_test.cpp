#include "bridge/running_total.hpp"

#include <gtest/gtest.h>

#include "bridge/timestamp.hpp"

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
    EXPECT_EQ(RunningTotal(broken, kNow, 24h).since(), kNow);
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

}  // namespace
}  // namespace bridge
