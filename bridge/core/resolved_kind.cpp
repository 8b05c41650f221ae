#include "core/resolved_kind.hpp"

#include <algorithm>

namespace bridge {
namespace {

ResolvedRow resolve(const Entity& entity, const Settings& settings) {
  ResolvedRow row{&entity, std::string(entity.unit), entity.device_class, nullptr};
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
  row.is_device = control.is_device;
  row.icon = control.icon;
  row.precision = control.precision;
  row.when = control.when;
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

/// An entity whose key and name are not the table's.
struct Derived {
  std::string key;
  std::string name;
  Entity entity;
};

void derive(ResolvedKind& kind, const ResolvedRow& from, std::string_view suffix, std::string name,
            const Entity& like) {
  const auto own = std::make_shared<Derived>();
  own->key = std::string(from.entity->key) + std::string(suffix);
  own->name = std::string(from.entity->name) + std::move(name);
  own->entity = like;
  own->entity.key = own->key;
  own->entity.name = own->name;
  kind.derived.emplace_back(own, &own->entity);
  const bool judges = like.component == Component::binary_sensor;
  kind.rows.push_back({&own->entity, judges ? "" : from.unit, like.device_class,
                       judges ? from.entity : nullptr});
}

void add_limits(ResolvedKind& kind, const ResolvedRow& row) {
  Entity outside;
  outside.component = Component::binary_sensor;
  outside.device_class = DeviceClass::problem;
  derive(kind, row, "_outside", " out of range", outside);
  Entity limit;
  limit.category = Category::diagnostic;
  limit.enabled = false;
  limit.unit = row.entity->unit;
  limit.device_class = row.entity->device_class;
  limit.precision = row.entity->precision;
  limit.pointer = row.entity->low;
  derive(kind, row, "_low", ", low limit", limit);
  limit.pointer = row.entity->high;
  derive(kind, row, "_high", ", high limit", limit);
}

}  // namespace

Json is_outside(const Entity& row, const Json& facts) {
  const Json& fact = at(facts, row.pointer);
  const auto value = number_at(row.convert == nullptr ? fact : row.convert(fact), "");
  const auto low = number_at(facts, row.low);
  const auto high = number_at(facts, row.high);
  if (!value || (!low && !high)) return {};
  return (low && *value < *low) || (high && *value > *high);
}

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
      if (!entity.when.holds(settings) && !entity.shown_anyway) continue;
      const Entity* own = &entity;
      if (!entity.when.holds(settings)) {
        resolved.derived.push_back(std::make_shared<const Entity>(only_shown(entity)));
        own = resolved.derived.back().get();
      }
      const ResolvedRow row = resolve(*own, settings);
      resolved.rows.push_back(row);
      if (!own->low.empty()) add_limits(resolved, row);
    }
    for (const Read& read : kind.reads) {
      if (read.when.holds(settings)) resolved.reads.push_back(&read);
    }
    kinds.push_back(std::move(resolved));
  }
  return kinds;
}

}  // namespace bridge
