#pragma once

#include <chrono>
#include <initializer_list>
#include <optional>
#include <vector>

#include "bridge/device.hpp"
#include "bridge/running_total.hpp"

namespace bridge {

/// How far dated values are known, and where some were missed, such as in an outage. It is a fact of
/// the durable read that brings the newest values; another read may fill its gaps.
class Series {
 public:
  /// Goes on where `facts` (an earlier facts()) stand. Two values that are `gap` apart, or more, have
  /// others between them.
  Series(const Json& facts, std::chrono::seconds gap);

  /// A value of that date is known. One from more than an hour ahead of `now` is ignored, and what
  /// an earlier process believed of such a one is taken back.
  void came(Instant date, Instant now);
  /// The date of the newest value; nothing: none came yet.
  std::optional<Instant> newest() const { return newest_; }
  /// Has the read repeated when the newest value will be so old, the first of `ages` that lies ahead.
  /// Says nothing of a value that is of the future, or older than a day.
  void follow(Facts& facts, Instant now, std::initializer_list<std::chrono::minutes> ages) const;

  /// The beginning of the oldest gap that ends after `filled`; nothing: no value is missing. What is
  /// said to be filled beyond the newest value is not.
  std::optional<Instant> missing_since(std::optional<Instant> filled) const;
  /// Whether a value of that date belongs in a gap that ends after `filled`.
  bool misses(Instant date, std::optional<Instant> filled) const;

  /// {"newest", "gaps"}, at most the ten newest gaps.
  boost::json::object facts() const;

 private:
  std::chrono::seconds gap_;
  std::optional<Instant> newest_;
  std::vector<Window> gaps_;  // between two known values, oldest first
};

}  // namespace bridge
