#pragma once

#include <span>
#include <string_view>

#include "bridge/mapper.hpp"

namespace mappers {

/// Every mapper, in the order of mappers/CMakeLists.txt.
std::span<const bridge::Mapper* const> all();

/// The mapper of that name, or null.
const bridge::Mapper* find(std::string_view name);

/// The vendor's documented answers (mappers/samples/<name>.json): an object from
/// "GET /path" to the answer's body; a key without a query answers every query of its path. The program prints its topics from them, the simulators
/// start from them, the tests hold the mapper against them.
std::string_view samples(std::string_view name);

}  // namespace mappers
