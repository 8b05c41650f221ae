#pragma once

#include <map>
#include <string>
#include <vector>

#include "core/device_registry.hpp"
#include "core/polling_plan.hpp"

namespace bridge {

/// How often one account reads: the periods as configured, stretched until they fit its quota. The
/// null read is the list.
class ReadPeriods {
 public:
  /// Both outlive it.
  ReadPeriods(const AccountConfiguration& account, const std::vector<ResolvedKind>& kinds)
      : account_(account), kinds_(kinds) {}

  /// The period in force.
  std::chrono::milliseconds of(const Read* read) const;
  /// Whether the period is kept whatever moment the facts wish: the quota stretched it, or a read
  /// that would come more often for some facts was given a period by the user.
  bool is_fixed(const Read* read) const;
  /// Fits the periods to a fleet, to the number of devices that a list has to ask for, and to what
  /// the polls may ask in a second; what they ask then.
  double fit(const DeviceRegistry& fleet, int listed, double per_second);
  /// A sentence about what fit() stretched; empty: nothing, or no more than was said before. It is
  /// said again when the fleet, or the quota, changed by a fifth.
  std::string news();
  /// The periods in seconds by the read's name: a JSON object.
  Json document() const;

 private:
  double stretch_of(const Read* read) const;

  const AccountConfiguration& account_;
  const std::vector<ResolvedKind>& kinds_;
  std::vector<PlannedRead> plan_;
  std::map<const Read*, double> stretch_;
  double said_ = 0;  // the sum of the stretches that people know of
};

/// The devices that a vendor's quota may grow with: neither the hub nor a device's parts.
int devices_by_themselves(const DeviceRegistry& fleet);

}  // namespace bridge
