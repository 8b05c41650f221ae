#include "bridge/series.hpp"

#include <algorithm>

#include "bridge/timestamp.hpp"

namespace bridge {
namespace {

constexpr std::size_t kMostGaps = 10;

Json written(Instant moment) { return boost::json::string(format_time(moment)); }

}  // namespace

Series::Series(const Json& facts, std::chrono::seconds gap)
    : gap_(gap), newest_(parse_time(text(facts, "/newest"))) {
  for (const Json& each : items(at(facts, "/gaps"))) {
    const auto from = parse_time(text(each, "/from"));
    const auto to = parse_time(text(each, "/to"));
    if (from && to) gaps_.push_back({*from, *to});
  }
}

// Taken at its word, one date from the far future would make every true one old, for good.
void Series::came(Instant date, Instant now) {
  const Instant latest = now + kAhead;
  if (newest_ && *newest_ > latest) {
    const auto wrong = std::find_if(gaps_.begin(), gaps_.end(),
                                    [&](const Window& gap) { return gap.to > latest; });
    const bool is_known = wrong != gaps_.end() && wrong->from <= latest;
    newest_ = is_known ? std::optional(wrong->from) : std::nullopt;
    gaps_.erase(wrong, gaps_.end());
  }
  if (date > latest || (newest_ && date <= *newest_)) return;
  if (newest_ && date - *newest_ >= gap_) gaps_.push_back({*newest_, date});
  if (gaps_.size() > kMostGaps) gaps_.erase(gaps_.begin());
  newest_ = date;
}

void Series::follow(Facts& facts, Instant now,
                    std::initializer_list<std::chrono::minutes> ages) const {
  if (!newest_ || *newest_ > now || now - *newest_ > std::chrono::hours(24)) return;
  for (const auto age : ages) {
    if (*newest_ + age > now) return facts.again_at(*newest_ + age);
  }
}

namespace {

/// What is said to be filled beyond the newest value is not.
Instant end_of_filled(std::optional<Instant> filled, std::optional<Instant> newest) {
  const bool is_believed = filled && newest && *filled <= *newest;
  return is_believed ? *filled : Instant::min();
}

}  // namespace

std::optional<Instant> Series::missing_since(std::optional<Instant> filled) const {
  const Instant end = end_of_filled(filled, newest_);
  const auto gap = std::find_if(gaps_.begin(), gaps_.end(),
                                [&](const Window& each) { return each.to > end; });
  return gap == gaps_.end() ? std::nullopt : std::optional(gap->from);
}

bool Series::misses(Instant date, std::optional<Instant> filled) const {
  const Instant end = end_of_filled(filled, newest_);
  return std::any_of(gaps_.begin(), gaps_.end(), [&](const Window& gap) {
    return gap.to > end && date > gap.from && date < gap.to;
  });
}

boost::json::object Series::facts() const {
  boost::json::array gaps;
  for (const Window& gap : gaps_) {
    gaps.push_back({{"from", written(gap.from)}, {"to", written(gap.to)}});
  }
  return {{"newest", newest_ ? written(*newest_) : Json()}, {"gaps", std::move(gaps)}};
}

}  // namespace bridge
