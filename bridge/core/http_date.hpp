#pragma once

#include <optional>
#include <string_view>

#include "bridge/vendor.hpp"

namespace bridge {

/// Reads an HTTP date as servers send it: "Sun, 06 Nov 1994 08:49:37 GMT".
std::optional<Instant> parse_http_date(std::string_view written);

}  // namespace bridge
