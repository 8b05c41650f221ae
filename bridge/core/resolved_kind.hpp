#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "bridge/mapper.hpp"

namespace bridge {

/// A row as one account has it: its unit and class after the account's settings.
struct ResolvedRow {
  const Entity* entity = nullptr;
  std::string unit;
  DeviceClass device_class = DeviceClass::none;
  const Entity* watched = nullptr;  ///< the row whose limits this one judges
};

/// A device kind as one account has it: rows and reads that its settings switch on.
struct ResolvedKind {
  const DeviceKind* kind = nullptr;
  std::vector<ResolvedRow> rows;
  std::vector<const Read*> reads;
  std::chrono::seconds stale_after{};
  /// Rows that stand in no table: those of a control that is only shown, or of another one's limits.
  std::vector<std::shared_ptr<const Entity>> derived;

  const ResolvedRow* find(std::string_view key) const;
  const Read* find_read(std::string_view name) const;
};

/// Whether the value of a row is outside of its limits, as the facts show both. Null: the value, or
/// both limits, are unknown.
Json is_outside(const Entity& row, const Json& facts);

/// The kinds of a mapper under an account's settings. A row whose `unit_setting` is not given has
/// neither unit nor class; its state class stays. A row that is `shown_anyway` and no control here is
/// its plain value. `stale_after` replaces the kinds' own.
std::vector<ResolvedKind> resolve(const Mapper& mapper, const Settings& settings,
                                  std::optional<std::chrono::seconds> stale_after = {});

}  // namespace bridge
