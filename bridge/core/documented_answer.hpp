#pragma once

#include <string_view>

#include "bridge/json.hpp"

namespace bridge {

/// A vendor's documented answer to a GET of the path, from an object of "GET /path?query" to bodies;
/// nullptr where there is none. A key without a query answers every query of its path, and a level
/// in braces, "GET /users/{id}/pumps", stands for any.
const Json* documented_answer(const Json& samples, std::string_view path);

}  // namespace bridge
