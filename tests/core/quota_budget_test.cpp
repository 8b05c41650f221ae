#include "core/quota_budget.hpp"

#include <gtest/gtest.h>

#include <random>

namespace bridge {
namespace {

using namespace std::chrono_literals;
using Moment = QuotaBudget::Moment;

TEST(QuotaBudget, LetsEverythingPassWithoutQuotas) {
  QuotaBudget budget({}, 5);
  for (int request = 0; request < 1000; ++request) budget.spend(0ms);
  EXPECT_EQ(budget.wait(Purpose::poll, 0ms), 0ms);
  EXPECT_FALSE(budget.left(0ms));
  EXPECT_TRUE(budget.ledger(0ms).empty());
}

TEST(QuotaBudget, MakesAFullWindowWaitUntilItsOldestRequestLeaves) {
  QuotaBudget budget({{.requests = 2, .per = 60s}}, 0);
  budget.spend(0s);
  EXPECT_EQ(budget.wait(Purpose::poll, 10s), 0ms);
  budget.spend(10s);
  EXPECT_EQ(budget.wait(Purpose::poll, 20s), 40s);
  EXPECT_EQ(budget.wait(Purpose::poll, 60s), 0ms);
  budget.spend(60s);
  EXPECT_EQ(budget.wait(Purpose::poll, 60s), 10s);
}

TEST(QuotaBudget, KeepsTheReserveForCommands) {
  QuotaBudget budget({{.requests = 5, .per = 1s}, {.requests = 30, .per = 1h}}, 5);
  for (int request = 0; request < 25; ++request) budget.spend(Moment(request * 10'000));
  EXPECT_GT(budget.wait(Purpose::poll, 300s), 0ms);
  for (int request = 0; request < 5; ++request) {
    EXPECT_EQ(budget.wait(Purpose::command, 300s + request * 1s), 0ms);
    budget.spend(300s + request * 1s);
  }
  EXPECT_GT(budget.wait(Purpose::command, 310s), 0ms);
}

TEST(QuotaBudget, ReservesAtMostHalfOfAWindow) {
  EXPECT_EQ(poll_allowance({.requests = 30, .per = 1h}, 5), 25);
  EXPECT_EQ(poll_allowance({.requests = 5, .per = 1s}, 5), 3);
  EXPECT_EQ(poll_allowance({.requests = 1, .per = 1s}, 5), 1);
  EXPECT_EQ(poll_allowance({.requests = 30, .per = 1h}, 0), 30);
}

TEST(QuotaBudget, WaitsForTheStrictestWindow) {
  QuotaBudget budget({{.requests = 1, .per = 1s}, {.requests = 2, .per = 1h}}, 0);
  budget.spend(0s);
  EXPECT_EQ(budget.wait(Purpose::poll, 0s), 1s);
  budget.spend(1s);
  EXPECT_EQ(budget.wait(Purpose::poll, 1s), 3599s);
}

TEST(QuotaBudget, PausesEverybodyForAsLongAsTheVendorSays) {
  QuotaBudget budget({}, 0);
  budget.pause(100s);
  budget.pause(50s);
  EXPECT_EQ(budget.wait(Purpose::command, 40s), 60s);
  EXPECT_EQ(budget.paused_until(40s), Moment(100s));
  EXPECT_EQ(budget.wait(Purpose::poll, 100s), 0ms);
  EXPECT_FALSE(budget.paused_until(100s));
}

TEST(QuotaBudget, CountsWhatIsLeftInTheLongestWindow) {
  QuotaBudget budget({{.requests = 30, .per = 1h}, {.requests = 5, .per = 1s}}, 5);
  EXPECT_EQ(budget.left(0s), 30);
  budget.spend(0s);
  budget.spend(10s);
  EXPECT_EQ(budget.left(20s), 28);
  EXPECT_EQ(budget.left(3600s), 29);
  EXPECT_EQ(budget.left(3610s), 30);
}

TEST(QuotaBudget, GoesOnFromItsLedger) {
  const std::vector<Quota> quotas{{.requests = 3, .per = 60s}};
  QuotaBudget before(quotas, 0);
  for (const Moment moment : {Moment(0s), Moment(50s), Moment(55s)}) before.spend(moment);
  EXPECT_EQ(before.ledger(60s), (std::vector<Moment>{50s, 55s}));

  QuotaBudget after(quotas, 0);
  after.restore(before.ledger(60s));
  EXPECT_EQ(after.wait(Purpose::poll, 60s), 0ms);
  after.spend(60s);
  EXPECT_EQ(after.wait(Purpose::poll, 60s), 50s);
}

TEST(QuotaBudget, SortsWhatIsRestoredAndNeverWaitsLongerThanAWindow) {
  QuotaBudget budget({{.requests = 2, .per = 60s}}, 0);
  budget.restore(std::vector<Moment>{9000s, -5s});
  EXPECT_EQ(budget.wait(Purpose::poll, 0s), 55s);
  budget.restore(std::vector<Moment>{9001s});
  EXPECT_EQ(budget.wait(Purpose::poll, 0s), 60s);
}

TEST(QuotaBudget, LetsSpareReadsHaveWhatThePlanLeavesAndNoMore) {
  QuotaBudget budget({{.requests = 5, .per = 1s}, {.requests = 30, .per = 1h}}, 5);
  budget.plan(23.5 / 3600);  // of 25
  EXPECT_EQ(budget.wait(Purpose::spare, 0s), 0ms);
  budget.spend(0s, Purpose::spare);
  EXPECT_EQ(budget.wait(Purpose::spare, 10s), 3590s);
  EXPECT_EQ(budget.wait(Purpose::poll, 10s), 0ms);
  for (int request = 0; request < 25; ++request) budget.spend(20s + request * 1s);
  EXPECT_EQ(budget.wait(Purpose::spare, 3600s), 20s) << "the polls themselves fill the window";
}

TEST(QuotaBudget, LeavesNothingToSpareReadsWhereThePlanTakesAll) {
  QuotaBudget budget({{.requests = 30, .per = 1h}}, 5);
  budget.plan(25.0 / 3600);
  EXPECT_EQ(budget.wait(Purpose::spare, 0s), 1h);
  EXPECT_EQ(budget.wait(Purpose::poll, 0s), 0ms);
}

TEST(QuotaBudget, LetsSpareReadsRunFreelyWithoutQuotasButNotThroughAPause) {
  QuotaBudget budget({}, 5);
  budget.plan(1000);
  EXPECT_EQ(budget.wait(Purpose::spare, 0s), 0ms);
  budget.pause(60s);
  EXPECT_EQ(budget.wait(Purpose::spare, 0s), 60s);
}

TEST(QuotaBudget, DoesNotGiveSpareReadsTheirShareAgainAtEveryStart) {
  QuotaBudget before({{.requests = 10, .per = 1h}}, 0);
  before.plan(8.0 / 3600);
  before.spend(0s, Purpose::spare);
  before.spend(1s, Purpose::spare);
  QuotaBudget after({{.requests = 10, .per = 1h}}, 0);
  after.restore(before.ledger(2s));
  after.plan(8.0 / 3600);
  EXPECT_EQ(after.wait(Purpose::spare, 2s), 3598s);
  EXPECT_EQ(after.wait(Purpose::poll, 2s), 0ms);
}

TEST(QuotaBudget, GrowsWithTheFleetWhereTheVendorsLimitDoes) {
  QuotaBudget budget({{.requests = 5, .per = 1s, .per_device = 1.0 / 3},
                      {.requests = 100, .per = 24h, .per_device = 100}}, 0);
  EXPECT_TRUE(budget.grows());
  EXPECT_EQ(budget.left(0s), 100);
  budget.serve(12);
  EXPECT_EQ(budget.left(0s), 1200);
  EXPECT_EQ(budget.quotas()[0].requests, 5) << "that is more than a third of twelve";
  budget.serve(60);
  EXPECT_EQ(budget.quotas()[0].requests, 20);
  budget.told(24h, {.limit = 7000, .remaining = {}, .reset = {}}, 0s);
  budget.serve(61);
  EXPECT_EQ(budget.left(0s), 7000) << "the vendor's own word stands";
  EXPECT_FALSE(QuotaBudget({{.requests = 5, .per = 1s}}, 0).grows());
}

// Whoever obeys wait() keeps every window, wherever it is laid, and polls keep off the reserve.
TEST(QuotaBudget, NeverExceedsAnyWindowForAnySequenceOfObedientCallers) {
  std::mt19937 chance(20260508);
  const auto pick = [&chance](int low, int high) {
    return std::uniform_int_distribution<int>(low, high)(chance);
  };
  for (int round = 0; round < 200; ++round) {
    const std::vector<Quota> quotas{
        {.requests = pick(1, 5), .per = std::chrono::seconds(pick(1, 5))},
        {.requests = pick(1, 40), .per = std::chrono::seconds(pick(10, 3600))}};
    const int reserve = pick(0, 10);
    QuotaBudget budget(quotas, reserve);
    std::vector<Moment> all;
    Moment now{pick(0, 5000)};
    for (int request = 0; request < 150; ++request) {
      now += Moment(pick(0, 3) == 0 ? pick(0, 20000) : pick(0, 50));
      const Purpose purpose = pick(0, 3) == 0 ? Purpose::command : Purpose::poll;
      now += budget.wait(purpose, now);
      ASSERT_EQ(budget.wait(purpose, now), 0ms) << "the wait itself must suffice";
      budget.spend(now);
      all.push_back(now);
      for (const Quota& quota : quotas) {
        const auto counted = std::count_if(all.begin(), all.end(),
                                           [&](Moment spent) { return spent > now - quota.per; });
        const int allowed =
            purpose == Purpose::poll ? poll_allowance(quota, reserve) : quota.requests;
        ASSERT_LE(counted, allowed);
      }
    }
  }
}

TEST(QuotaBudget, LeavesTheLargerHalfOfTheReserveToCommandsWhenTokensFail) {
  QuotaBudget budget({{.requests = 30, .per = 1h}}, 5);
  for (int poll = 0; poll < 25; ++poll) budget.spend(0s);
  EXPECT_EQ(budget.wait(Purpose::poll, 1s), 1h - 1s);
  for (int token = 0; token < 2; ++token) {
    EXPECT_EQ(budget.wait(Purpose::token, 1s), 0ms);
    budget.spend(1s, Purpose::token);
  }
  EXPECT_GT(budget.wait(Purpose::token, 1s), 0ms);
  for (int command = 0; command < 3; ++command) {
    EXPECT_EQ(budget.wait(Purpose::command, 1s), 0ms);
    budget.spend(1s, Purpose::command);
  }
  EXPECT_GT(budget.wait(Purpose::command, 1s), 0ms);
}

TEST(QuotaBudget, LeavesTokensAtLeastThePollsShareOfAnyWindow) {
  for (const int requests : {1, 2, 3, 5, 100}) {
    for (const int reserve : {0, 1, 2, 3, 10, 1000}) {
      const int polls = kept_from(Purpose::poll, requests, reserve);
      const int tokens = kept_from(Purpose::token, requests, reserve);
      EXPECT_LE(tokens, polls) << requests << ", " << reserve;
      EXPECT_EQ(tokens > 0, polls > 0) << "a command is left: " << requests << ", " << reserve;
      EXPECT_EQ(kept_from(Purpose::command, requests, reserve), 0);
    }
  }
}

TEST(QuotaBudget, LeavesCommandsTheirPartOfWhatTheVendorSaysThatRemains) {
  QuotaBudget budget({{.requests = 30, .per = 1h}}, 5);
  budget.told(1h, {.limit = 30, .remaining = 3, .reset = 10min}, 0s);
  EXPECT_EQ(budget.wait(Purpose::token, 0s), 10min);
  EXPECT_EQ(budget.wait(Purpose::command, 0s), 0ms);
}

}  // namespace
}  // namespace bridge
