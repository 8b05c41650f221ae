#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <chrono>
#include <list>
#include <optional>
#include <utility>

namespace bridge {

/// Lets one coroutine in at a time, in the order of arrival. Must outlive its coroutines and turns;
/// everything happens on the loop's thread.
class FairGate {
 public:
  using TimePoint = std::chrono::steady_clock::time_point;

  /// Being inside. Its end lets the next one in.
  class Turn {
   public:
    Turn(Turn&& other) noexcept : gate_(std::exchange(other.gate_, nullptr)) {}
    Turn& operator=(Turn&&) = delete;
    ~Turn() {
      if (gate_) gate_->pass_on();
    }

   private:
    friend class FairGate;
    explicit Turn(FairGate& gate) : gate_(&gate) {}

    FairGate* gate_;
  };

  explicit FairGate(boost::asio::any_io_executor loop) : loop_(std::move(loop)) {}

  /// Waits for a turn. Nothing: `until` passed, the gate was closed, or the coroutine was
  /// cancelled.
  boost::asio::awaitable<std::optional<Turn>> enter(TimePoint until);

  /// Sends everyone away who waits, and who comes later. Who is inside stays.
  void close();

 private:
  class Waiter;

  void pass_on();

  boost::asio::any_io_executor loop_;
  std::list<Waiter*> queue_;
  bool taken_ = false;
  bool closed_ = false;
};

}  // namespace bridge
