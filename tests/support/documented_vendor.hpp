#pragma once

// A vendor that gives its documented answers, and everything that a mapper reads from it.

#include <boost/json/parse.hpp>
#include <string>
#include <utility>
#include <vector>

#include "core/documented_answer.hpp"
#include "core/every_setting.hpp"
#include "support/mapper_parts.hpp"

namespace bridge {

class DocumentedVendor : public Vendor {
 public:
  DocumentedVendor(Json answers, Settings settings)
      : answers_(std::move(answers)), settings_(std::move(settings)) {}
  Task<Json> request(Method method, std::string path, Json) override {
    const Json* answer = documented_answer(answers_, path);
    if (answer == nullptr || method != Method::get) co_return Error(Errc::not_found, "not documented");
    co_return *answer;
  }
  void ahead(std::string) override {}
  const Settings& settings() const override { return settings_; }
  // Within a day of what the documents show, so that their history counts.
  Instant now() const override { return *parse_time("2018-05-08T16:00:00Z"); }

 private:
  Json answers_;
  Settings settings_;
};


inline const ResolvedKind* find_kind(const std::vector<ResolvedKind>& kinds, std::string_view name) {
  for (const ResolvedKind& kind : kinds) {
    if (kind.kind->name == name) return &kind;
  }
  return nullptr;
}

/// What one list and every read of each of its devices brought.
struct ReadOnce {
  std::vector<Device> devices;
  std::vector<std::pair<std::string, Error>> errors;  ///< by the read's name; "list" comes first
  bool gap = false;  ///< the list said that something is missing from it
};

inline void merge(std::vector<Device>& devices, std::string_view id, std::string_view read, const Json& facts) {
  for (Device& device : devices) {
    if (device.id == id) device.facts.get_object()[read] = facts;
  }
}

inline bool is_incomplete(const RecordedFleet& fleet) {
  if (fleet.gap || !fleet.kept.empty()) return true;
  for (const Device& device : fleet.devices) {
    if (device.id.empty()) return true;
  }
  for (const auto& [kind, total] : fleet.totals) {
    std::size_t count = 0;
    for (const Device& device : fleet.devices) count += device.kind == kind;
    if (count != total) return true;
  }
  return false;
}

inline ReadOnce read_once(const Mapper& mapper, Json answers, const Settings& settings) {
  DocumentedVendor vendor(std::move(answers), settings);
  const auto kinds = resolve(mapper, settings);
  ReadOnce all;
  RecordedFleet fleet;
  const auto listed = run(mapper.list(vendor, fleet));
  if (!listed) all.errors.emplace_back("list", listed.error());
  all.gap = is_incomplete(fleet);
  all.devices = std::move(fleet.devices);
  for (std::size_t i = 0; i < all.devices.size(); ++i) {
    const Device device = all.devices[i];
    if (device.id.empty()) continue;  // as the core does
    const ResolvedKind* kind = find_kind(kinds, device.kind);
    if (kind == nullptr) throw std::logic_error("a device of no kind");
    for (const Read* read : kind->reads) {
      const auto facts = run(read->read(vendor, all.devices[i]));
      if (!facts) {
        all.errors.emplace_back(read->facts, facts.error());
        continue;
      }
      merge(all.devices, device.id, read->facts, facts->own());
      for (const auto& [id, own] : facts->children()) merge(all.devices, id, read->facts, own);
    }
  }
  return all;
}

}  // namespace bridge
