#pragma once

#include <chrono>

#include "bridge/result.hpp"

namespace bridge {

/// When to ask again after failures in a row.
class RetryPolicy {
 public:
  /// `first` doubles with every failure up to `cap`.
  RetryPolicy(std::chrono::milliseconds first, std::chrono::milliseconds cap)
      : first_(first), cap_(cap) {}

  void succeeded() { failures_ = 0; }
  int failures() const { return failures_; }

  /// The pause after one more failure; `chance` in [0, 1) spreads it over its upper half.
  std::chrono::milliseconds failed(double chance);

 private:
  std::chrono::milliseconds first_;
  std::chrono::milliseconds cap_;
  int failures_ = 0;
};

}  // namespace bridge
