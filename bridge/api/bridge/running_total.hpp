#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "bridge/device.hpp"
#include "bridge/json.hpp"

namespace bridge {

/// One stretch of time: `from` inclusive, `to` exclusive.
struct Window {
  Instant from, to;
};

/// A vendor's clock may be so far ahead; a later date is wrong.
inline constexpr std::chrono::hours kAhead{1};

/// Totals over records that may be read again, late, twice or in any order: each identity counts
/// once, whole numbers keep the sums exact over years. The state is a fact of a durable read, so
/// the cursor moves with the sums. The first start counts from now, or from when the clock is
/// right.
class RunningTotal {
 public:
  /// Goes on where `facts` (an earlier facts()) stands. `reread` is how far behind the newest
  /// record each read begins again, for records that come late. Where records follow each other
  /// at a `period`, a stretch that none covers is a hole, and a record that fills it counts,
  /// however late; with 0 nothing is known of holes.
  RunningTotal(const Json& facts, Instant now, std::chrono::seconds reread,
               std::chrono::seconds period = {});

  /// Where the next read begins, holes aside.
  Instant read_from() const { return newest_ - reread_; }
  /// The date of the newest record; without any, of the beginning.
  Instant newest() const { return newest_; }
  /// Counting began here: what is dated before belongs to somebody else's total.
  Instant since() const { return since_; }
  /// Lets counting begin no earlier than `moment`, as long as nothing was counted.
  void begin_no_earlier(Instant moment);

  /// Whether a record still has to be taken in. One from before read_from() that fills no hole has
  /// not: it was, or came too late, and its identity may be forgotten. `length` is how much time
  /// before its date it covers; 0: a period.
  bool is_new(std::string_view identity, Instant date, std::chrono::seconds length = {}) const;
  /// The record needs no second look. A record without a usable figure is left unseen, so that a
  /// corrected one counts. `counted` tells a second value from a repetition.
  void mark_seen(std::string_view identity, Instant date, std::chrono::seconds length = {},
                 std::optional<std::int64_t> counted = {});
  /// What a record that was seen not long ago counted.
  std::optional<std::int64_t> counted(std::string_view identity) const;

  /// Where the oldest hole begins, or the part of it that is later than `limit`. `until` is how far
  /// others' records reach: what is missing up to there is a hole, too, unless it begins before
  /// `limit`.
  std::optional<Instant> oldest_hole(Instant limit, Instant until) const;
  /// Forgets the holes that ended before `limit`; so many records are lost.
  std::int64_t give_up(Instant limit);

  /// Adds to the sum of that name, in the smallest unit. A sum begins at 0.
  void add(std::string_view sum, std::int64_t amount);
  /// Remembers something under a name beside the sums, such as the newest record of a kind.
  void keep(std::string_view name, const Json& value);
  /// The sum or what was kept under a name, also by earlier reads; null where there is none.
  const Json& kept(std::string_view name) const;

  /// {"since", "newest", "seen"}, with a period {"holes"}, and a member for each sum and each thing
  /// kept, for a durable read.
  boost::json::object facts() const;

 private:
  bool is_hole(const Window& stretch) const;
  bool in_hole(Instant moment) const;
  void fill(const Window& covered);
  std::chrono::seconds slack() const { return period_ / 10; }  // stamps drift

  std::chrono::seconds reread_;
  std::chrono::seconds period_;
  Instant since_;
  Instant newest_;
  Instant begin_;  // of what this read asks for
  boost::json::object kept_;
  boost::json::object seen_;    // identity -> date, or [date, counted], as far back as a read goes
  std::vector<Window> holes_;  // between the records, oldest first
};

}  // namespace bridge
