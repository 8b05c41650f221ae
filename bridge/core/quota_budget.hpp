#pragma once

#include <chrono>
#include <deque>
#include <optional>
#include <span>
#include <vector>

#include "bridge/mapper.hpp"

namespace bridge {

/// What a request is for. Commands may use the reserve that polls may not.
enum class Purpose { poll, command };

/// The requests per window that polls may take: all but the reserve, which is at most half of the
/// window, so that a short window ("5 a second") is not closed to polls.
int poll_allowance(const Quota& quota, int reserve);

/// Keeps a vendor's documented limits: sliding windows over the moments of the last requests, as
/// the vendor counts them. Moments are monotonic.
class QuotaBudget {
 public:
  using Moment = std::chrono::milliseconds;

  QuotaBudget(std::vector<Quota> quotas, int reserve);

  /// How long to wait before one more request; zero means go now.
  std::chrono::milliseconds wait(Purpose purpose, Moment now) const;
  void spend(Moment now);

  /// Nobody asks before `until`: the vendor said so.
  void pause(Moment until);
  std::optional<Moment> paused_until(Moment now) const;

  /// Requests left in the longest window, counting the reserve; nothing without quotas.
  std::optional<int> left(Moment now) const;

  /// The rate that polls can keep up for long; infinite without quotas.
  double polls_per_second() const;

  /// The ledger: the moments that still count, oldest first.
  std::vector<Moment> ledger(Moment now) const;
  void restore(std::span<const Moment> moments);

 private:
  std::vector<Quota> quotas_;
  int reserve_;
  std::deque<Moment> spent_;
  Moment paused_until_ = Moment::min();
};

}  // namespace bridge
