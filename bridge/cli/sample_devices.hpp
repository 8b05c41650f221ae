#pragma once

#include <string>

#include "bridge/mapper.hpp"
#include "core/device_registry.hpp"

namespace bridge {

/// Lists a vendor's documented devices and makes every read of each once, without a network. A read
/// without a documented answer stays unknown, as it would from a vendor that does not answer. What
/// is wrong with the list, for people; empty: nothing.
std::string read_sample_devices(const Mapper& mapper, const Settings& settings,
                                DeviceRegistry& registry);

}  // namespace bridge
