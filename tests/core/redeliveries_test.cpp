#include "core/redeliveries.hpp"

#include <gtest/gtest.h>

namespace bridge {
namespace {

using namespace std::chrono_literals;

constexpr std::uint64_t kOn = 1;
constexpr std::uint64_t kOff = 2;

class RedeliveriesTest : public testing::Test {
 protected:
  RedeliveriesTest() { deliveries.connected(now); }

  bool first(std::uint64_t delivery) { return !deliveries.came_before(delivery, false, now); }
  bool repeats(std::uint64_t delivery) { return deliveries.came_before(delivery, true, now); }
  void reconnect(Redeliveries::Time after = 1s) {
    deliveries.lost(now);
    now += after;
    deliveries.connected(now);
  }

  Redeliveries deliveries;
  Redeliveries::Time now{};
};

TEST_F(RedeliveriesTest, WithoutTheBrokersMarkNothingCameBefore) {
  EXPECT_TRUE(first(kOn));
  EXPECT_TRUE(first(kOn));
  reconnect();
  EXPECT_TRUE(first(kOn));
}

TEST_F(RedeliveriesTest, EachOfSeveralIsRecognisedOnce) {
  for (const auto each : {kOn, kOff, kOn}) ASSERT_TRUE(first(each));
  reconnect();
  EXPECT_TRUE(repeats(kOn));
  EXPECT_TRUE(repeats(kOff));
  EXPECT_TRUE(repeats(kOn));
  EXPECT_FALSE(repeats(kOn)) << "there were two";
  EXPECT_FALSE(repeats(kOff));
}

TEST_F(RedeliveriesTest, OnOneConnectionNothingComesAgain) {
  ASSERT_TRUE(first(kOn));
  EXPECT_FALSE(repeats(kOn)) << "its first sending was lost with an earlier connection";
}

TEST_F(RedeliveriesTest, IsRecognisedAgainWhenTheNextConnectionIsLostToo) {
  ASSERT_TRUE(first(kOn));
  reconnect();
  ASSERT_TRUE(repeats(kOn));
  reconnect();
  EXPECT_TRUE(repeats(kOn));
}

TEST_F(RedeliveriesTest, IsRecognisedAfterAConnectionThatBroughtNothing) {
  ASSERT_TRUE(first(kOn));
  reconnect();
  reconnect(10min);
  EXPECT_TRUE(repeats(kOn));
}

TEST_F(RedeliveriesTest, WhatCameLongBeforeTheEndWasAcknowledged) {
  ASSERT_TRUE(first(kOn));
  now += 31s;
  reconnect();
  EXPECT_FALSE(repeats(kOn));
}

TEST_F(RedeliveriesTest, TheBrokerRepeatsAtOnceOrNever) {
  ASSERT_TRUE(first(kOn));
  reconnect();
  now += 31s;
  EXPECT_FALSE(repeats(kOn));
}

TEST_F(RedeliveriesTest, WhatTheBrokerHasAcknowledgementsOfIsNotRepeated) {
  ASSERT_TRUE(first(kOn));
  const auto before = deliveries.latest();
  ASSERT_TRUE(first(kOff));
  deliveries.are_settled(before);
  reconnect();
  EXPECT_FALSE(repeats(kOn));
  EXPECT_TRUE(repeats(kOff));
}

TEST_F(RedeliveriesTest, AnAcknowledgementSaysNothingOfAnEarlierConnection) {
  ASSERT_TRUE(first(kOn));
  reconnect();
  deliveries.are_settled(deliveries.latest());
  EXPECT_TRUE(repeats(kOn));
}

TEST_F(RedeliveriesTest, WhatTheProcessBeforeTookIsRecognisedWhileItIsFresh) {
  Redeliveries restarted;
  restarted.recall(kOn, 29s, 0s);
  restarted.recall(kOff, 31s, 0s);
  restarted.connected(5s);
  EXPECT_TRUE(restarted.came_before(kOn, true, 5s));
  EXPECT_FALSE(restarted.came_before(kOff, true, 5s));
}

TEST_F(RedeliveriesTest, OfAFloodTheLatestAreKnown) {
  for (std::uint64_t each = 0; each < 5000; ++each) ASSERT_TRUE(first(each));
  reconnect();
  EXPECT_TRUE(repeats(4999));
  EXPECT_FALSE(repeats(0));
}

}  // namespace
}  // namespace bridge
