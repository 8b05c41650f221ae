#pragma once

#include <string>
#include <string_view>

namespace bridge {

/// Bytes as RFC 4648 writes them, with '=' at the end: for HTTP Basic.
std::string base64(std::string_view bytes);

/// The same in the alphabet for addresses, without '='.
std::string base64url(std::string_view bytes);

}  // namespace bridge
