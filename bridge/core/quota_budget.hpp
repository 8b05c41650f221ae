#pragma once

#include <chrono>
#include <deque>
#include <optional>
#include <span>
#include <vector>

#include "bridge/mapper.hpp"
#include "core/quota_headers.hpp"

namespace bridge {

/// What a request is for. Commands may use the reserve that polls may not, and a token that polls
/// need the smaller half of it: of 5 that are reserved, 2 may be tokens, and 3 are always left to
/// commands, however often a sign-in fails. Spare reads get only what the planned polls leave of
/// their share.
enum class Purpose { poll, command, spare, token };

/// The requests per window that polls may take: all but the reserve, which is at most half of the
/// window, so that a short window ("5 a second") is not closed to polls.
int poll_allowance(const Quota& quota, int reserve);

/// Of the requests per window, those that are not for this purpose, the shares of planned polls aside.
int kept_from(Purpose purpose, int requests, int reserve);

/// The quota of a fleet of so many devices.
Quota of_fleet(Quota quota, int devices);

/// Keeps a vendor's documented limits: sliding windows over the moments of the last requests, as
/// the vendor counts them. Moments are monotonic.
class QuotaBudget {
 public:
  using Moment = std::chrono::milliseconds;

  QuotaBudget(std::vector<Quota> quotas, int reserve);

  /// How long to wait before one more request; zero means go now.
  std::chrono::milliseconds wait(Purpose purpose, Moment now) const;
  void spend(Moment now, Purpose purpose = Purpose::poll);

  /// So many devices are listed by themselves: the quotas that grow with them follow, unless the
  /// vendor told their limits.
  void serve(int devices);
  /// Whether a quota grows with the fleet.
  bool grows() const;

  /// The rate of the polls that are planned; spare reads keep off it.
  void plan(double polls_per_second) { planned_ = polls_per_second; }

  /// What the vendor said of its window of `per`: its limit replaces the documented one, and until
  /// the window ends no more than what remains is asked for, of which polls leave the reserve.
  void told(std::chrono::seconds per, const ToldQuota& told, Moment now);
  const std::vector<Quota>& quotas() const { return quotas_; }

  /// Nobody asks before `until`: the vendor said so.
  void pause(Moment until);
  std::optional<Moment> paused_until(Moment now) const;

  /// Requests left in the longest window, counting the reserve; nothing without quotas.
  std::optional<int> left(Moment now) const;

  /// The rate that polls can keep up for long; infinite without quotas.
  double polls_per_second() const;

  /// The longest window that the mapper or the owner names; what a vendor told of others aside.
  std::optional<Quota> longest_documented() const;
  /// The ledger: the moments that still count in it, oldest first.
  std::vector<Moment> ledger(Moment now) const;
  /// Goes on from a ledger. What the requests were for is not known: spare reads count them all as
  /// theirs, so that a process that starts again and again does not leave its polls without quota.
  void restore(std::span<const Moment> moments);

 private:
  struct Told {
    std::chrono::seconds per;
    int left;
    Moment until;
  };

  Quota* quota_of(std::chrono::seconds per);
  int spare_allowance(const Quota& quota) const;
  bool leaves_room(const Told& told, Purpose purpose, Moment now) const;

  std::vector<Quota> documented_;
  std::vector<Quota> quotas_;  // those in force: the documented ones first, and what was told
  int reserve_;
  std::vector<std::chrono::seconds> limits_told_;  // the windows of which the vendor told the limit
  std::vector<Told> told_;  // at most one for each length of window
  std::deque<Moment> spent_;
  std::deque<Moment> spare_;  // those of spent_ that were spare reads'
  double planned_ = 0;
  Moment paused_until_ = Moment::min();
};

}  // namespace bridge
