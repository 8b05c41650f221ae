#include "core/quota_headers.hpp"

#include <gtest/gtest.h>

#include "core/quota_budget.hpp"

namespace bridge {
namespace {

using namespace std::chrono_literals;

TEST(ToldQuota, ReadsWholeNumbersAndASecondsFraction) {
  const ToldQuota told = told_quota(86400s, "5000", "4999", "3600.25");
  EXPECT_EQ(told.limit, 5000);
  EXPECT_EQ(told.remaining, 4999);
  EXPECT_EQ(told.reset, 3600250ms);
}

TEST(ToldQuota, IgnoresWhatIsMissingOrAbsurd) {
  for (const char* limit : {"", "0", "-5", "many", "1e12", "nan"}) {
    EXPECT_FALSE(told_quota(60s, limit, "1", "1").limit) << limit;
  }
  for (const char* remaining : {"", "-1", "11", "few", "inf"}) {
    EXPECT_FALSE(told_quota(60s, "10", remaining, "1").remaining) << remaining;
  }
  for (const char* reset : {"", "-1", "61", "1778241600", "soon"}) {
    const ToldQuota told = told_quota(60s, "10", "1", reset);
    EXPECT_FALSE(told.remaining || told.reset) << reset;
    EXPECT_EQ(told.limit, 10) << reset;
  }
}

constexpr std::chrono::seconds kHour = 1h;

ToldQuota remaining(int left, std::chrono::milliseconds reset) {
  return {std::nullopt, left, reset};
}

TEST(QuotaBudgetAsTold, AsksForNoMoreThanRemainsUntilTheWindowEnds) {
  QuotaBudget budget({}, 0);
  budget.told(kHour, remaining(2, 10min), 0s);
  EXPECT_EQ(budget.left(0s), 2);
  budget.spend(1s);
  budget.spend(2s);
  EXPECT_EQ(budget.left(3s), 0);
  EXPECT_EQ(budget.wait(Purpose::command, 3s), 597s);
  EXPECT_EQ(budget.wait(Purpose::command, 600s), 0ms);
  EXPECT_FALSE(budget.left(600s));
}

TEST(QuotaBudgetAsTold, LeavesTheReserveToCommands) {
  QuotaBudget budget({{.requests = 30, .per = kHour}}, 5);
  budget.told(kHour, remaining(6, 10min), 0s);
  EXPECT_EQ(budget.wait(Purpose::poll, 0s), 0ms);
  budget.spend(0s);
  EXPECT_EQ(budget.wait(Purpose::poll, 0s), 10min);
  EXPECT_EQ(budget.wait(Purpose::command, 0s), 0ms);
}

TEST(QuotaBudgetAsTold, LeavesSpareReadsOnlyWhatThePlannedPollsWillNotNeed) {
  QuotaBudget budget({{.requests = 100, .per = kHour}}, 0);
  budget.plan(20.0 / 3600);
  budget.told(kHour, remaining(11, 30min), 0s);  // ten of them are planned
  EXPECT_EQ(budget.wait(Purpose::spare, 0s), 0ms);
  budget.spend(0s, Purpose::spare);
  EXPECT_EQ(budget.wait(Purpose::spare, 0s), 30min);
  EXPECT_EQ(budget.wait(Purpose::poll, 0s), 0ms);
}

TEST(QuotaBudgetAsTold, TakesTheVendorsLimitInPlaceOfTheDocumentedOne) {
  QuotaBudget budget({{.requests = 30, .per = kHour}}, 0);
  budget.told(kHour, {.limit = 60, .remaining = {}, .reset = {}}, 0s);
  EXPECT_EQ(budget.left(0s), 60);
  budget.told(1s, {.limit = 5, .remaining = {}, .reset = {}}, 0s);
  EXPECT_EQ(budget.quotas().size(), 2U);
  EXPECT_DOUBLE_EQ(budget.polls_per_second(), 60.0 / 3600);
}

TEST(QuotaBudgetAsTold, DoesNotForgetRequestsThatAnAnswerKnewNothingOf) {
  QuotaBudget budget({}, 0);
  budget.told(kHour, remaining(2, 10min), 0s);
  budget.spend(0s);
  budget.spend(0s);
  budget.told(kHour, remaining(1, 10min), 100ms);
  EXPECT_GT(budget.wait(Purpose::poll, 100ms), 0ms);
  budget.told(kHour, remaining(50, 1h), 10min);
  EXPECT_EQ(budget.wait(Purpose::poll, 10min), 0ms);
}

}  // namespace
}  // namespace bridge
