#pragma once

#include <chrono>
#include <optional>
#include <string_view>

#include "bridge/vendor.hpp"

namespace bridge {

/// The `exp` of a JSON Web Token; nothing for any other text.
std::optional<Instant> jwt_expiry(std::string_view token);

/// When a token obtained at `now` should be renewed: after nine tenths of its life.
Instant renewal_time(Instant now, Instant expires);

}  // namespace bridge
