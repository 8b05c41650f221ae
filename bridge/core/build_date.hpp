#pragma once

#include "bridge/vendor.hpp"

namespace bridge {

/// A clock that shows an earlier time is wrong: a Raspberry Pi before its time service answered.
inline constexpr Instant kBuildDate = std::chrono::sys_days(std::chrono::year(2026) / 11 / 1);

}  // namespace bridge
