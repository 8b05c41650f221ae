#pragma once

#include <string_view>

#include "core/device_registry.hpp"

namespace bridge {

/// Why a device counts as offline at `now`: what the vendor says of it, what its reads met, or the
/// age of its word; or "parent_offline", for a device that a read of its parent feeds (a meter's
/// channel, but no pump of a fleet). "ok": it is online. `parent` is null where there is none.
std::string_view reachability(const DeviceRecord& record, Instant now,
                              const DeviceRecord* parent = nullptr);

}  // namespace bridge
