// What each mapper asks of its vendor: within every quota, whatever the size of the fleet.

#include "core/polling_plan.hpp"

#include <gtest/gtest.h>

#include <map>

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

// What a vendor sees, by the defaults, with this many devices (Podero: each of another user). A change
// shows older values, is a decision.
struct Expected {
  std::string_view mapper;
  int devices;
  double an_hour;
};

class PlanIs : public testing::TestWithParam<Expected> {};

TEST_P(PlanIs, WhatTheDocumentsSay) {
  const PollingPlan plan = polling_plan(account_of(*mappers::find(GetParam().mapper)), GetParam().devices);
  EXPECT_NEAR(rate_of(plan.reads) * 3600, GetParam().an_hour, 0.05 + GetParam().an_hour * 1e-3);
}

INSTANTIATE_TEST_SUITE_P(, PlanIs,
                         testing::Values(Expected{"ewellcon", 1, 72}, Expected{"ewellcon", 20, 72},
                                         Expected{"ewellcon", 1000, 612}, Expected{"automate_green", 1, 72},
                                         Expected{"automate_green", 20, 300}, Expected{"automate_green", 1000, 12060},
                                         Expected{"podero", 1, 12}, Expected{"podero", 20, 240},
                                         Expected{"ondilo", 20, 23.9}),
                         [](const auto& info) {
                           return std::string(info.param.mapper) + '_' + std::to_string(info.param.devices);
                         });

TEST(EwellconPlan, ReadsAThousandPumpsInTenPages) {
  EXPECT_EQ(list_requests(*mappers::find("ewellcon"), 1000), 10);
}

TEST(CommandReserve, IsKeptFreeOfPolls) {
  const auto for_polls = [](std::string_view mapper) {
    int least = 0;
    for (const PlannedWindow& window : polling_plan(account_of(*mappers::find(mapper)), 1).windows) {
      if (window.quota.per >= std::chrono::hours(1)) least = window.quota.requests - window.for_polls;
    }
    return least;
  };
  EXPECT_EQ(for_polls("ondilo"), 5);
  EXPECT_EQ(for_polls("wattwatchers"), 10);
}

// A pump's heartbeat, a meter and a heat pump are silent for an hour at most; a probe measures once an hour.
TEST(Staleness, BeginsAfterWhatTheVendorsDevicesNeed) {
  using namespace std::chrono_literals;
  const std::map<std::string, std::chrono::seconds> most = {
      {"ewellcon pump", 60min},         {"podero pump", 60min},        {"wattwatchers meter", 60min},
      {"wattwatchers channel", 60min},  {"wattwatchers switch", 60min}, {"ondilo pool", 3h}};
  std::map<std::string, std::chrono::seconds> found;
  for (const Mapper* mapper : mappers::all()) {
    for (const DeviceKind& kind : mapper->kinds) {
      if (kind.stale_after.count() == 0) continue;
      found[std::string(mapper->name) + " " + std::string(kind.name)] = kind.stale_after;
    }
  }
  EXPECT_EQ(found, most);
}

}  // namespace
}  // namespace bridge
