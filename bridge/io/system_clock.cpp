#include "io/system_clock.hpp"

#include <algorithm>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <memory>
#include <utility>

namespace bridge {
namespace {

namespace asio = boost::asio;
using std::chrono::milliseconds;

/// Longer waits would overflow the timer's nanoseconds.
constexpr std::chrono::hours kLongestWait(24 * 365);

/// A timer that can be rung. Waiting coroutines share it, since whoever holds the alarm may let go
/// of it while they wait.
struct Bell {
  explicit Bell(const asio::any_io_executor& loop) : timer(loop) {}

  asio::steady_timer timer;
  bool is_rung = false;
};

asio::awaitable<void> wait_for(std::shared_ptr<Bell> bell, milliseconds span) {
  // A coroutine that goes on after its cancellation is not told a second time.
  const asio::cancellation_state state = co_await asio::this_coro::cancellation_state;
  if (state.cancelled() != asio::cancellation_type::none) co_return;
  if (!bell->is_rung) {
    bell->timer.expires_after(std::min<milliseconds>(span, kLongestWait));
    boost::system::error_code ended;
    co_await bell->timer.async_wait(asio::redirect_error(asio::use_awaitable, ended));
  }
  bell->is_rung = false;
}

class TimerAlarm : public Alarm {
 public:
  explicit TimerAlarm(const asio::any_io_executor& loop) : bell_(std::make_shared<Bell>(loop)) {}
  ~TimerAlarm() override { ring(); }

  asio::awaitable<void> wait(milliseconds span) override { return wait_for(bell_, span); }

  void ring() override {
    bell_->is_rung = true;
    bell_->timer.cancel();
  }

 private:
  std::shared_ptr<Bell> bell_;
};

class SystemClock : public Clock {
 public:
  explicit SystemClock(asio::any_io_executor loop) : loop_(std::move(loop)) {}

  Instant now() const override {
    return std::chrono::floor<milliseconds>(std::chrono::system_clock::now());
  }

  milliseconds uptime() const override {
    return std::chrono::floor<milliseconds>(std::chrono::steady_clock::now().time_since_epoch());
  }

  asio::awaitable<void> wait(milliseconds span) override {
    return wait_for(std::make_shared<Bell>(loop_), span);
  }

  std::unique_ptr<Alarm> make_alarm() override { return std::make_unique<TimerAlarm>(loop_); }

 private:
  asio::any_io_executor loop_;
};

}  // namespace

std::unique_ptr<Clock> make_system_clock(asio::any_io_executor loop) {
  return std::make_unique<SystemClock>(std::move(loop));
}

}  // namespace bridge
