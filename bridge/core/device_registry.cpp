#include "core/device_registry.hpp"

#include <algorithm>

#include "core/topics.hpp"

namespace bridge {
namespace {

bool absorb(Json& known, const Json& fresh);

// Vendors write the same members in the same order in every answer. False: not these two, and
// some members may have been taken over already.
bool absorb_in_order(boost::json::object& known, const boost::json::object& fresh, bool& changed) {
  if (known.size() != fresh.size()) return false;
  auto old = known.begin();
  for (const auto& member : fresh) {
    if (old->key() != member.key()) return false;
    changed |= absorb(old->value(), member.value());
    ++old;
  }
  return true;
}

/// Makes `known` equal to `fresh`, and copies nothing but what differs. Whether anything did.
bool absorb(Json& known, const Json& fresh) {
  bool changed = false;
  if (known.is_object() && fresh.is_object() &&
      absorb_in_order(known.get_object(), fresh.get_object(), changed)) {
    return changed;
  }
  if (known == fresh) return changed;
  known = fresh;  // assigning keeps the memory of `known`: a deep copy
  return true;
}

}  // namespace

std::uint64_t hash_bytes(std::string_view bytes, std::uint64_t seed) {
  for (const char c : bytes) seed = (seed ^ static_cast<unsigned char>(c)) * 1099511628211U;
  return seed;
}

std::uint64_t announced_hash(const DeviceRecord& record) {
  std::uint64_t hash = hash_bytes(record.device.name);
  hash = hash_bytes(record.device.parent, hash + 1);
  const DeviceKind& kind = *record.kind->kind;
  for (const std::string_view pointers : {kind.model, kind.model_id, kind.manufacturer, kind.firmware,
                                          kind.serial, kind.area}) {
    std::size_t begin = 0;
    while (begin < pointers.size()) {
      const std::size_t end = std::min(pointers.find(' ', begin), pointers.size());
      const std::string_view pointer = pointers.substr(begin, end - begin);
      if (!pointer.empty() && pointer.front() == '/') {
        const Json& fact = at(record.device.facts, pointer);
        hash = fact.is_string() ? hash_bytes(fact.get_string(), hash + 1)
                                : hash_bytes(text(fact, ""), hash + 1);
      }
      begin = end + 1;
    }
  }
  return hash;
}

const ResolvedKind* DeviceRegistry::kind_named(std::string_view name) const {
  for (const ResolvedKind& kind : kinds_) {
    if (kind.kind->name == name) return &kind;
  }
  return nullptr;
}

DeviceRegistry::Sighting DeviceRegistry::see(const Listed& listed) {
  const ResolvedKind* kind = kind_named(listed.kind);
  if (listed.id.empty() || kind == nullptr) {
    ++nameless_;
    ++nameless_now_;
    return {};
  }
  const std::string_view name = listed.name.empty() ? listed.id : listed.name;

  if (const Record known = known_as(listed.id)) {
    DeviceRecord& record = *known;
    if (record.kind != kind) {  // a vendor's own "hub", or one id for two things
      ++nameless_;
      return {};
    }
    record.listed_in = list_;
    record.lists_without = record.lists_unread = 0;
    bool changed = merge(record, "list", listed.facts);
    if (record.device.name != name || record.device.parent != listed.parent) {
      record.device.name = name;
      record.device.parent = listed.parent;
      changed = true;
    }
    return {known, false, changed};
  }

  auto record = std::make_shared<DeviceRecord>();
  record->device = Device{kind->kind->name, std::string(listed.id), std::string(name),
                          std::string(listed.parent), boost::json::object()};
  record->kind = kind;
  record->segment = device_level(listed.id);
  record->failures.resize(kind->reads.size());
  record->merged.resize(kind->reads.size());
  record->listed_in = list_;
  merge(*record, "list", listed.facts);
  if (const Record parent = find(listed.parent)) parent->has_parts = true;
  records_.push_back(record);
  by_id_.emplace(record->device.id, record);
  return {record, true, true};
}

void DeviceRegistry::unread(std::string_view id) {
  if (!by_id_.contains(id)) ++never_read_;
  for (const Record& record : records_) {
    if (record->device.id != id && record->device.parent != id) continue;
    record->listed_in = list_;
    record->lists_without = record->lists_unread = 0;
  }
}

// A list mostly has the order of the one before: the next record, or after a gap the one behind,
// saves looking for it in the index, which is scattered over the memory.
Record DeviceRegistry::known_as(std::string_view id) {
  for (std::size_t ahead = 0; ahead < 2 && expected_ + ahead < records_.size(); ++ahead) {
    const Record& record = records_[expected_ + ahead];
    if (record->device.id != id) continue;
    expected_ += ahead + 1;
    return record;
  }
  return find(id);
}

bool DeviceRegistry::merge(DeviceRecord& record, std::string_view read, const Json& facts) {
  const bool changed = absorb(record.device.facts.get_object()[read], facts);
  if (!changed && !record.meters.in_doubt()) return false;
  return record.meters.read(*record.kind, record.device, read) || changed;
}

std::size_t DeviceRegistry::listed(std::string_view kind) const {
  return static_cast<std::size_t>(std::count_if(records_.begin(), records_.end(), [&](const Record& record) {
    return record->listed_in == list_ && record->device.kind == kind;
  }));
}

std::vector<Record> DeviceRegistry::end_complete_list(int patience) {
  std::vector<Record> absent;
  for (const Record& record : records_) {
    if (record->listed_in != list_ && ++record->lists_without >= patience) absent.push_back(record);
  }
  for (const Record& record : absent) {
    record->gone = true;
    by_id_.erase(record->device.id);
  }
  if (!absent.empty()) std::erase_if(records_, [](const Record& record) { return record->gone; });
  return absent;
}

void DeviceRegistry::end_incomplete_list() {
  for (const Record& record : records_) {
    if (record->listed_in != list_) ++record->lists_unread;
  }
}

Record DeviceRegistry::take_out(std::string_view id) {
  const auto found = by_id_.find(id);
  if (found == by_id_.end()) return nullptr;
  Record record = found->second;
  record->gone = true;
  by_id_.erase(found);
  records_.erase(std::find(records_.begin(), records_.end(), record));
  return record;
}

Record DeviceRegistry::find(std::string_view id) const {
  const auto found = by_id_.find(id);
  return found == by_id_.end() ? nullptr : found->second;
}

Record DeviceRegistry::find_segment(std::string_view segment) const {
  // Nearly every id is its own segment.
  if (Record record = find(segment); record && record->segment == segment) return record;
  const auto found = std::find_if(records_.begin(), records_.end(),
                                  [&](const Record& record) { return record->segment == segment; });
  return found == records_.end() ? nullptr : *found;
}

}  // namespace bridge
