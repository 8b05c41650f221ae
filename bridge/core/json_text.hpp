#pragma once

#include <string>

#include "bridge/json.hpp"

namespace bridge {

/// JSON as people write it: 15420.5 instead of Boost's 1.54205E4, integers without a point, no
/// blanks. What is not finite becomes null.
std::string json_text(const Json& value);

/// Appends the same to `out`.
void append_json(std::string& out, const Json& value);
void append_json(std::string& out, std::string_view text);  ///< a quoted, escaped string
void append_json(std::string& out, double number);

}  // namespace bridge
