#pragma once

#include <string>

#include "core/configuration.hpp"

namespace bridge {

/// A mark of an account's credentials: the same for the same ones, another for others. A short
/// hash, from which a key cannot be read back.
std::string credential_mark(const AccountConfiguration& account);

}  // namespace bridge
