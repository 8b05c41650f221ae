#pragma once

#include <deque>
#include <memory>

#include "runtime/ports.hpp"

namespace bridge {

/// Lets one coroutine through at a time, in the order of their coming.
class Gate {
 public:
  explicit Gate(Clock& clock) : clock_(clock) {}

  /// Being inside. Leaving is its destruction.
  class Pass {
   public:
    explicit Pass(Gate* gate) : gate_(gate) {}
    Pass(Pass&& other) noexcept : gate_(std::exchange(other.gate_, nullptr)) {}
    Pass& operator=(Pass&&) = delete;
    ~Pass() {
      if (gate_ != nullptr) gate_->leave();
    }

   private:
    Gate* gate_;
  };

  bool is_taken() const { return taken_; }

  boost::asio::awaitable<Pass> enter() {
    if (taken_) {
      auto turn = std::make_shared<Turn>();
      turn->alarm = clock_.make_alarm();
      waiting_.push_back(turn);
      while (!turn->come) co_await turn->alarm->wait(std::chrono::hours(1));
    }
    taken_ = true;
    co_return Pass(this);
  }

 private:
  struct Turn {
    std::unique_ptr<Alarm> alarm;
    bool come = false;
  };

  void leave() {
    taken_ = !waiting_.empty();
    if (!taken_) return;
    const auto next = waiting_.front();
    waiting_.pop_front();
    next->come = true;
    next->alarm->ring();
  }

  Clock& clock_;
  bool taken_ = false;
  std::deque<std::shared_ptr<Turn>> waiting_;
};

}  // namespace bridge
