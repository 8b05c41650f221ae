// The tests' own tools keep their promises.

#include <gtest/gtest.h>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/post.hpp>
#include <string>
#include <thread>

#include "support/manual_clock.hpp"
#include "support/memory_store.hpp"
#include "support/run.hpp"

namespace bridge {
namespace {

namespace asio = boost::asio;
using namespace std::chrono_literals;

asio::awaitable<void> note_after(Clock& clock, std::chrono::milliseconds span, std::string& notes,
                                 char note) {
  co_await clock.wait(span);
  notes += note;
}

asio::awaitable<void> tick(Clock& clock, std::chrono::milliseconds period,
                           std::vector<std::chrono::milliseconds>& moments) {
  for (;;) {
    co_await clock.wait(period);
    moments.push_back(clock.uptime());
  }
}

TEST(ManualClock, WakesInTheOrderInWhichWaitsAreDue) {
  asio::io_context loop(1);
  ManualClock clock(loop);
  std::string notes;
  asio::co_spawn(loop, note_after(clock, 3s, notes, 'c'), asio::detached);
  asio::co_spawn(loop, note_after(clock, 1s, notes, 'a'), asio::detached);
  asio::co_spawn(loop, note_after(clock, 2s, notes, 'b'), asio::detached);
  asio::co_spawn(loop, note_after(clock, 3s, notes, 'd'), asio::detached);
  clock.settle();
  EXPECT_EQ(clock.waiting(), 4u);
  EXPECT_EQ(clock.next_wait(), 1s);
  clock.advance(2s);
  EXPECT_EQ(notes, "ab");
  clock.advance(999ms);
  EXPECT_EQ(notes, "ab");
  clock.advance(1ms);
  EXPECT_EQ(notes, "abcd");
  EXPECT_EQ(clock.waiting(), 0u);
}

TEST(ManualClock, WakesALoopAtEveryPeriodOfALongSpan) {
  asio::io_context loop(1);
  ManualClock clock(loop);
  std::vector<std::chrono::milliseconds> moments;
  asio::co_spawn(loop, tick(clock, 20s, moments), asio::detached);
  clock.advance(1min);
  EXPECT_EQ(moments, (std::vector<std::chrono::milliseconds>{20s, 40s, 60s}));
  EXPECT_EQ(clock.now(), ManualClock::kStart + 1min);
}

TEST(ManualClock, WakesALoopOnceAfterAJump) {
  asio::io_context loop(1);
  ManualClock clock(loop);
  std::vector<std::chrono::milliseconds> moments;
  asio::co_spawn(loop, tick(clock, 20s, moments), asio::detached);
  clock.settle();
  clock.jump(1min);
  clock.settle();
  EXPECT_EQ(moments, (std::vector<std::chrono::milliseconds>{60s}));
}

TEST(ManualClock, SetsTheWallClockWithoutWakingAnyone) {
  asio::io_context loop(1);
  ManualClock clock(loop);
  std::string notes;
  asio::co_spawn(loop, note_after(clock, 1s, notes, 'a'), asio::detached);
  clock.settle();
  clock.set_now(clock.now() + 24h);
  clock.settle();
  EXPECT_EQ(notes, "");
  EXPECT_EQ(clock.uptime(), 0ms);
}

TEST(ManualClock, DoesNotWaitForNothing) {
  asio::io_context loop(1);
  ManualClock clock(loop);
  std::string notes;
  asio::co_spawn(loop, note_after(clock, 0ms, notes, 'a'), asio::detached);
  clock.settle();
  EXPECT_EQ(notes, "a");
}

TEST(ManualClock, EndsAWaitWithoutAnErrorWhenItIsCancelled) {
  asio::io_context loop(1);
  ManualClock clock(loop);
  std::string notes;
  asio::cancellation_signal stop;
  asio::co_spawn(loop, note_after(clock, 1h, notes, 'a'),
                 asio::bind_cancellation_slot(stop.slot(), asio::detached));
  clock.settle();
  EXPECT_EQ(notes, "");
  stop.emit(asio::cancellation_type::terminal);
  clock.settle();
  EXPECT_EQ(notes, "a");
  EXPECT_EQ(clock.waiting(), 0u);
}

TEST(ManualClock, MayGoBeforeTheLoopThatStillWaits) {
  asio::io_context loop(1);
  ManualClock clock(loop);
  std::string notes;
  asio::co_spawn(loop, note_after(clock, 1h, notes, 'a'), asio::detached);
  clock.settle();
  EXPECT_EQ(clock.waiting(), 1u);
}

Task<int> doubled(int number) {
  if (number < 0) co_return Error(Errc::refused, "negative");
  co_return 2 * number;
}

asio::awaitable<int> thrown() {
  throw std::runtime_error("broken");
  co_return 1;
}

TEST(Run, ReturnsWhatTheCoroutineReturns) {
  EXPECT_EQ(*run(doubled(4)), 8);
  EXPECT_EQ(run(doubled(-1)).error().code(), Errc::refused);
}

TEST(Run, LetsExceptionsOut) { EXPECT_THROW(run(thrown()), std::runtime_error); }

TEST(Run, SaysThatACoroutineDoesNotEnd) {
  asio::io_context loop(1);
  ManualClock clock(loop);
  std::string notes;
  asio::post(loop, [&loop] { loop.stop(); });
  EXPECT_THROW(run(loop, note_after(clock, 1h, notes, 'a')), std::logic_error);
  EXPECT_EQ(notes, "");
}

TEST(MemoryStore, ForgetsOutcomesAfterAnHour) {
  MemoryStore store;
  Commit first;
  first.outcome = {"a/d/load/1", {"ON", "{}", ManualClock::kStart}};
  store.commit(first);
  EXPECT_TRUE(store.outcome("a/d/load/1", ManualClock::kStart));
  EXPECT_FALSE(store.outcome("a/d/load/1", ManualClock::kStart + 1ms));
  Commit later;
  later.outcome = {"a/d/load/2", {"ON", "{}", ManualClock::kStart + 61min}};
  store.commit(later);
  EXPECT_FALSE(store.outcome("a/d/load/1", Instant()));
}

TEST(MemoryStore, KeepsNothingOfACommitThatFails) {
  MemoryStore store;
  store.refuses_writes = true;
  Commit step;
  step.facts.push_back({"a", "d", "list", "{}"});
  step.outbox.push_back({0, "t", "p", ""});
  EXPECT_THROW(store.commit(step), std::runtime_error);
  EXPECT_EQ(store.facts("a", "d", "list"), "");
  EXPECT_TRUE(store.outbox().empty());
}

TEST(MemoryStore, TakesCommandsFromAnotherThread) {
  MemoryStore store;
  std::int64_t command = 0;
  std::thread([&] { command = store.accept(Arrival(), ManualClock::kStart); }).join();
  store.mark_started(command);
  ASSERT_EQ(store.journal().size(), 1u);
  EXPECT_EQ(store.journal()[0].stage, JournalEntry::Stage::started);
  Commit done;
  done.finished_command = command;
  store.commit(done);
  EXPECT_TRUE(MemoryStore(store).journal().empty());
}

}  // namespace
}  // namespace bridge
