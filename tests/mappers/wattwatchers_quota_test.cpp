// What Wattwatchers allows, and how it says what is left.

#include <algorithm>

#include "core/polling_plan.hpp"
#include "core/quota_budget.hpp"
#include "registry.hpp"
#include "support/mapper_parts.hpp"

namespace bridge {
namespace {

using namespace std::chrono_literals;

const Mapper& watt() { return *mappers::find("wattwatchers"); }

TEST(WattwatchersQuota, GrowsWithTheMetersAndHoldsTheirReads) {
  AccountConfiguration account;
  account.mapper = &watt();
  for (const int meters : {1, 20, 1000}) {
    const PollingPlan plan = polling_plan(account, meters);
    ASSERT_EQ(plan.windows.size(), 2U);
    EXPECT_EQ(plan.windows[0].quota.requests, std::max(5, meters / 3));
    EXPECT_EQ(plan.windows[1].quota.requests, 3456 * meters);
    EXPECT_NEAR(plan.windows[1].asked, 288 + 2304.0 * meters, 1e-6);
    EXPECT_EQ(stretched_text(plan.reads), "");
  }
}

using Headers = std::vector<std::pair<std::string_view, std::string_view>>;

/// What is known of the quota after an answer with these headers.
QuotaBudget told(const Headers& headers) {
  const auto value = [&](std::string_view name) {
    for (const auto& [each, said] : headers) {
      if (each == name) return said;
    }
    return std::string_view();
  };
  QuotaBudget budget({}, 0);
  for (const QuotaHeaders& names : watt().quota_headers) {
    const ToldQuota quota = told_quota(names.per, value(names.limit), value(names.remaining), value(names.reset));
    budget.told(names.per, quota, 0s);
  }
  return budget;
}

TEST(WattwatchersQuota, IsHeardByTheNamesOfEachWindow) {
  const QuotaBudget budget = told({{"x-ratelimit-tpdlimit", "10000"}, {"x-ratelimit-tpdremaining", "0"},
                                   {"x-ratelimit-tpdreset", "3600"}, {"x-ratelimit-tpslimit", "5"},
                                   {"x-ratelimit-tpsremaining", "2"}, {"x-ratelimit-tpsreset", "0.595"}});
  EXPECT_EQ(budget.wait(Purpose::command, 0s), 3600s);
  EXPECT_EQ(budget.quotas().size(), 2U);
}

TEST(WattwatchersQuota, IsHeardByTheOlderNamesOfEitherWindow) {
  for (const auto& [reset, wait] : {std::pair("1800", 1800000ms), {"0.595", 595ms}}) {
    const QuotaBudget budget = told({{"x-ratelimit-limit", "5"}, {"x-ratelimit-remaining", "0"}, {"x-ratelimit-reset", reset}});
    EXPECT_EQ(budget.wait(Purpose::command, 0s), wait);
    EXPECT_TRUE(budget.quotas().empty()) << "five a second, or a day: not said";
  }
}

}  // namespace
}  // namespace bridge
