#include "core/meters.hpp"

#include <algorithm>

#include "core/state_document.hpp"

namespace bridge {
namespace {

/// Whether the row's fact is one of those that are read under this name.
bool is_read_with(const ResolvedRow& row, std::string_view facts) {
  const std::string_view pointer = row.entity->pointer;
  return pointer.size() > facts.size() && pointer[0] == '/' &&
         pointer.substr(1, facts.size()) == facts &&
         (pointer.size() == facts.size() + 1 || pointer[facts.size() + 1] == '/');
}

}  // namespace

Meters::Meter& Meters::meter_of(const ResolvedRow& row) {
  const std::string_view key = row.entity->key;
  const auto found =
      std::find_if(meters_.begin(), meters_.end(), [&](const Meter& each) { return each.key == key; });
  if (found != meters_.end()) return *found;
  return meters_.emplace_back(Meter{std::string(key), Json(), false});
}

bool Meters::read(const ResolvedKind& kind, const Device& device, std::string_view facts) {
  bool changed = false;
  for (const ResolvedRow& row : kind.rows) {
    if (row.entity->state_class != StateClass::total_increasing || !is_read_with(row, facts)) continue;
    Json value = published_value(row, device, true);
    const auto number = number_at(value, "");
    Meter& meter = meter_of(row);
    const bool falls = number && *number < number_at(meter.said, "").value_or(*number);
    changed |= meter.in_doubt;
    meter.in_doubt = falls && !meter.in_doubt;
    if (number && !meter.in_doubt) meter.said = std::move(value);
  }
  return changed;
}

bool Meters::in_doubt() const {
  return std::any_of(meters_.begin(), meters_.end(), [](const Meter& each) { return each.in_doubt; });
}

const Json* Meters::instead_of(const ResolvedRow& row) const {
  for (const Meter& each : meters_) {
    if (each.in_doubt && each.key == row.entity->key) return &each.said;
  }
  return nullptr;
}

}  // namespace bridge
