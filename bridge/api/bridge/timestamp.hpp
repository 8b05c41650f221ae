#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "bridge/vendor.hpp"

namespace bridge {

/// Reads the forms vendors send: RFC 3339 with `Z` or an offset, `+0000` without a colon,
/// "YYYY-MM-DD HH:MM:SS" (UTC), with or without a fraction, seconds optional; also a date alone.
/// The years 0001 and 1970-01-01T00:00:00 stand for "never": nothing.
std::optional<Instant> parse_time(std::string_view written);

/// The moment at a JSON pointer: text as parse_time reads it, or a number of seconds since 1970, with
/// a fraction or without. A number from before 2001 is no moment.
std::optional<Instant> moment_at(const Json& value, std::string_view pointer);

/// RFC 3339 in UTC with milliseconds: "2026-05-08T15:03:15.000Z".
std::string format_time(Instant instant);

}  // namespace bridge
