#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace bridge {

/// Takes out of a text what must never be published or logged: the given secrets, anything like an
/// e-mail address, bearer tokens, and query strings of addresses and paths. The result is valid
/// UTF-8 without control characters.
std::string redacted(std::string_view text, const std::vector<std::string>& secrets);

/// The same, cut at `limit` characters (not bytes in the middle of one).
std::string redacted(std::string_view text, const std::vector<std::string>& secrets,
                     std::size_t limit);

}  // namespace bridge
