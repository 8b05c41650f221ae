#pragma once

// Finding a mapper's parts by name, and running them.

#include <gtest/gtest.h>
#include <string>
#include <string_view>

#include "bridge/mapper.hpp"
#include "core/command_argument.hpp"
#include "core/resolved_kind.hpp"
#include "core/state_document.hpp"
#include "support/run.hpp"
#include "support/scripted_vendor.hpp"

namespace bridge {

inline const DeviceKind& kind_of(const Mapper& mapper, std::string_view name) {
  for (const DeviceKind& kind : mapper.kinds) {
    if (kind.name == name) return kind;
  }
  throw std::logic_error("no such kind");
}

inline const Read& read_of(const DeviceKind& kind, std::string_view name) {
  for (const Read& read : kind.reads) {
    if (read.facts == name) return read;
  }
  throw std::logic_error("no such read");
}

inline const Entity& row_of(const DeviceKind& kind, std::string_view key) {
  for (const Entity& row : kind.entities) {
    if (row.key == key) return row;
  }
  throw std::logic_error("no such row");
}

/// What the state topic would show for one key.
inline Json shown(const Mapper& mapper, const Device& device, std::string_view key,
                  const Settings& settings = {}) {
  for (const ResolvedKind& kind : resolve(mapper, settings)) {
    const ResolvedRow* row = kind.kind->name == device.kind ? kind.find(key) : nullptr;
    if (row != nullptr) return published_value(*row, device, true);
  }
  throw std::logic_error("no such row under these settings");
}

/// Checks a command's value and sends it.
inline Result<Json> execute(const Entity& row, Vendor& vendor, const Device& device, const Json& value) {
  auto argument = command_argument(row, value, device);
  if (!argument) return argument.error();
  return run(row.perform(vendor, device, std::move(*argument)));
}

}  // namespace bridge
