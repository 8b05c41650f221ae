#pragma once

#include <functional>

#include "io/config_file.hpp"

namespace bridge {

/// Reads the configuration file as it is now.
using ConfigReader = std::function<ConfigRead()>;

/// Runs the service until it is told to stop; reads its configuration again on SIGHUP. Returns the
/// exit status.
int run_service(const Configuration& configuration, const ConfigReader& read);

}  // namespace bridge
