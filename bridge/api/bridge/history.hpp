#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "bridge/running_total.hpp"
#include "bridge/vendor.hpp"

namespace bridge {

/// The stretch from `from` to `to` in windows of at most `widest`, oldest first.
std::vector<Window> windows(Instant from, Instant to, std::chrono::seconds widest);

/// One entry of a vendor's history.
struct Entry {
  std::string identity;         ///< the same at every reading, and no other entry's of its part
  std::optional<Instant> date;  ///< without one it cannot be placed and is left out
  const Json& json;             ///< lies in the answer
  std::size_t part = 0;         ///< which of several in `json`, and of `History::parts` if any
  std::chrono::seconds length{};           ///< the time before `date` that it covers; 0: a period
  std::vector<std::int64_t> amounts = {};  ///< what it adds to each of the sums
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
  /// JSON pointer to an array of objects, each with the "id" of a child device: each child has sums
  /// of its own, which this read brings it.
  std::string_view parts = {};
  /// How records follow each other; a read then begins at the oldest hole between them, at most
  /// `horizon` back. Holes older than two hours are asked for once an hour. What did not come
  /// within the horizon is counted under "lost". 0: holes are normal.
  std::chrono::seconds period{};
  std::chrono::seconds horizon{};
  std::vector<Entry> (*entries)(const Json& answer, const Device& device) = nullptr;  ///< in any order
  /// Takes in one new entry, the oldest first, beside its amounts. False: not usable yet, look at
  /// it again.
  bool (*take)(const Entry& entry, RunningTotal& total, Facts& facts) = nullptr;
};

/// A durable read as a fold over the records since the last one, an outage of weeks included. An
/// error at any window leaves everything as it was. An entry that comes again with other amounts
/// does not count, but is counted under "second_values".
Task<Facts> read_history(Vendor& vendor, const Device& device, History history);

/// The same as a `Read::read` of a mapper's table.
template <const History& history>
Task<Facts> read_history(Vendor& vendor, const Device& device) {
  return read_history(vendor, device, history);
}

}  // namespace bridge
