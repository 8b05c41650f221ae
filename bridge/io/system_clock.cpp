#include "io/system_clock.hpp"

#include <algorithm>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <utility>

namespace bridge {
namespace {

namespace asio = boost::asio;
using std::chrono::milliseconds;

/// Longer waits would overflow the timer's nanoseconds.
constexpr std::chrono::hours kLongestWait(24 * 365);

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
    // A coroutine that goes on after its cancellation is not told a second time.
    const asio::cancellation_state state = co_await asio::this_coro::cancellation_state;
    if (state.cancelled() != asio::cancellation_type::none) co_return;
    asio::steady_timer timer(loop_);
    timer.expires_after(std::min<milliseconds>(span, kLongestWait));
    boost::system::error_code ended;
    co_await timer.async_wait(asio::redirect_error(asio::use_awaitable, ended));
  }

 private:
  asio::any_io_executor loop_;
};

}  // namespace

std::unique_ptr<Clock> make_system_clock(asio::any_io_executor loop) {
  return std::make_unique<SystemClock>(std::move(loop));
}

}  // namespace bridge
