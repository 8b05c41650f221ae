#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "bridge/json.hpp"
#include "bridge/result.hpp"

namespace bridge {

/// A command's payload, taken apart: plain ("ON", "21.5", a JSON list) or
/// {"value": ..., "id": "...", "ttl": 30}.
struct CommandPayload {
  Json value;
  std::optional<std::string> id;
  std::optional<std::chrono::seconds> ttl;
};

/// Takes a payload apart. Errors: invalid_argument, with a sentence that says what to send.
Result<CommandPayload> parse_payload(std::string_view payload);

/// The id of a payload that is otherwise wrong, so that the refusal can still name it.
std::optional<std::string> payload_id(std::string_view payload);

}  // namespace bridge
