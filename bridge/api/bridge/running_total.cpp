#include "bridge/running_total.hpp"

#include <algorithm>

#include "bridge/timestamp.hpp"

namespace bridge {
namespace {

bool is_bookkeeping(std::string_view name) {
  return name == "since" || name == "newest" || name == "seen" || name == "holes";
}

}  // namespace

RunningTotal::RunningTotal(const Json& facts, Instant now, std::chrono::seconds reread,
                           std::chrono::seconds period)
    : reread_(reread),
      period_(period),
      since_(parse_time(text(facts, "/since")).value_or(now)),
      newest_(parse_time(text(facts, "/newest")).value_or(since_)) {
  // A clock that was ahead when counting began would have nothing count until it is right.
  if (newest_ == since_) since_ = newest_ = std::min(since_, now);
  begin_ = newest_ - reread_;
  if (const Json& seen = at(facts, "/seen"); seen.is_object()) seen_ = seen.get_object();
  for (const Json& hole : items(at(facts, "/holes"))) {
    const auto from = parse_time(text(hole, "/0"));
    const auto to = parse_time(text(hole, "/1"));
    if (from && to && *from < *to) holes_.push_back({*from, *to});
  }
  if (!facts.is_object()) return;
  for (const auto& [name, value] : facts.get_object()) {
    if (!is_bookkeeping(name)) keep(name, value);
  }
}

void RunningTotal::begin_no_earlier(Instant moment) {
  if (newest_ != since_ || moment <= since_) return;
  since_ = newest_ = moment;
  begin_ = newest_ - reread_;
}

// Its middle decides: the ends of records may be some seconds off. The first record began before the
// counting did.
bool RunningTotal::is_new(std::string_view identity, Instant date,
                          std::chrono::seconds length) const {
  if (date <= since_ || seen_.contains(identity)) return false;
  if (date >= begin_) return true;
  const auto half = std::chrono::milliseconds(length.count() > 0 ? length : period_) / 2;
  return in_hole(std::max(date - half, since_ + std::chrono::milliseconds(1)));
}

void RunningTotal::mark_seen(std::string_view identity, Instant date, std::chrono::seconds length,
                             std::optional<std::int64_t> counted) {
  const boost::json::string written(format_time(date));
  seen_[identity] = counted ? Json{written, *counted} : Json(written);
  const Window covered{date - (length.count() > 0 ? length : period_), date};
  if (date <= newest_) return fill(covered);
  if (period_.count() > 0 && is_hole({newest_, covered.from})) {
    holes_.push_back({newest_, covered.from});
  }
  newest_ = date;
}

std::optional<std::int64_t> RunningTotal::counted(std::string_view identity) const {
  const Json* seen = seen_.if_contains(identity);
  if (seen == nullptr || !at(*seen, "/1").is_int64()) return std::nullopt;
  return at(*seen, "/1").get_int64();
}

// The record in which counting began may have only its last seconds in it.
bool RunningTotal::is_hole(const Window& stretch) const {
  return stretch.to - stretch.from > (stretch.from == since_ ? std::chrono::seconds() : slack());
}

bool RunningTotal::in_hole(Instant moment) const {
  return std::any_of(holes_.begin(), holes_.end(), [moment](const Window& hole) {
    return hole.from < moment && moment <= hole.to;
  });
}

void RunningTotal::fill(const Window& covered) {
  std::vector<Window> left;
  for (const Window& hole : holes_) {
    for (const Window rest : {Window{hole.from, std::min(hole.to, covered.from)},
                              Window{std::max(hole.from, covered.to), hole.to}}) {
      const bool apart = covered.to <= hole.from || hole.to <= covered.from;
      if (!apart && is_hole(rest)) left.push_back(rest);
    }
    if (covered.to <= hole.from || hole.to <= covered.from) left.push_back(hole);
  }
  holes_ = std::move(left);
}

std::optional<Instant> RunningTotal::oldest_hole(Instant limit, Instant until) const {
  for (const Window& hole : holes_) {
    if (hole.to > limit) return std::max(hole.from, limit);
  }
  const bool lags = period_.count() > 0 && newest_ + slack() < until && newest_ >= limit;
  return lags ? std::optional(newest_) : std::nullopt;
}

std::int64_t RunningTotal::give_up(Instant limit) {
  std::int64_t lost = 0;
  std::erase_if(holes_, [&](const Window& hole) {
    if (hole.to > limit) return false;
    lost += (hole.to - hole.from + period_ / 2) / std::chrono::milliseconds(period_);
    return true;
  });
  return lost;
}

void RunningTotal::add(std::string_view sum, std::int64_t amount) {
  Json& total = kept_[sum];
  total = total.is_int64() ? total.get_int64() + amount : amount;
}

void RunningTotal::keep(std::string_view name, const Json& value) { kept_[name] = detached(value); }

const Json& RunningTotal::kept(std::string_view name) const {
  static const Json kNull;
  const Json* found = kept_.if_contains(name);
  return found == nullptr ? kNull : *found;
}

boost::json::object RunningTotal::facts() const {
  boost::json::object recent;
  for (const auto& [identity, seen] : seen_) {
    const std::string date = text(seen.is_array() ? at(seen, "/0") : seen, "");
    if (parse_time(date).value_or(newest_) >= read_from()) recent[identity] = seen;
  }
  boost::json::object all = kept_;
  all["since"] = format_time(since_);
  all["newest"] = format_time(newest_);
  all["seen"] = std::move(recent);
  if (period_.count() == 0) return all;
  boost::json::array holes;
  for (const Window& hole : holes_) {
    holes.push_back(boost::json::array{format_time(hole.from), format_time(hole.to)});
  }
  all["holes"] = std::move(holes);
  return all;
}

}  // namespace bridge
