#include "core/polling_schedule.hpp"

#include <gtest/gtest.h>

#include <set>
#include <string>

namespace bridge {
namespace {

using namespace std::chrono_literals;

TEST(PollingSchedule, GivesTheEarliestFirstAndEqualOnesInTheirOrder) {
  PollingSchedule<std::string> schedule;
  schedule.add(2s, "late");
  schedule.add(1s, "first");
  schedule.add(1s, "second");
  EXPECT_EQ(schedule.due(), 1s);
  EXPECT_EQ(schedule.take(), "first");
  EXPECT_EQ(schedule.take(), "second");
  EXPECT_EQ(schedule.take(), "late");
  EXPECT_TRUE(schedule.empty());
}

struct Ranked {
  std::string name;
  std::size_t place;
  std::size_t rank() const { return place; }
};

TEST(PollingSchedule, GivesTheLowestRankFirstOfWhatIsDueTogether) {
  PollingSchedule<Ranked> schedule;
  schedule.add(1s, {"second", 2});
  schedule.add(1s, {"first", 1});
  schedule.add(1s, {"also second", 2});
  schedule.add(0s, {"earlier", 9});
  EXPECT_EQ(schedule.take().name, "earlier");
  EXPECT_EQ(schedule.take().name, "first");
  EXPECT_EQ(schedule.take().name, "second");
  EXPECT_EQ(schedule.take().name, "also second");
}

TEST(PollingSchedule, BringsForwardWhatIsConcerned) {
  PollingSchedule<int> schedule;
  schedule.add(5s, 1);
  schedule.add(9s, 2);
  schedule.add(1s, 3);
  schedule.bring_forward(3s, [](int job) { return job >= 2; });
  EXPECT_EQ(schedule.due(), 1s);
  EXPECT_EQ(schedule.take(), 3);
  EXPECT_EQ(schedule.due(), 3s);
  EXPECT_EQ(schedule.take(), 2);
  EXPECT_EQ(schedule.take(), 1);
}

TEST(PollingSchedule, BringsEachForwardToAMomentOfItsOwnAndNothingBack) {
  PollingSchedule<int> schedule;
  schedule.add(5s, 1);
  schedule.add(9s, 2);
  schedule.add(20s, 10);
  schedule.bring_forward([](int job) { return std::chrono::seconds(6 * job); });
  EXPECT_EQ(schedule.due(), 5s);
  EXPECT_EQ(schedule.take(), 1);
  EXPECT_EQ(schedule.due(), 9s);
  EXPECT_EQ(schedule.take(), 2);
  EXPECT_EQ(schedule.due(), 20s);
  schedule.bring_forward([](int job) { return std::chrono::seconds(job); });
  EXPECT_EQ(schedule.due(), 10s);
}

TEST(NextDue, KeepsTheRhythmAndSkipsWhatWasMissed) {
  EXPECT_EQ(next_due(10s, 60s, 12s), 70s);
  EXPECT_EQ(next_due(10s, 60s, 69s), 70s);
  EXPECT_EQ(next_due(10s, 60s, 70s), 130s);
  EXPECT_EQ(next_due(10s, 60s, 200s), 250s);
}

using Span = std::optional<std::chrono::milliseconds>;
constexpr std::chrono::sys_time<std::chrono::milliseconds> kNow{std::chrono::hours(500'000)};

TEST(WaitUntil, FollowsTheMomentBetweenTheShortestPeriodAndTheLongest) {
  EXPECT_EQ(wait_until(kNow + 20min, kNow, 1h, 30s), Span(20min));
  EXPECT_EQ(wait_until(kNow + 1ms, kNow, 1h, 30s), Span(30s));
  EXPECT_EQ(wait_until(kNow + 3h, kNow, 1h, 30s), Span(1h));
}

TEST(WaitUntil, PutsThePeriodOfTheOwnerBeforeThePoliteOne) {
  EXPECT_EQ(wait_until(kNow + 5s, kNow, 10s, 30s), Span(10s));
}

TEST(WaitUntil, DoesNotBelieveThePastNorMoreThanADay) {
  EXPECT_FALSE(wait_until(kNow, kNow, 1h, 30s));
  EXPECT_FALSE(wait_until(kNow - 1ms, kNow, 1h, 30s));
  EXPECT_EQ(wait_until(kNow + 24h, kNow, 48h, 30s), Span(24h));
  EXPECT_FALSE(wait_until(kNow + 24h + 1ms, kNow, 48h, 30s));
}

TEST(Spread, LaysAFleetOverTheSecondHalfOfThePeriod) {
  std::set<std::chrono::milliseconds> places;
  for (std::uint64_t hash = 0; hash < 1000; ++hash) {
    const auto place = spread(1h, hash);
    EXPECT_GE(place, 30min);
    EXPECT_LT(place, 1h);
    places.insert(place);
  }
  EXPECT_EQ(places.size(), 1000U);
}

}  // namespace
}  // namespace bridge
