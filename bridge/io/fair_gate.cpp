#include "io/fair_gate.hpp"

#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace bridge {

/// A place in the queue. Lives in the waiting coroutine, so that a coroutine that is destroyed
/// while it waits gives its place, or the turn it was just given, away.
class FairGate::Waiter {
 public:
  Waiter(FairGate& gate, TimePoint until)
      : timer(gate.loop_, until),
        gate_(gate),
        place_(gate.queue_.insert(gate.queue_.end(), this)) {}
  ~Waiter() {
    if (!granted_) {
      gate_.queue_.erase(place_);
    } else if (!claimed_) {
      gate_.pass_on();
    }
  }
  Waiter(const Waiter&) = delete;
  Waiter& operator=(const Waiter&) = delete;

  /// Whoever grants has taken the waiter off the queue.
  void grant() {
    granted_ = true;
    timer.cancel();
  }

  std::optional<Turn> claim() {
    if (!granted_) return std::nullopt;
    claimed_ = true;
    return Turn(gate_);
  }

  boost::asio::steady_timer timer;

 private:
  FairGate& gate_;
  std::list<Waiter*>::iterator place_;
  bool granted_ = false;
  bool claimed_ = false;
};

boost::asio::awaitable<std::optional<FairGate::Turn>> FairGate::enter(TimePoint until) {
  if (closed_) co_return std::nullopt;
  if (!taken_) {
    taken_ = true;
    co_return Turn(*this);
  }
  Waiter waiter(*this, until);
  boost::system::error_code ended;
  co_await waiter.timer.async_wait(boost::asio::redirect_error(boost::asio::use_awaitable, ended));
  co_return waiter.claim();
}

void FairGate::close() {
  closed_ = true;
  for (Waiter* waiter : queue_) waiter->timer.cancel();
}

void FairGate::pass_on() {
  taken_ = !queue_.empty() && !closed_;
  if (!taken_) return;
  Waiter* next = queue_.front();
  queue_.pop_front();
  next->grant();
}

}  // namespace bridge
