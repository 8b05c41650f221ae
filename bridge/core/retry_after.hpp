#pragma once

#include <chrono>
#include <optional>
#include <string_view>

#include "bridge/vendor.hpp"

namespace bridge {

/// What a Retry-After header asks to wait: seconds or an HTTP date; nothing where it is missing or
/// no time at all.
std::optional<std::chrono::milliseconds> retry_after(std::string_view header, Instant now);

}  // namespace bridge
