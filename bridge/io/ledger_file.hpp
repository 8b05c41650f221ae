#pragma once

#include <map>
#include <string>
#include <vector>

#include "runtime/ports.hpp"

namespace bridge {

/// What was announced, by account, as the state file of a directory has it, whether the service runs
/// or not. Nothing where there is no state file. Throws std::runtime_error with a sentence where it
/// cannot be read.
std::map<std::string, std::vector<Announced>> announced_in(const std::string& directory);

}  // namespace bridge
