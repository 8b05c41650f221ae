#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "core/device_registry.hpp"
#include "runtime/ports.hpp"
#include "runtime/read_periods.hpp"

namespace bridge {

/// What one account's processes leave to the next one in the store, so that a restart neither asks
/// for it again nor forgets it: totals and cursors, what is read too seldom to ask for it at every
/// start, and the list where lists are rare.
class KeptFacts {
 public:
  /// All outlive it.
  KeptFacts(const AccountConfiguration& account, const std::vector<ResolvedKind>& kinds,
            const ReadPeriods& periods, Store& store, Clock& clock)
      : account_(account), kinds_(kinds), periods_(periods), store_(store), clock_(clock) {}

  /// Whether a read's facts survive a restart.
  static bool includes(const Read& read);
  /// The rows to commit for what a read brought: the facts, where they are kept, and when the read
  /// is due again, where that is long from now. None: nothing is to be kept.
  std::vector<Commit::FactsRow> rows(const DeviceRecord& record, const Read& read,
                                     const Facts& brought, bool is_new) const;
  /// Merges what an earlier process kept of a device, whichever device's read brought it.
  void recall(DeviceRecord& record) const;
  /// When a kept read is due according to an earlier process; nothing: now.
  std::optional<Instant> due(const DeviceRecord& record, const Read& read) const;

  /// A complete list that was believed; keeps it, where lists are rare.
  void keep_list(const DeviceRegistry& registry) const;
  /// Somebody else may have signed in.
  void forget_list() const;
  struct List {
    std::chrono::milliseconds due_in{};
    Json devices;  ///< array of kind, id, name, parent, facts
  };
  /// An earlier process's list; nothing: there is none, it is over, or it was made with other
  /// settings.
  std::optional<List> list() const;

 private:
  Json stored(const std::string& device, const std::string& read) const;

  const AccountConfiguration& account_;
  const std::vector<ResolvedKind>& kinds_;
  const ReadPeriods& periods_;
  Store& store_;
  Clock& clock_;
};

}  // namespace bridge
