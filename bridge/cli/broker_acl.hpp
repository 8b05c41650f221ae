#pragma once

#include <string>

#include "core/configuration.hpp"

namespace bridge {

/// Lines for Mosquitto's `acl_file` that let the bridge, Home Assistant and other clients do what
/// they need with the configured topics, and no more.
std::string broker_acl(const Configuration& configuration);

}  // namespace bridge
