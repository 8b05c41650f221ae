#include "bridge/running_total.hpp"

#include <algorithm>

#include "bridge/mapper.hpp"

namespace bridge {

RunningTotal::RunningTotal(const Json& facts, Instant now, std::chrono::seconds reread)
    : reread_(reread),
      since_(parse_time(text(facts, "/since")).value_or(now)),
      newest_(parse_time(text(facts, "/newest")).value_or(since_)),
      begin_(newest_ - reread) {
  if (const Json& seen = at(facts, "/seen"); seen.is_object()) seen_ = seen.get_object();
  if (!facts.is_object()) return;
  for (const auto& [name, value] : facts.get_object()) {
    if (name != "since" && name != "newest" && name != "seen") keep(name, value);
  }
}

bool RunningTotal::is_new(std::string_view identity, Instant date) const {
  return date > since_ && date >= begin_ && !seen_.contains(identity);
}

void RunningTotal::mark_seen(std::string_view identity, Instant date) {
  seen_[identity] = format_time(date);
  newest_ = std::max(newest_, date);
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
  for (const auto& [identity, date] : seen_) {
    if (parse_time(text(date, "")).value_or(newest_) >= read_from()) recent[identity] = date;
  }
  boost::json::object all = kept_;
  all["since"] = format_time(since_);
  all["newest"] = format_time(newest_);
  all["seen"] = std::move(recent);
  return all;
}

std::vector<Window> windows(Instant from, Instant to, std::chrono::seconds widest) {
  std::vector<Window> all;
  for (Instant begin = from; begin < to; begin += widest) {
    all.push_back({begin, std::min<Instant>(to, begin + widest)});
  }
  return all;
}

namespace {

std::string path_of(const History& history, const Device& device, const Window& window) {
  const auto seconds = [](Instant moment) { return format_time(moment).substr(0, 19) + 'Z'; };
  const auto epoch = [](Instant moment) {
    return std::to_string(
        std::chrono::floor<std::chrono::seconds>(moment).time_since_epoch().count());
  };
  std::string path(history.path);
  for (const auto& [word, value] :
       {std::pair<std::string_view, std::string>("{id}", url_encoded(device.id)),
        {"{from}", seconds(window.from)},
        {"{to}", seconds(window.to)},
        {"{from_epoch}", epoch(window.from)},
        {"{to_epoch}", epoch(window.to)}}) {
    if (const auto place = path.find(word); place != path.npos)
      path.replace(place, word.size(), value);
  }
  return path;
}

void take_in(const History& history, const Json& answer, RunningTotal& total, Facts& facts) {
  const std::vector<Entry> entries = history.entries(answer);
  std::vector<const Entry*> in_order;
  for (const Entry& entry : entries) {
    if (entry.date) in_order.push_back(&entry);
  }
  std::stable_sort(in_order.begin(), in_order.end(),
                   [](const Entry* a, const Entry* b) { return a->date < b->date; });
  for (const Entry* entry : in_order) {
    if (!total.is_new(entry->identity, *entry->date)) continue;
    if (history.take(*entry, total, facts)) total.mark_seen(entry->identity, *entry->date);
  }
}

}  // namespace

Task<Facts> read_history(Vendor& vendor, const Device& device, History history) {
  const Json& known = at(device.facts, "/" + std::string(history.facts));
  RunningTotal total(known, vendor.now(), history.reread);
  for (std::string_view rest = history.sums; !rest.empty();) {
    const std::string_view name = rest.substr(0, rest.find(' '));
    total.add(name, 0);
    rest.remove_prefix(std::min(rest.size(), name.size() + 1));
  }
  Facts facts{Json()};
  const Instant end = vendor.now() + std::chrono::seconds(1);
  for (const Window& window : windows(total.read_from(), end, history.widest)) {
    const auto answer = co_await vendor.get(path_of(history, device, window));
    if (!answer) co_return answer.error();
    take_in(history, *answer, total, facts);
  }
  facts.replace(total.facts());
  co_return facts;
}

}  // namespace bridge
