#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "bridge/mapper.hpp"

namespace bridge {

/// A command's payload, taken apart: plain ("ON", "21.5") or {"value": ..., "id": "...", "ttl": 30}.
struct CommandPayload {
  Json value;
  std::optional<std::string> id;
  std::optional<std::chrono::seconds> ttl;
};

/// Takes a payload apart. Errors: invalid_argument, with a sentence that says what to send.
Result<CommandPayload> parse_payload(std::string_view payload);

/// The id of a payload that is otherwise wrong, so that the refusal can still name it.
std::optional<std::string> payload_id(std::string_view payload);

/// Checks the value against the row and makes the performer's argument: ON/OFF is a boolean, a
/// number lies in its range and on its step, an option is one of them, PRESS is null. A row with
/// arguments gets an object of its own members, each checked so; a row with a parser of its own is
/// asked after that, or instead. Errors: invalid_argument.
Result<Json> command_argument(const Entity& row, const Json& value, const Device& device);

}  // namespace bridge
