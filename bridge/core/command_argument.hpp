#pragma once

#include "bridge/mapper.hpp"

namespace bridge {

/// Checks the value against the row and makes the performer's argument: ON/OFF is a boolean, a
/// number lies in its range and on its step, an option is one of them, PRESS is null. A row with
/// arguments gets an object of its own members, each checked so, or a list of such objects; a row
/// with a parser of its own is asked after that, or instead. Errors: invalid_argument.
Result<Json> command_argument(const Entity& row, const Json& value, const Device& device);

}  // namespace bridge
