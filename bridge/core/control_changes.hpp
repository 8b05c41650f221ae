#pragma once

#include <map>
#include <string>
#include <string_view>

#include "core/device_registry.hpp"

namespace bridge {

/// What controls of a device show, as it is published, by their keys.
using ShownControls = std::map<std::string_view, Json>;

/// What all controls of the device but one show.
ShownControls other_controls(const DeviceRecord& record, std::string_view but);

/// The keys, as "a, b", of the controls that show another value than before. One that showed none
/// before is not known to have changed.
std::string changed_controls(const ShownControls& before, const DeviceRecord& record);

}  // namespace bridge
