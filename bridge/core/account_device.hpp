#pragma once

#include <string_view>
#include <vector>

#include "core/configuration.hpp"
#include "core/discovery.hpp"

namespace bridge {

/// An account as a device of Home Assistant: whether it works and why not, what is left of its
/// quota, when it was and will be read, what became of its commands, and a button that reads it
/// now. It stays available while
/// the account is offline. `gone` as in announcement().
Announcement account_announcement(const Topics& topics, const AccountConfiguration& account,
                                  std::string_view version,
                                  const std::vector<std::string>& gone = {});

}  // namespace bridge
