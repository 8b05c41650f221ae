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
};

/// A device kind as one account has it: rows and reads that its settings switch on.
struct ResolvedKind {
  const DeviceKind* kind = nullptr;
  std::vector<ResolvedRow> rows;
  std::vector<const Read*> reads;
  std::chrono::seconds stale_after{};
  std::vector<std::shared_ptr<const Entity>> only_shown;  ///< rows made of controls that are not

  const ResolvedRow* find(std::string_view key) const;
  const Read* find_read(std::string_view name) const;
};

/// The kinds of a mapper under an account's settings. A row whose `unit_setting` is not given has
/// neither unit nor class; its state class stays. A row that is `shown_anyway` and no control here is
/// its plain value. `stale_after` replaces the kinds' own.
std::vector<ResolvedKind> resolve(const Mapper& mapper, const Settings& settings,
                                  std::optional<std::chrono::seconds> stale_after = {});

}  // namespace bridge
