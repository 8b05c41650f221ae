#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/discovery.hpp"

namespace bridge {

/// The bridge itself as a device of Home Assistant: its connection, what it is, its log level, and
/// a button that polls. `gone` as in announcement().
Announcement bridge_announcement(const Topics& topics, std::string_view version,
                                 const std::vector<std::string>& gone = {});

}  // namespace bridge
