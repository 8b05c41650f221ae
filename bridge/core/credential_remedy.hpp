#pragma once

#include <string>

#include "core/configuration.hpp"

namespace bridge {

/// What the owner of an account can do where its vendor refuses the credentials: the names of the
/// settings to mend, without a value. Empty where a person signs in instead.
std::string credential_remedy(const AccountConfiguration& account);

}  // namespace bridge
