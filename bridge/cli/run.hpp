#pragma once

#include "core/configuration.hpp"

namespace bridge {

/// Runs the service until it is told to stop. Returns the exit status.
int run_service(const Configuration& configuration);

}  // namespace bridge
