#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "bridge/device.hpp"
#include "bridge/json.hpp"
#include "bridge/vendor.hpp"

namespace bridge {

/// Totals over records that may be read again, late, twice or in any order: each identity counts
/// once, whole numbers keep the sums exact over years. The state is a fact of a durable read, so
/// the cursor moves with the sums. The first start counts from now.
class RunningTotal {
 public:
  /// Goes on where `facts` (an earlier facts()) stands. `reread` is how far behind the newest
  /// record each read begins again, for records that come late.
  RunningTotal(const Json& facts, Instant now, std::chrono::seconds reread);

  /// Where the next read begins.
  Instant read_from() const { return newest_ - reread_; }
  /// Counting began here: what is dated before belongs to somebody else's total.
  Instant since() const { return since_; }

  /// Whether a record still has to be taken in. One from before read_from() has not: it was, or
  /// came too late, and its identity may be forgotten.
  bool is_new(std::string_view identity, Instant date) const;
  /// The record needs no second look. A record without a usable figure is left unseen, so that a
  /// corrected one counts.
  void mark_seen(std::string_view identity, Instant date);
  /// Adds to the sum of that name, in the smallest unit. A sum begins at 0.
  void add(std::string_view sum, std::int64_t amount);
  /// Remembers something under a name beside the sums, such as the newest record of a kind.
  void keep(std::string_view name, const Json& value);
  /// The sum or what was kept under a name, also by earlier reads; null where there is none.
  const Json& kept(std::string_view name) const;

  /// {"since", "newest", "seen"} and a member for each sum and each thing kept, for a durable read.
  boost::json::object facts() const;

 private:
  std::chrono::seconds reread_;
  Instant since_;
  Instant newest_;
  Instant begin_;  // of what this read asks for
  boost::json::object kept_;
  boost::json::object seen_;  // identity -> date, as far back as a read goes
};

/// One stretch of time: `from` inclusive, `to` exclusive.
struct Window {
  Instant from;
  Instant to;
};

/// The stretch from `from` to `to` in windows of at most `widest`, oldest first.
std::vector<Window> windows(Instant from, Instant to, std::chrono::seconds widest);

/// One entry of a vendor's history.
struct Entry {
  std::string identity;         ///< the same at every reading, and no other entry's
  std::optional<Instant> date;  ///< without one it cannot be placed and is left out
  const Json& json;             ///< lies in the answer
  std::size_t part = 0;         ///< which of several in `json`, such as a channel
};

/// How a vendor's history is read.
struct History {
  std::string_view facts;  ///< the durable read's name
  /// What to ask for, with {id} of the device and {from} and {to} of a window: RFC 3339 with whole
  /// seconds, or {from_epoch} and {to_epoch}, in seconds.
  std::string_view path;
  std::chrono::seconds widest;  ///< the longest stretch that one request may ask for
  std::chrono::seconds reread;  ///< how far behind the newest record a read begins again
  std::string_view sums;        ///< the names of the sums, separated by blanks
  std::vector<Entry> (*entries)(const Json& answer) = nullptr;  ///< of one answer, in any order
  /// Takes in one new entry, the oldest first. False: not usable yet, look at it again.
  bool (*take)(const Entry& entry, RunningTotal& total, Facts& facts) = nullptr;
};

/// A durable read as a fold over the records since the last one, an outage of weeks included. An
/// error at any window leaves everything as it was.
Task<Facts> read_history(Vendor& vendor, const Device& device, History history);

/// The same as a `Read::read` of a mapper's table.
template <const History& history>
Task<Facts> read_history(Vendor& vendor, const Device& device) {
  return read_history(vendor, device, history);
}

}  // namespace bridge
