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

TEST(PollingPlan, StretchesNothingThatFits) {
  const PollingPlan fits = polling_plan(an_account(), 1);
  EXPECT_EQ(stretched_text(fits.reads), "");
  ASSERT_EQ(fits.windows.size(), 2U);
  EXPECT_EQ(fits.windows[1].for_polls, 25);
  EXPECT_DOUBLE_EQ(fits.windows[1].asked, 14);
}

TEST(PollingPlan, HasNoWindowsWithoutQuotas) {
  AccountConfiguration account = an_account();
  account.quotas.emplace();
  const PollingPlan plan = polling_plan(account, 1000);
  EXPECT_TRUE(plan.windows.empty());
  EXPECT_EQ(stretched_text(plan.reads), "");
}

TEST(PollingPlan, CountsTheListsPagesAndItsRequestsForEachDevice) {
  Mapper mapper = kMapper;
  EXPECT_EQ(list_requests(mapper, 1000), 1);
  mapper.list_page = 100;
  EXPECT_EQ(list_requests(mapper, 0), 1);
  EXPECT_EQ(list_requests(mapper, 100), 1);
  EXPECT_EQ(list_requests(mapper, 101), 2);
  mapper.list_per_device = 1;
  EXPECT_EQ(list_requests(mapper, 20), 21);
}

TEST(PollingPlan, HoldsAFleetAgainstAQuotaThatGrowsWithIt) {
  static constexpr Quota kGrowing[] = {{.requests = 30, .per = 1h, .per_device = 20}};
  Mapper mapper = kMapper;
  mapper.quotas = kGrowing;
  AccountConfiguration account;
  account.mapper = &mapper;
  EXPECT_EQ(polling_plan(account, 1).windows[0].quota.requests, 30);
  const PollingPlan plan = polling_plan(account, 1000);
  EXPECT_EQ(plan.windows[0].quota.requests, 20000);
  EXPECT_TRUE(plan.windows[0].fits());
  EXPECT_EQ(stretched_text(plan.reads), "");
}

TEST(PollingPlan, PlansAReadThatItsFactsBringForwardAsOftenAsTheyDo) {
  static constexpr Read kReads[] = {{.facts = "meter", .every = 24h, .again = 5min}};
  static constexpr DeviceKind kKind[] = {{.name = "meter", .reads = kReads}};
  Mapper mapper = kMapper;
  mapper.kinds = kKind;
  AccountConfiguration account;
  account.mapper = &mapper;
  EXPECT_DOUBLE_EQ(polling_plan(account, 2).an_hour, 1 + 24);
  account.every["meter"] = 1min;
  EXPECT_DOUBLE_EQ(polling_plan(account, 2).an_hour, 1 + 120);
}

TEST(PollingPlan, LeavesSpareReadsOut) {
  static constexpr Read kReads[] = {{.facts = "past", .every = 1min, .spare = true}};
  static constexpr DeviceKind kKind[] = {{.name = "pool", .reads = kReads}};
  Mapper mapper = kMapper;
  mapper.kinds = kKind;
  AccountConfiguration account;
  account.mapper = &mapper;
  EXPECT_EQ(polling_plan(account, 1000).reads.size(), 1U);
}

std::vector<PlannedRead> a_fleet(int pools) {
  return {{"list", 1h, 1},
          {"measures", 1h, pools},
          {"recommendations", 6h, pools},
          {"probe", 24h, pools},
          {"configuration", 24h, pools}};
}

TEST(Fit, StretchesTheSlowestFirstAndTheFastestLast) {
  auto reads = a_fleet(20);  // 1 + 20 + 3.3 + 1.7 an hour
  fit(reads, 25.0 / 3600);
  EXPECT_EQ(reads[0].stretch, 1);
  EXPECT_EQ(reads[1].stretch, 1);
  EXPECT_EQ(reads[2].stretch, 1);
  EXPECT_GT(reads[3].stretch, 1);
  EXPECT_EQ(reads[3].stretch, reads[4].stretch) << "of one period, of one measure";
  EXPECT_NEAR(rate_of(reads), 25.0 / 3600, 1e-9);

  reads = a_fleet(22);
  fit(reads, 25.0 / 3600);
  EXPECT_EQ(reads[3].stretch, 4);
  EXPECT_GT(reads[2].stretch, 1);
  EXPECT_EQ(reads[1].stretch, 1);
  EXPECT_NEAR(rate_of(reads), 25.0 / 3600, 1e-9);

  reads = a_fleet(40);
  fit(reads, 25.0 / 3600);
  EXPECT_EQ(reads[3].stretch, 4);
  EXPECT_EQ(reads[2].stretch, 4);
  EXPECT_GT(reads[1].stretch, 1);
  EXPECT_LT(reads[1].stretch, 4);
  EXPECT_NEAR(rate_of(reads), 25.0 / 3600, 1e-9);
}

TEST(Fit, StretchesAllInProportionWhenFourTimesIsNotEnough) {
  auto reads = a_fleet(1000);
  fit(reads, 25.0 / 3600);
  EXPECT_EQ(reads[0].stretch, 1);
  EXPECT_GT(reads[1].stretch, 4);
  for (std::size_t read = 2; read < reads.size(); ++read) {
    EXPECT_DOUBLE_EQ(reads[read].stretch, reads[1].stretch);
  }
  EXPECT_NEAR(rate_of(reads), 25.0 / 3600, 1e-9);
}

TEST(Fit, LeavesATwentiethToTheReadsHoweverLargeTheList) {
  auto reads = a_fleet(10);
  reads[0].requests = 1000;
  fit(reads, 25.0 / 3600);
  EXPECT_NEAR(reads[0].stretch, 1000 / 23.75, 1e-9);
  EXPECT_NEAR(rate_of(reads), 25.0 / 3600, 1e-9);
}

TEST(Fit, StretchesNoReadThatNoDeviceHas) {
  auto reads = a_fleet(1000);
  reads[3].requests = 0;
  fit(reads, 25.0 / 3600);
  EXPECT_EQ(reads[3].stretch, 1);
}

TEST(Fit, FitsEveryFleetIntoEveryQuota) {
  for (int pools = 0; pools < 300; ++pools) {
    for (const double an_hour : {0.5, 3.0, 25.0, 300.0}) {
      auto reads = a_fleet(pools);
      fit(reads, an_hour / 3600);
      ASSERT_LE(rate_of(reads) * 3600, an_hour * 1.000001) << pools;
      for (std::size_t read = 2; read < reads.size(); ++read) {
        ASSERT_GE(reads[read].stretch * 1.000001, reads[read - 1].stretch) << pools;
      }
    }
  }
}

TEST(Fit, NamesTheReadsThatAreStretchedWithTheirPeriods) {
  auto reads = a_fleet(1);
  reads[1].stretch = 1.75;
  reads[3].stretch = 2;
  EXPECT_EQ(stretched_text(reads), "measures every 105min, probe every 48h");
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
