#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

#include "bridge/json.hpp"
#include "bridge/vendor.hpp"

namespace bridge {

/// A total over records that may be read again, late, twice or in any order: each identity counts
/// once, whole numbers keep the sum exact over years. The state is a fact of a durable read, so
/// the cursor moves with the sum. The first start counts from now.
class RunningTotal {
 public:
  /// Goes on where `facts` (an earlier facts()) stands. `reread` is how far behind the newest
  /// record each read begins again, for records that come late.
  RunningTotal(const Json& facts, Instant now, std::chrono::seconds reread);

  /// Where the next read begins.
  Instant read_from() const { return newest_ - reread_; }
  /// Counting began here: what is dated before belongs to somebody else's total.
  Instant since() const { return since_; }

  /// Whether a record still has to be taken in.
  bool is_new(std::string_view identity, Instant date) const;
  /// The record needs no second look. A record without a usable figure is left unseen, so that a
  /// corrected one counts.
  void mark_seen(std::string_view identity, Instant date);
  /// Adds to the sum, in the smallest unit.
  void add(std::int64_t amount) { sum_ += amount; }

  /// {"sum", "since", "newest", "seen"}, for a durable read.
  boost::json::object facts() const;

 private:
  std::chrono::seconds reread_;
  Instant since_;
  Instant newest_;
  std::int64_t sum_ = 0;
  boost::json::object seen_;  // identity -> date, as far back as a read goes
};

/// One stretch of time: `from` inclusive, `to` exclusive.
struct Window {
  Instant from;
  Instant to;
};

/// The stretch from `from` to `to` in windows of at most `widest`, oldest first.
std::vector<Window> windows(Instant from, Instant to, std::chrono::seconds widest);

}  // namespace bridge
