#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "core/configuration.hpp"

namespace bridge {

/// A read of the plan: so many requests in every period.
struct PlannedRead {
  std::string name;
  std::chrono::milliseconds every{};  ///< as configured
  int requests = 1;
  double stretch = 1;  ///< what the period is multiplied by until the plan fits

  /// The period that results.
  std::chrono::milliseconds period() const { return stretched(every, stretch); }
  static std::chrono::milliseconds stretched(std::chrono::milliseconds every, double stretch);
};

/// The period of a read, or with null of the list, that the user gave; else the mapper's.
std::chrono::milliseconds configured_period(const AccountConfiguration& account, const Read* read);

/// Whether the user gave the read its period: then no facts shorten it.
bool has_own_period(const AccountConfiguration& account, const Read& read);

/// The period to plan a read with.
std::chrono::milliseconds planned_period(const AccountConfiguration& account, const Read& read);

/// The requests that one list costs.
int list_requests(const Mapper& mapper, int devices);

/// Stretches the periods until the reads ask for no more than `per_second`. `reads` begins with the
/// list, which says which devices there are and keeps its period as long as it leaves a twentieth.
/// Of the others, those with the longest period come first: each up to four times as far apart
/// before the next faster ones are touched, and in the end all in proportion. So what is read most
/// often, which is what people look at, is stretched last.
void fit(std::vector<PlannedRead>& reads, double per_second);

/// The requests per second that the reads make with their stretched periods.
double rate_of(const std::vector<PlannedRead>& reads);

/// "recommendations every 24h, measures every 1.7h": the reads that are stretched; empty: none is.
std::string stretched_text(const std::vector<PlannedRead>& reads);

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
};

/// The plan for `devices` devices of every kind; the hub's reads and the list count once.
PollingPlan polling_plan(const AccountConfiguration& account, int devices);

/// Why the plan does not fit, with the arithmetic, for people; empty: it fits.
std::string plan_conflict(const PollingPlan& plan);

/// A count for people: at most one digit after the point, "1.2", "72".
std::string count_text(double count);

}  // namespace bridge
