#include "core/device_choice.hpp"

#include "core/topics.hpp"

namespace bridge {

bool DeviceChoice::takes(std::string_view id, std::string_view parent) const {
  const bool is_part = !parent.empty() && parent != kHub;
  if (without.contains(id) || (is_part && without.contains(parent))) return false;
  if (only.empty() || id == kHub) return true;
  return only.contains(is_part ? parent : id);
}

}  // namespace bridge
