#include "core/control_changes.hpp"

#include "core/state_document.hpp"

namespace bridge {

ShownControls other_controls(const DeviceRecord& record, std::string_view but) {
  ShownControls shown;
  for (const ResolvedRow& row : record.kind->rows) {
    if (!row.entity->is_command() || row.entity->key == but) continue;
    shown.emplace(row.entity->key, published_value(row, record.device, true));
  }
  return shown;
}

std::string changed_controls(const ShownControls& before, const DeviceRecord& record) {
  std::string keys;
  for (const auto& [key, value] : before) {
    const ResolvedRow* row = record.kind->find(key);
    if (row == nullptr || value.is_null()) continue;
    if (published_value(*row, record.device, true) == value) continue;
    keys += (keys.empty() ? "" : ", ") + std::string(key);
  }
  return keys;
}

}  // namespace bridge
