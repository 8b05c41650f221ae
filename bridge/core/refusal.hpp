#pragma once

#include <string>
#include <string_view>

#include "bridge/json.hpp"
#include "bridge/result.hpp"

namespace bridge {

/// What somebody sent does not fit: an invalid_argument with a sentence that says what to send.
Error refusal(std::string message);

/// What was sent, in quotes for such a sentence, cut where a character ends.
std::string in_quotes(std::string_view sent);

/// A value for such a sentence: text in quotes, a number as it is, "an object", "an array".
std::string quoted(const Json& value);

}  // namespace bridge
