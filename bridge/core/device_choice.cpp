#include "core/device_choice.hpp"

#include "core/topics.hpp"

namespace bridge {

bool DeviceChoice::names(const Ids& ids, std::string_view id) {
  return !ids.empty() && (ids.contains(id) || ids.contains(device_level(id)));
}

bool DeviceChoice::takes(std::string_view id, std::string_view parent) const {
  const bool is_part = !parent.empty() && parent != kHub;
  if (names(without, id) || (is_part && names(without, parent))) return false;
  if (only.empty() || id == kHub) return true;
  return names(only, is_part ? parent : id);
}

}  // namespace bridge
