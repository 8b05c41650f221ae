#include "core/resolved_kind.hpp"

#include <algorithm>

namespace bridge {
namespace {

ResolvedRow resolve(const Entity& entity, const Settings& settings) {
  ResolvedRow row{&entity, std::string(entity.unit), entity.device_class};
  if (entity.unit_setting.empty()) return row;
  row.unit = settings.text(entity.unit_setting);
  if (row.unit.empty()) row.device_class = DeviceClass::none;
  return row;
}

/// The same value, read only.
Entity only_shown(const Entity& control) {
  Entity row;
  row.key = control.key;
  row.name = control.name;
  row.pointer = control.pointer;
  row.convert = control.convert;
  row.device_class = control.device_class;
  row.unit = control.unit;
  row.unit_setting = control.unit_setting;
  row.enabled = control.enabled;
  row.precision = control.precision;
  // What can only be read is no configuration to Home Assistant.
  row.category = control.category == Category::config ? Category::diagnostic : control.category;
  switch (control.component) {
    case Component::switch_:
      row.component = Component::binary_sensor;
      row.device_class = DeviceClass::none;
      break;
    case Component::number:
      row.state_class = StateClass::measurement;
      break;
    case Component::select:
      row.device_class = DeviceClass::enum_;
      row.options = control.options;
      break;
    default:
      break;
  }
  return row;
}

}  // namespace

const ResolvedRow* ResolvedKind::find(std::string_view key) const {
  const auto found = std::find_if(rows.begin(), rows.end(),
                                  [key](const ResolvedRow& row) { return row.entity->key == key; });
  return found == rows.end() ? nullptr : &*found;
}

const Read* ResolvedKind::find_read(std::string_view name) const {
  const auto found = std::find_if(reads.begin(), reads.end(),
                                  [name](const Read* read) { return read->facts == name; });
  return found == reads.end() ? nullptr : *found;
}

std::vector<ResolvedKind> resolve(const Mapper& mapper, const Settings& settings,
                                  std::optional<std::chrono::seconds> stale_after) {
  std::vector<ResolvedKind> kinds;
  kinds.reserve(mapper.kinds.size());
  for (const DeviceKind& kind : mapper.kinds) {
    ResolvedKind resolved;
    resolved.kind = &kind;
    resolved.stale_after = stale_after.value_or(kind.stale_after);
    for (const Entity& entity : kind.entities) {
      if (entity.when.holds(settings)) {
        resolved.rows.push_back(resolve(entity, settings));
      } else if (entity.shown_anyway) {
        resolved.only_shown.push_back(std::make_shared<const Entity>(only_shown(entity)));
        resolved.rows.push_back(resolve(*resolved.only_shown.back(), settings));
      }
    }
    for (const Read& read : kind.reads) {
      if (read.when.holds(settings)) resolved.reads.push_back(&read);
    }
    kinds.push_back(std::move(resolved));
  }
  return kinds;
}

}  // namespace bridge
