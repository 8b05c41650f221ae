#include "bridge/running_total.hpp"

#include <algorithm>

#include "bridge/timestamp.hpp"

namespace bridge {

RunningTotal::RunningTotal(const Json& facts, Instant now, std::chrono::seconds reread)
    : reread_(reread),
      since_(parse_time(text(facts, "/since")).value_or(now)),
      newest_(parse_time(text(facts, "/newest")).value_or(since_)) {
  const Json& sum = at(facts, "/sum");
  if (sum.is_int64()) sum_ = sum.get_int64();
  if (const Json& seen = at(facts, "/seen"); seen.is_object()) seen_ = seen.get_object();
}

bool RunningTotal::is_new(std::string_view identity, Instant date) const {
  return date > since_ && !seen_.contains(identity);
}

void RunningTotal::mark_seen(std::string_view identity, Instant date) {
  seen_[identity] = format_time(date);
  newest_ = std::max(newest_, date);
}

boost::json::object RunningTotal::facts() const {
  boost::json::object recent;
  for (const auto& [identity, date] : seen_) {
    if (parse_time(text(date, "")).value_or(newest_) >= read_from()) recent[identity] = date;
  }
  return {{"sum", sum_},
          {"since", format_time(since_)},
          {"newest", format_time(newest_)},
          {"seen", std::move(recent)}};
}

std::vector<Window> windows(Instant from, Instant to, std::chrono::seconds widest) {
  std::vector<Window> all;
  for (Instant begin = from; begin < to; begin += widest) {
    all.push_back({begin, std::min<Instant>(to, begin + widest)});
  }
  return all;
}

}  // namespace bridge
