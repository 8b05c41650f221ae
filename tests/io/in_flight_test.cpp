#include "io/in_flight.hpp"

#include <gtest/gtest.h>

namespace bridge {
namespace {

using namespace std::chrono_literals;

const InFlight::Moment kStart{};

TEST(InFlight, HasRoomForEachQosUpToItsWindow) {
  InFlight window(2, 3);
  window.enter(1, nullptr, kStart);
  EXPECT_TRUE(window.has_room());
  const auto last = window.enter(1, nullptr, kStart);
  EXPECT_FALSE(window.has_room());
  window.settle(last, true);
  EXPECT_TRUE(window.has_room());
  for (int each = 0; each < 3; ++each) window.enter(0, nullptr, kStart);
  EXPECT_FALSE(window.has_room());
}

TEST(InFlight, KnowsHowManySettledMessagesFreeHalfOfAFullWindow) {
  InFlight window(2, 5);
  window.enter(1, nullptr, kStart);
  EXPECT_EQ(window.half(), 0U) << "there is room";
  window.enter(1, nullptr, kStart);
  EXPECT_EQ(window.half(), 1U);
  for (int each = 0; each < 5; ++each) window.enter(0, nullptr, kStart);
  EXPECT_EQ(window.half(), 3U);
}

TEST(InFlight, TellsEachSenderOnce) {
  InFlight window(4, 4);
  std::vector<bool> told;
  const auto ticket = window.enter(
      1, [&](bool acknowledged) { told.push_back(acknowledged); }, kStart);
  window.settle(ticket, true);
  window.settle(ticket, true);
  window.abandon();
  EXPECT_EQ(told, std::vector<bool>{true});
}

TEST(InFlight, KeepsAnAbandonedPlaceUntilItIsSettled) {
  InFlight window(1, 1);
  std::vector<bool> told;
  const auto ticket = window.enter(
      1, [&](bool acknowledged) { told.push_back(acknowledged); }, kStart);
  window.abandon();
  EXPECT_EQ(told, std::vector<bool>{false});
  EXPECT_EQ(window.waiting(), 0U);
  EXPECT_FALSE(window.has_room());
  window.settle(ticket, true);
  EXPECT_TRUE(window.has_room());
  EXPECT_EQ(told.size(), 1U);
}

TEST(InFlight, IgnoresTicketsFromBeforeItForgot) {
  InFlight window(1, 1);
  const auto old = window.enter(1, nullptr, kStart);
  window.forget();
  EXPECT_TRUE(window.has_room());
  bool told = false;
  window.enter(
      1, [&](bool) { told = true; }, kStart);
  window.settle(old, false);
  EXPECT_FALSE(told);
  EXPECT_EQ(window.waiting(), 1U);
}

TEST(InFlight, LetsASenderSendAgainFromItsAnswer) {
  InFlight window(1, 1);
  std::uintptr_t next = 0;
  const auto first = window.enter(
      1, [&](bool) { next = window.enter(1, nullptr, kStart); }, kStart);
  window.settle(first, true);
  EXPECT_NE(next, 0U);
  EXPECT_NE(next, first);
  EXPECT_EQ(window.waiting(), 1U);
}

TEST(InFlight, WithdrawsWithoutAWord) {
  InFlight window(1, 1);
  bool told = false;
  window.withdraw(window.enter(
      1, [&](bool) { told = true; }, kStart));
  EXPECT_TRUE(window.has_room());
  EXPECT_FALSE(told);
}

TEST(InFlight, KnowsTheOldest) {
  InFlight window(4, 4);
  EXPECT_FALSE(window.oldest());
  const auto first = window.enter(1, nullptr, kStart + 1s);
  window.enter(0, nullptr, kStart + 2s);
  EXPECT_EQ(window.oldest(), kStart + 1s);
  window.settle(first, true);
  EXPECT_EQ(window.oldest(), kStart + 2s);
}

TEST(InFlight, FollowsALowerLimitOfTheBroker) {
  InFlight window(16, 64);
  window.limit_acknowledged(1);
  window.enter(1, nullptr, kStart);
  EXPECT_FALSE(window.has_room());
  window.limit_acknowledged(65535);
  for (int each = 0; each < 14; ++each) window.enter(1, nullptr, kStart);
  EXPECT_TRUE(window.has_room());
  window.enter(1, nullptr, kStart);
  EXPECT_FALSE(window.has_room());
}

}  // namespace
}  // namespace bridge
