#include "runtime/request_ledger.hpp"

#include <gtest/gtest.h>

#include <set>

#include "support/manual_clock.hpp"
#include "support/memory_store.hpp"

namespace bridge {
namespace {

using namespace std::chrono_literals;
using Quotas = std::vector<Quota>;

/// A process that asks: its own uptime, the budget and its ledger.
struct Process {
  Process(const Quotas& quotas, MemoryStore& store, Instant now)
      : clock(loop, now), budget(quotas, 0), ledger("home", clock, store, budget) {
    pauses_for_quota = ledger.restore();
  }
  void ask() {
    clock.advance(budget.wait(Purpose::command, clock.uptime()));
    budget.spend(clock.uptime(), Purpose::command);
    ledger.spent();
  }
  int left() { return budget.left(clock.uptime()).value_or(-1); }
  auto wait() { return budget.wait(Purpose::command, clock.uptime()); }

  boost::asio::io_context loop{1};
  ManualClock clock;
  QuotaBudget budget;
  RequestLedger ledger;
  bool pauses_for_quota = false;
};

constexpr Instant kNoon = ManualClock::kStart;

TEST(RequestLedger, KeepsEveryRequestOfASmallQuotaBeforeItIsSent) {
  MemoryStore store;
  Process process({{.requests = 5, .per = 1s}, {.requests = 30, .per = 1h}}, store, kNoon);
  for (std::size_t asked = 1; asked <= 30; ++asked) {
    process.ask();
    EXPECT_EQ(store.requests("home").size(), asked);
  }
}

TEST(RequestLedger, WritesSeldomAndLittleWhereTheQuotaIsLarge) {
  MemoryStore store;
  Process process({{.requests = 5, .per = 1s}, {.requests = 34560, .per = 24h}}, store, kNoon);
  for (int asked = 0; asked < 17280; ++asked) {
    process.ask();
    process.clock.advance(5s);
  }
  EXPECT_LE(store.saved_requests, 51);
  const auto kept = store.requests("home");
  EXPECT_LE(std::set(kept.begin(), kept.end()).size(), 24U * 12 + 2);
  EXPECT_GE(kept.size(), 16000U);
}

TEST(RequestLedger, WritesOnceForAWindowOfAMinute) {
  MemoryStore store;
  Process process({{.requests = 600, .per = 1min}}, store, kNoon);
  for (int asked = 0; asked < 601; ++asked) process.ask();
  EXPECT_EQ(store.saved_requests, 1);
}

TEST(RequestLedger, WritesNothingWhereNothingWasAskedOrNoQuotaIsDocumented) {
  MemoryStore store;
  Process idle({{.requests = 30, .per = 1h}}, store, kNoon);
  idle.ledger.settle();
  Process told({}, store, kNoon);
  told.budget.told(24h, {.limit = 1000, .remaining = {}, .reset = {}}, 0ms);
  told.ask();
  told.ledger.settle();
  EXPECT_EQ(store.saved_requests, 0);
}

TEST(RequestLedger, GoesOnExactlyAfterACleanEnd) {
  for (const Quota quota : {Quota{30, 1h}, Quota{1000, 1h}, Quota{50, 1min}, Quota{2000, 24h}}) {
    MemoryStore store;
    Process before({quota}, store, kNoon);
    for (int asked = 0; asked < 25; ++asked) before.ask();
    before.ledger.settle();
    before.ask();
    before.ledger.settle();
    Process after({quota}, store, before.clock.now());
    EXPECT_EQ(after.left(), quota.requests - 26) << quota.requests;
  }
}

TEST(RequestLedger, CountsWhatACrashMayHaveLostAsSpent) {
  for (const Quota quota : {Quota{30, 1h}, Quota{1000, 1h}, Quota{50, 1min}, Quota{2000, 24h}}) {
    for (int asked = 1; asked <= 45; ++asked) {
      MemoryStore store;
      Process before({quota}, store, kNoon);
      for (int each = 0; each < asked; ++each) before.ask();
      Process after({quota}, store, before.clock.now());
      EXPECT_LE(after.left(), before.left()) << quota.requests << " after " << asked;
      const int lost = quota.per == 1min ? quota.requests : quota.requests / 100;
      EXPECT_GE(after.left(), std::max(0, before.left() - lost)) << quota.requests;
    }
  }
}

TEST(RequestLedger, KnowsTheSizeOfTheFleetAtTheNextStart) {
  const Quotas growing{{.requests = 10, .per = 24h, .per_device = 10}};
  MemoryStore store;
  Process before(growing, store, kNoon);
  before.ledger.serve(20, false);
  for (int asked = 0; asked < 150; ++asked) before.ask();
  Process after(growing, store, before.clock.now());
  EXPECT_EQ(after.wait(), 0ms) << "or its first list would wait for a day";
  after.ledger.serve(3, false);
  EXPECT_EQ(after.wait(), 0ms) << "its first list may lack some";
  after.ledger.serve(15, true);
  EXPECT_GT(after.wait(), 0ms);
}

TEST(RequestLedger, KeepsAPauseForWhatIsLeftOfIt) {
  MemoryStore store;
  Process before({}, store, kNoon);
  before.ledger.paused(10min, true);
  Process after({}, store, kNoon + 4min);
  EXPECT_EQ(after.wait(), 6min);
  EXPECT_TRUE(after.pauses_for_quota);
  Process later({}, store, kNoon + 10min);
  EXPECT_EQ(later.wait(), 0ms);
  EXPECT_FALSE(later.pauses_for_quota);
}

TEST(RequestLedger, NeverMakesAPauseLongerForAClockThatWentBack) {
  MemoryStore store;
  Process before({}, store, kNoon);
  before.ledger.paused(10min, false);
  Process after({}, store, Instant{});
  EXPECT_EQ(after.wait(), 10min);
  EXPECT_FALSE(after.pauses_for_quota);
}

TEST(RequestLedger, IgnoresAPauseThatCannotBeRead) {
  for (const char* kept : {"", "{", "7", R"({"until":"never","seconds":5})", R"({"seconds":60})",
                           R"({"until":"2026-05-08T13:00:00Z","seconds":-5})"}) {
    MemoryStore store;
    Commit step;
    step.facts.push_back({"home", "", "pause", kept});
    store.commit(step);
    Process process({}, store, kNoon);
    EXPECT_EQ(process.wait(), 0ms) << kept;
  }
}

}  // namespace
}  // namespace bridge
