#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "core/configuration.hpp"

namespace bridge {

/// A read of the plan: so many requests in every period.
struct PlannedRead {
  std::string name;
  std::chrono::milliseconds every{};
  int requests = 1;
};

/// A quota beside what the reads ask of it.
struct PlannedWindow {
  Quota quota;
  int for_polls = 0;  ///< requests per window that polls may take; the rest is for commands
  double asked = 0;   ///< requests per window that the reads ask for

  bool fits() const { return asked <= for_polls + 1e-9; }
};

/// What an account's reads cost with a number of devices of every kind.
struct PollingPlan {
  std::vector<PlannedRead> reads;
  std::vector<PlannedWindow> windows;
  double an_hour = 0;  ///< requests an hour that the reads ask for
  /// What the reads' periods, not the list's, are multiplied by until every window fits.
  double stretch = 1;
};

/// The plan for `devices` devices of every kind; the hub's reads and the list count once.
PollingPlan polling_plan(const AccountConfiguration& account, int devices);

/// Why the plan does not fit, with the arithmetic, for people; empty: it fits.
std::string plan_conflict(const PollingPlan& plan);

/// A count for people: at most one digit after the point, "1.2", "72".
std::string count_text(double count);

}  // namespace bridge
