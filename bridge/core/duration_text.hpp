#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace bridge {

/// Reads "500ms", "30s", "5min", "1h", "2d": a whole number with its unit. Nothing for other text.
std::optional<std::chrono::milliseconds> parse_duration(std::string_view text);

/// Writes a duration the same way, in the largest unit that is exact: "90s", "2h".
std::string duration_text(std::chrono::milliseconds span);

}  // namespace bridge
