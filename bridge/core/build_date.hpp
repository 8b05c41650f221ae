#pragma once

#include "bridge/vendor.hpp"

namespace bridge {

/// No release is older than this: a clock that shows an earlier time is wrong: a Raspberry Pi before its time service answered.
inline constexpr Instant kBuildDate = std::chrono::sys_days(std::chrono::year(2026) / 1 / 1);

}  // namespace bridge
