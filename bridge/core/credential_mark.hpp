#pragma once

#include <string>

#include "core/configuration.hpp"

namespace bridge {

/// A mark of an account's credentials: the same for the same ones, another for others. A short
/// hash, from which a key cannot be read back.
std::string credential_mark(const AccountConfiguration& account);

/// A mark of all that decides whose tokens an account gets: its mapper, where it is asked, and what
/// it signs in with. Where a person signs in, nothing of that is secret: a client's secret may
/// change.
std::string token_mark(const AccountConfiguration& account);

}  // namespace bridge
