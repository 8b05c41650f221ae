#pragma once

#include <chrono>
#include <optional>
#include <string_view>

namespace bridge {

/// What a vendor's answer says of one window of its quota. What is missing or absurd is nothing.
struct ToldQuota {
  std::optional<int> limit;      ///< requests per window, at least 1
  std::optional<int> remaining;  ///< only together with `reset`
  std::optional<std::chrono::milliseconds> reset;  ///< until the window ends, at most its length
};

/// Reads the three headers' values of a window of `per`; empty where a header is missing.
ToldQuota told_quota(std::chrono::seconds per, std::string_view limit, std::string_view remaining,
                     std::string_view reset);

}  // namespace bridge
