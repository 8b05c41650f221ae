#include "core/retry_policy.hpp"

#include <algorithm>

namespace bridge {

std::chrono::milliseconds RetryPolicy::failed(double chance) {
  std::chrono::milliseconds pause = first_;
  for (int doubled = 0; doubled < failures_ && pause < cap_; ++doubled) pause *= 2;
  pause = std::min(pause, cap_);
  ++failures_;
  const double half = static_cast<double>(pause.count()) / 2;
  const double spread = half + half * std::clamp(chance, 0.0, 1.0);
  return std::chrono::milliseconds(static_cast<std::int64_t>(spread));
}

}  // namespace bridge
