#pragma once

// Time that stands still until the test moves it.

#include <boost/asio/io_context.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <chrono>
#include <map>
#include <memory>
#include <optional>

#include "runtime/ports.hpp"

namespace bridge {

/// A Clock whose wait() ends only when the test advances it, in the order in which waits are due
/// (the same moment: in the order in which they began), or when the coroutine is cancelled.
///
///   asio::io_context loop;
///   ManualClock clock(loop);
///   asio::co_spawn(loop, poller.run(), asio::detached);
///   clock.advance(10min);   // everything the poller does in ten minutes
///
/// The loop must not be inside run() while the test calls advance().
class ManualClock : public Clock {
 public:
  using Span = std::chrono::milliseconds;

  /// 2026-05-08T12:00:00Z.
  static constexpr Instant kStart{Span(1'778'241'600'000)};

  explicit ManualClock(boost::asio::io_context& loop, Instant start = kStart)
      : loop_(loop), now_(start) {}

  Instant now() const override { return now_; }
  Span uptime() const override { return uptime_; }

  boost::asio::awaitable<void> wait(Span span) override {
    return wait(waiters_, uptime_ + span, span <= Span::zero());
  }

  std::unique_ptr<Alarm> make_alarm() override { return std::make_unique<ManualAlarm>(*this); }

  /// Lets `span` pass: runs what is ready, then goes from one due wait to the next and runs what it
  /// wakes, new waits within the span included.
  void advance(Span span) {
    const Span end = uptime_ + span;
    settle();
    for (auto due = next_due(); due && *due <= end; due = next_due()) {
      move_to(*due);
      wake_due();
      settle();
    }
    move_to(end);
  }

  /// Lets time pass as if the process had slept: the time changes at once, and everything that is
  /// due by then wakes when the loop runs next.
  void jump(Span span) {
    move_to(uptime_ + span);
    wake_due();
  }

  /// Sets the wall clock alone, as a time server does; waits and uptime() are not affected.
  void set_now(Instant now) { now_ = now; }

  /// Runs what is ready, until everything waits.
  void settle() {
    loop_.restart();
    loop_.poll();
  }

  /// How many coroutines wait.
  std::size_t waiting() const { return waiters_->size(); }

  /// The time until the next wait is due; nothing where none waits.
  std::optional<Span> next_wait() const {
    const auto due = next_due();
    return due ? std::optional(*due - uptime_) : std::nullopt;
  }

 private:
  // Shared with the waiting coroutines: the loop may destroy them after the clock is gone.
  using Waiters = std::multimap<Span, boost::asio::steady_timer*>;

  struct Registration {
    Registration(std::shared_ptr<Waiters> all, Span due, boost::asio::steady_timer& timer)
        : waiters(std::move(all)), timer(&timer) {
      waiters->emplace(due, &timer);
    }
    Registration(const Registration&) = delete;
    Registration& operator=(const Registration&) = delete;
    ~Registration() {
      std::erase_if(*waiters, [this](const auto& entry) { return entry.second == timer; });
    }
    std::shared_ptr<Waiters> waiters;
    boost::asio::steady_timer* timer;
  };

  static boost::asio::awaitable<void> wait(std::shared_ptr<Waiters> waiters, Span due,
                                           bool is_due) {
    namespace asio = boost::asio;
    const asio::cancellation_state state = co_await asio::this_coro::cancellation_state;
    if (state.cancelled() != asio::cancellation_type::none) co_return;
    asio::steady_timer timer(co_await asio::this_coro::executor);
    timer.expires_at(is_due ? asio::steady_timer::time_point::min()
                            : asio::steady_timer::time_point::max());
    std::optional<Registration> registration;
    if (!is_due) registration.emplace(std::move(waiters), due, timer);
    boost::system::error_code ended;
    co_await timer.async_wait(asio::redirect_error(asio::use_awaitable, ended));
  }

  class ManualAlarm : public Alarm {
   public:
    explicit ManualAlarm(ManualClock& clock) : clock_(clock), timer_(clock.loop_) {}

    boost::asio::awaitable<void> wait(Span span) override {
      if (!std::exchange(rung_, false) && span > Span::zero()) {
        timer_.expires_at(boost::asio::steady_timer::time_point::max());
        const Registration registration(clock_.waiters_, clock_.uptime_ + span, timer_);
        boost::system::error_code ended;
        co_await timer_.async_wait(
            boost::asio::redirect_error(boost::asio::use_awaitable, ended));
        rung_ = false;
      }
    }
    void ring() override {
      rung_ = true;
      timer_.cancel();
    }

   private:
    ManualClock& clock_;
    boost::asio::steady_timer timer_;
    bool rung_ = false;
  };

  std::optional<Span> next_due() const {
    return waiters_->empty() ? std::nullopt : std::optional(waiters_->begin()->first);
  }

  void move_to(Span uptime) {
    now_ += uptime - uptime_;
    uptime_ = uptime;
  }

  void wake_due() {
    while (!waiters_->empty() && waiters_->begin()->first <= uptime_) {
      boost::asio::steady_timer* const timer = waiters_->begin()->second;
      waiters_->erase(waiters_->begin());
      timer->cancel();
    }
  }

  boost::asio::io_context& loop_;
  Instant now_;
  Span uptime_{0};
  std::shared_ptr<Waiters> waiters_ = std::make_shared<Waiters>();
};

}  // namespace bridge
