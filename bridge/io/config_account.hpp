#pragma once

#include <span>
#include <string>

#include "io/config_reader.hpp"

namespace bridge {

/// Reads [accounts.NAME] into the configuration; every mistake becomes a problem.
void read_account(ConfigReading& reading, const std::string& name, const ConfigNode& node,
                  std::span<const Mapper* const> mappers);

/// Reads the settings that a mapper declares, with its fallbacks for those that are not given, and
/// checks that one can sign in with them.
Settings read_settings(TableReader& account, const Mapper& mapper);

}  // namespace bridge
