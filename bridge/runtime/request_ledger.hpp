#pragma once

#include <string>

#include "core/quota_budget.hpp"
#include "runtime/ports.hpp"

namespace bridge {

/// What of an account's quota outlives the process: the requests that still count in the documented
/// windows, and the pause that the vendor asked for. What a vendor tells of its windows in headers is
/// not kept: it comes back with the first answer.
///
/// A request is counted in the store before it is sent. Where the quota is large that would be a
/// write for every request: there the store counts some in advance, and what an unclean end leaves
/// of them counts as spent.
class RequestLedger {
 public:
  RequestLedger(std::string account, Clock& clock, Store& store, QuotaBudget& budget);

  /// Brings the budget to where an earlier process left it. Whether a pause goes on that is for the
  /// quota, not for a 429.
  bool restore();
  /// So many devices are listed by themselves; `sure`: there are no more of them. A quota that grows
  /// with them is as large at the next start, whose first list is asked before they are known.
  void serve(int devices, bool sure);
  /// The budget counted one more request.
  void spent();
  /// Nobody asks before `until` (monotonic): kept at once.
  void paused(std::chrono::milliseconds until, bool for_quota);
  /// The end is near: what was counted in advance and not used is free again. From now on every
  /// request is saved by itself.
  void settle();

 private:
  int advance() const;
  void write(int advance);
  Json kept(const char* name) const;
  void keep(const char* name, const Json& value);

  const std::string account_;
  Clock& clock_;
  Store& store_;
  QuotaBudget& budget_;
  int devices_ = 0;
  int left_ = 0;  // of the requests that the store counts in advance
  bool is_exact_ = true;
  bool ends_ = false;
};

}  // namespace bridge
