#pragma once

#include <mutex>

#include "runtime/ports.hpp"

namespace bridge {

/// The way to the listener's keep() on the network thread, until closed.
class ListenerGate {
 public:
  void open(LinkListener& listener) {
    const std::lock_guard lock(mutex_);
    listener_ = &listener;
  }
  /// Waits for a running keep() to end.
  void close() {
    const std::lock_guard lock(mutex_);
    listener_ = nullptr;
  }
  std::int64_t keep(const Arrival& arrival) {
    const std::lock_guard lock(mutex_);
    return listener_ ? listener_->keep(arrival) : 0;
  }

 private:
  std::mutex mutex_;
  LinkListener* listener_ = nullptr;
};

}  // namespace bridge
