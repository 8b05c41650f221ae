#include "bridge/series.hpp"

#include <gtest/gtest.h>

#include "bridge/timestamp.hpp"

namespace bridge {
namespace {

using namespace std::chrono_literals;

Instant at_minute(int minute) { return Instant(std::chrono::hours(24 * 365 * 50)) + std::chrono::minutes(minute); }

Series came(std::initializer_list<int> minutes, const Json& facts = {}) {
  Series series(facts, 2h);
  for (const int minute : minutes) series.came(at_minute(minute), at_minute(minute));
  return series;
}

TEST(Series, KnowsTheNewestValueInAnyOrder) {
  EXPECT_EQ(came({}).newest(), std::nullopt);
  EXPECT_EQ(came({60, 30, 60, 0}).newest(), at_minute(60));
}

TEST(Series, MissesNothingBeforeTheFirstValueNorInShortPauses) {
  EXPECT_EQ(came({0, 119, 238}).missing_since({}), std::nullopt);
}

TEST(Series, MissesWhatLiesBetweenTwoValues) {
  const Series series = came({0, 60, 240});
  EXPECT_EQ(series.missing_since({}), at_minute(60));
  EXPECT_FALSE(series.misses(at_minute(60), {}));
  EXPECT_TRUE(series.misses(at_minute(61), {}));
  EXPECT_TRUE(series.misses(at_minute(239), {}));
  EXPECT_FALSE(series.misses(at_minute(240), {}));
}

TEST(Series, MissesNothingWhereItWasFilled) {
  const Series series = came({0, 120, 180, 360});
  EXPECT_EQ(series.missing_since(at_minute(120)), at_minute(180));
  EXPECT_FALSE(series.misses(at_minute(60), at_minute(120)));
  EXPECT_TRUE(series.misses(at_minute(200), at_minute(120)));
  EXPECT_EQ(series.missing_since(at_minute(360)), std::nullopt);
}

TEST(Series, GoesOnAfterARestart) {
  const Json kept = came({0, 200}).facts();
  const Series series = came({230, 500}, kept);
  EXPECT_EQ(series.newest(), at_minute(500));
  EXPECT_EQ(series.missing_since({}), at_minute(0));
  EXPECT_TRUE(series.misses(at_minute(300), {}));
}

TEST(Series, StartsAnewFromFactsThatAreNone) {
  for (const Json& facts : {Json(), Json(7), Json{{"newest", "never"}, {"gaps", {7, {{"from", 1}, {"to", 2}}}}}}) {
    const Series series(facts, 2h);
    EXPECT_EQ(series.newest(), std::nullopt);
    EXPECT_EQ(series.missing_since({}), std::nullopt);
  }
}

TEST(Series, ForgetsTheOldestOfManyGaps) {
  Series series({}, 2h);
  for (int gap = 0; gap <= 11; ++gap) series.came(at_minute(gap * 200), at_minute(gap * 200));
  EXPECT_EQ(series.missing_since({}), at_minute(200));
}

TEST(Series, IgnoresADateFromMoreThanAnHourAhead) {
  Series series = came({0});
  series.came(at_minute(600), at_minute(64));
  series.came(at_minute(64), at_minute(64));
  EXPECT_EQ(series.newest(), at_minute(64));
  EXPECT_EQ(series.missing_since({}), std::nullopt);
  Facts facts{Json()};
  series.follow(facts, at_minute(68), {64min});
  EXPECT_EQ(facts.again(), at_minute(128));
  series.came(at_minute(300), at_minute(240));
  EXPECT_EQ(series.newest(), at_minute(300)) << "a vendor's clock may be a little ahead";
  EXPECT_EQ(series.missing_since({}), at_minute(64));
}

TEST(Series, TakesBackADateFromTheFutureThatWasKept) {
  for (const Json& kept : {Json(came({0, 9000}).facts()), Json(came({0, 9000, 9060, 9600}).facts())}) {
    Series series(kept, 2h);
    series.came(at_minute(180), at_minute(180));
    EXPECT_EQ(series.newest(), at_minute(180));
    EXPECT_EQ(series.missing_since({}), at_minute(0));
    EXPECT_EQ(series.missing_since(at_minute(9000)), at_minute(0)) << "filled it cannot be";
    EXPECT_TRUE(series.misses(at_minute(60), at_minute(9000)));
    EXPECT_FALSE(series.misses(at_minute(200), {}));
  }
}

TEST(Series, StartsAnewWhereOnlyDatesFromTheFutureWereKept) {
  Series series(came({9000, 9600}).facts(), 2h);
  series.came(at_minute(9000), at_minute(180));
  EXPECT_EQ(series.newest(), std::nullopt);
  series.came(at_minute(180), at_minute(180));
  EXPECT_EQ(series.newest(), at_minute(180));
  EXPECT_EQ(series.missing_since({}), std::nullopt);
}

std::optional<Instant> follows(std::initializer_list<int> minutes, int now) {
  Facts facts{Json()};
  came(minutes).follow(facts, at_minute(now), {64min, 69min});
  return facts.again();
}

TEST(Series, IsFollowedAtTheNextAgeOfItsNewestValue) {
  EXPECT_EQ(follows({0}, 10), at_minute(64));
  EXPECT_EQ(follows({0}, 64), at_minute(69));
  EXPECT_EQ(follows({0}, 69), std::nullopt);
}

TEST(Series, IsNotFollowedWithoutAUsefulTime) {
  EXPECT_EQ(follows({}, 10), std::nullopt);
  EXPECT_EQ(follows({11}, 10), std::nullopt);
  EXPECT_EQ(follows({0}, 24 * 60 + 1), std::nullopt);
}

}  // namespace
}  // namespace bridge
