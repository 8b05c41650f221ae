#pragma once

#include <iosfwd>
#include <span>
#include <string>
#include <vector>

#include "io/config_file.hpp"

namespace bridge {

/// Prints everything that is wrong with a configuration, else its warnings, what its polls cost with
/// 1, 20 and 1,000 devices, whether the state can be kept, and where the secrets come from. Returns
/// the exit status.
int check(const std::string& file, std::span<const Mapper* const> mappers, std::ostream& out);

/// "FILE:LINE: text", one a line.
void print_problems(std::ostream& out, const std::string& file,
                    const std::vector<ConfigProblem>& problems);

}  // namespace bridge
