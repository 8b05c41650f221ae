#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "bridge/result.hpp"

namespace bridge {

/// Unpacks a gzip or deflate body. Errors: malformed (damaged, cut off, followed by something
/// else, or more than `limit` bytes unpacked).
Result<std::string> unpack(std::string_view packed, std::size_t limit);

}  // namespace bridge
