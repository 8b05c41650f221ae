// What each mapper asks of its vendor: within every quota, whatever the size of the fleet.

#include "core/polling_plan.hpp"

#include <gtest/gtest.h>

#include "registry.hpp"
#include "support/documented_vendor.hpp"

namespace bridge {
namespace {

AccountConfiguration account_of(const Mapper& mapper, Settings settings = {}) {
  AccountConfiguration account;
  account.name = "home";
  account.mapper = &mapper;
  account.settings = std::move(settings);
  return account;
}

class Plan : public testing::TestWithParam<const Mapper*> {};

INSTANTIATE_TEST_SUITE_P(, Plan, testing::ValuesIn(mappers::all().begin(), mappers::all().end()),
                         [](const auto& info) { return std::string(info.param->name); });

TEST_P(Plan, FitsWithOneDeviceAsItStands) {
  for (const Settings& settings : {Settings(), every_setting(*GetParam())}) {
    const PollingPlan plan = polling_plan(account_of(*GetParam(), settings), 1);
    EXPECT_EQ(plan_conflict(plan), "");
    EXPECT_EQ(stretched_text(plan.reads), "");
  }
}

TEST_P(Plan, StaysWithinEveryQuotaAndLeavesTheReserveToCommands) {
  for (const Settings& settings : {Settings(), every_setting(*GetParam())}) {
    for (const int devices : {1, 20, 1000}) {
      const PollingPlan plan = polling_plan(account_of(*GetParam(), settings), devices);
      for (const PlannedWindow& window : plan.windows) {
        const double seconds = std::chrono::duration<double>(window.quota.per).count();
        EXPECT_LE(rate_of(plan.reads) * seconds, window.for_polls + 1e-6) << devices;
        EXPECT_LT(window.for_polls, window.quota.requests) << devices;
      }
    }
  }
}

TEST(EwellconPlan, ReadsAThousandPumpsInTenPages) {
  EXPECT_EQ(list_requests(*mappers::find("ewellcon"), 1000), 10);
}

}  // namespace
}  // namespace bridge
