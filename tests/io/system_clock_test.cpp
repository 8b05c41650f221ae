#include "io/system_clock.hpp"

#include <gtest/gtest.h>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <exception>

#include "support/run.hpp"

namespace bridge {
namespace {

namespace asio = boost::asio;
using namespace std::chrono_literals;

TEST(SystemClock, TellsTheTimeOfTheSystem) {
  asio::io_context loop(1);
  const auto clock = make_system_clock(loop.get_executor());
  const auto before =
      std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now());
  const Instant now = clock->now();
  EXPECT_GE(now, before);
  EXPECT_LE(now, before + 1min);
}

TEST(SystemClock, WaitsAtLeastAsLongAsAsked) {
  asio::io_context loop(1);
  const auto clock = make_system_clock(loop.get_executor());
  const auto start = std::chrono::steady_clock::now();
  const auto uptime = clock->uptime();
  run(loop, clock->wait(20ms));
  EXPECT_GE(std::chrono::steady_clock::now() - start, 20ms);
  EXPECT_GE(clock->uptime() - uptime, 19ms);
}

/// Waits twice and would fail if a wait threw; `ended` counts the waits.
asio::awaitable<void> wait_twice(Clock& clock, std::chrono::milliseconds span, int& ended) {
  co_await asio::this_coro::throw_if_cancelled(false);
  co_await clock.wait(span);
  ++ended;
  co_await clock.wait(span);
  ++ended;
}

asio::awaitable<void> wait_once(Clock& clock, std::chrono::milliseconds span, int& ended) {
  co_await clock.wait(span);
  ++ended;
}

TEST(SystemClock, DoesNotWaitForNothing) {
  asio::io_context loop(1);
  const auto clock = make_system_clock(loop.get_executor());
  for (const std::chrono::milliseconds span : {0ms, std::chrono::milliseconds(-1h)}) {
    int ended = 0;
    asio::co_spawn(loop, wait_once(*clock, span, ended), asio::detached);
    loop.restart();
    loop.poll();  // what is not ready at once is left alone
    EXPECT_EQ(ended, 1);
  }
}

TEST(SystemClock, EndsAWaitWithoutAnErrorWhenItIsCancelled) {
  asio::io_context loop(1);
  const auto clock = make_system_clock(loop.get_executor());
  for (const auto span : {std::chrono::milliseconds(1h), std::chrono::milliseconds::max()}) {
    int ended = 0;
    bool failed = false;
    asio::cancellation_signal stop;
    asio::co_spawn(loop, wait_once(*clock, span, ended),
                   asio::bind_cancellation_slot(
                       stop.slot(), [&](std::exception_ptr error) { failed = error != nullptr; }));
    loop.restart();
    loop.poll();
    EXPECT_EQ(ended, 0);
    stop.emit(asio::cancellation_type::terminal);
    loop.restart();
    loop.poll();
    EXPECT_EQ(ended, 1);
    EXPECT_FALSE(failed);
  }
}

TEST(SystemClock, DoesNotBeginAnotherWaitAfterTheCancellation) {
  asio::io_context loop(1);
  const auto clock = make_system_clock(loop.get_executor());
  int ended = 0;
  bool failed = false;
  asio::cancellation_signal stop;
  asio::co_spawn(loop, wait_twice(*clock, 1h, ended),
                 asio::bind_cancellation_slot(
                     stop.slot(), [&](std::exception_ptr error) { failed = error != nullptr; }));
  loop.poll();
  stop.emit(asio::cancellation_type::terminal);
  loop.restart();
  loop.poll();
  EXPECT_EQ(ended, 2);
  EXPECT_FALSE(failed);
}

asio::awaitable<void> wait_for_alarm(Alarm& alarm, std::chrono::milliseconds span, int& ended) {
  co_await alarm.wait(span);
  ++ended;
}

/// The loop runs all that is ready.
void settle(asio::io_context& loop) {
  loop.restart();
  loop.poll();
}

TEST(SystemClock, EndsTheWaitOfAnAlarmByItself) {
  asio::io_context loop(1);
  const auto alarm = make_system_clock(loop.get_executor())->make_alarm();
  run(loop, alarm->wait(5ms));
  run(loop, alarm->wait(0ms));
}

TEST(SystemClock, EndsTheWaitOfAnAlarmThatIsRung) {
  asio::io_context loop(1);
  const auto alarm = make_system_clock(loop.get_executor())->make_alarm();
  int ended = 0;
  asio::co_spawn(loop, wait_for_alarm(*alarm, 1h, ended), asio::detached);
  settle(loop);
  EXPECT_EQ(ended, 0);
  alarm->ring();
  settle(loop);
  EXPECT_EQ(ended, 1);
}

TEST(SystemClock, RemembersOneRingUntilTheNextWait) {
  asio::io_context loop(1);
  const auto alarm = make_system_clock(loop.get_executor())->make_alarm();
  alarm->ring();
  alarm->ring();
  run(loop, alarm->wait(1h));
  int ended = 0;
  asio::co_spawn(loop, wait_for_alarm(*alarm, 1h, ended), asio::detached);
  settle(loop);
  EXPECT_EQ(ended, 0);
}

TEST(SystemClock, EndsTheWaitOfAnAlarmThatIsThrownAway) {
  asio::io_context loop(1);
  auto alarm = make_system_clock(loop.get_executor())->make_alarm();
  int ended = 0;
  asio::co_spawn(loop, wait_for_alarm(*alarm, 1h, ended), asio::detached);
  settle(loop);
  alarm.reset();
  settle(loop);
  EXPECT_EQ(ended, 1);
}

}  // namespace
}  // namespace bridge
