#pragma once

#include <functional>
#include <set>
#include <string>
#include <string_view>

#include "bridge/device.hpp"

namespace bridge {

/// Which of an account's devices are wanted, by the vendor's ids or as they stand in the topics. A
/// device's parts (the channels of a meter) come and go with it.
struct DeviceChoice {
  using Ids = std::set<std::string, std::less<>>;

  Ids only = {};     ///< empty: all
  Ids without = {};  ///< counts also where `only` names it

  bool takes(std::string_view id, std::string_view parent) const;
  static bool names(const Ids& ids, std::string_view id);
  bool operator==(const DeviceChoice&) const = default;
};

}  // namespace bridge
