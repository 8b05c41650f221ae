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
      if (entity.when.holds(settings)) resolved.rows.push_back(resolve(entity, settings));
    }
    for (const Read& read : kind.reads) {
      if (read.when.holds(settings)) resolved.reads.push_back(&read);
    }
    kinds.push_back(std::move(resolved));
  }
  return kinds;
}

}  // namespace bridge
