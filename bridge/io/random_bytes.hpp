#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace bridge {

/// Bytes that nobody can guess. Throws std::runtime_error where the system has none.
std::string random_bytes(std::size_t count);

/// The 32 bytes of a text's SHA-256.
std::string sha256(std::string_view text);

}  // namespace bridge
