#include "core/polling_plan.hpp"

#include <gtest/gtest.h>

namespace bridge {
namespace {

using namespace std::chrono_literals;

constexpr Read kHubReads[] = {{.facts = "stats", .every = 5min}};
constexpr Read kPoolReads[] = {{.facts = "measures", .every = 1h},
                               {.facts = "history", .every = 6h, .when = "history"}};
constexpr DeviceKind kKinds[] = {{.name = "hub", .reads = kHubReads},
                                 {.name = "pool", .reads = kPoolReads}};
constexpr Quota kQuotas[] = {{.requests = 5, .per = 1s}, {.requests = 30, .per = 1h}};
constexpr Mapper kMapper{.name = "acme",
                         .manufacturer = "Acme",
                         .base_url = "https://api.example.com",
                         .auth = {},
                         .quotas = kQuotas,
                         .command_reserve = 5,
                         .list_every = 1h,
                         .kinds = kKinds};

AccountConfiguration an_account() {
  AccountConfiguration account;
  account.mapper = &kMapper;
  return account;
}

TEST(PollingPlan, CountsTheListAndTheHubOnceAndEveryOtherReadPerDevice) {
  EXPECT_DOUBLE_EQ(polling_plan(an_account(), 1).an_hour, 1 + 12 + 1);
  EXPECT_DOUBLE_EQ(polling_plan(an_account(), 20).an_hour, 1 + 12 + 20);
}

TEST(PollingPlan, LeavesOutReadsThatAreNotSwitchedOn) {
  AccountConfiguration account = an_account();
  EXPECT_EQ(polling_plan(account, 1).reads.size(), 3U);
  account.settings = Settings(Json{{"history", true}});
  EXPECT_EQ(polling_plan(account, 1).reads.size(), 4U);
  EXPECT_DOUBLE_EQ(polling_plan(account, 6).an_hour, 1 + 12 + 6 + 1);
}

TEST(PollingPlan, TakesTheConfiguredPeriods) {
  AccountConfiguration account = an_account();
  account.every["list"] = 30min;
  account.every["stats"] = 1h;
  EXPECT_DOUBLE_EQ(polling_plan(account, 1).an_hour, 2 + 1 + 1);
}

TEST(PollingPlan, StretchesTheReadsAndNotTheList) {
  const PollingPlan fits = polling_plan(an_account(), 1);
  EXPECT_EQ(fits.stretch, 1);
  ASSERT_EQ(fits.windows.size(), 2U);
  EXPECT_EQ(fits.windows[1].for_polls, 25);
  EXPECT_DOUBLE_EQ(fits.windows[1].asked, 14);

  EXPECT_DOUBLE_EQ(polling_plan(an_account(), 36).stretch, 2);
}

TEST(PollingPlan, HasNoWindowsWithoutQuotas) {
  AccountConfiguration account = an_account();
  account.quotas.emplace();
  EXPECT_TRUE(polling_plan(account, 1000).windows.empty());
  EXPECT_EQ(polling_plan(account, 1000).stretch, 1);
}

TEST(PollingPlan, SaysTheArithmeticOfAConflict) {
  AccountConfiguration account = an_account();
  EXPECT_EQ(plan_conflict(polling_plan(account, 1)), "");
  account.every["stats"] = 2min;
  EXPECT_EQ(
      plan_conflict(polling_plan(account, 1)),
      "even one device does not fit the quota of 30 requests in 1h: list every 1h is 1, stats "
      "every 2min is 30, measures every 1h is 1, together 32, but polls may take 25 (5 are kept "
      "for commands); lengthen the periods in every");
}

TEST(PollingPlan, FitsWhereExactlyEverythingIsUsed) {
  AccountConfiguration account = an_account();
  account.every["stats"] = 1h;
  account.quotas = {{.requests = 3, .per = 1h}};
  Mapper mapper = kMapper;
  mapper.command_reserve = 0;
  account.mapper = &mapper;
  EXPECT_EQ(plan_conflict(polling_plan(account, 1)), "");
  EXPECT_NE(plan_conflict(polling_plan(account, 2)), "");
}

TEST(CountText, ShowsAtMostOneDigitAfterThePoint) {
  EXPECT_EQ(count_text(72), "72");
  EXPECT_EQ(count_text(1.2), "1.2");
  EXPECT_EQ(count_text(0.04), "less than 0.1");
  EXPECT_EQ(count_text(0), "0");
  EXPECT_EQ(count_text(61020.04), "61020");
}

}  // namespace
}  // namespace bridge
