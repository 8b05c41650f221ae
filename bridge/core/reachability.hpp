#pragma once

#include <string_view>

#include "core/device_registry.hpp"

namespace bridge {

/// Why a device counts as offline at `now`: what the vendor says of it, what its reads met, or the
/// age of its word. "ok": it is online.
std::string_view reachability(const DeviceRecord& record, Instant now);

}  // namespace bridge
