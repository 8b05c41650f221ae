#include "bridge/history.hpp"

#include <algorithm>
#include <map>
#include <numeric>

#include "bridge/mapper.hpp"

namespace bridge {

std::vector<Window> windows(Instant from, Instant to, std::chrono::seconds widest) {
  std::vector<Window> all;
  for (Instant begin = from; begin < to; begin += widest) {
    all.push_back({begin, std::min<Instant>(to, begin + widest)});
  }
  return all;
}

namespace {

using namespace std::chrono_literals;

constexpr auto kFresh = 2h;     // younger holes are asked for at every read
constexpr auto kFarEvery = 1h;  // older ones so often

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

std::vector<std::string_view> words(std::string_view separated) {
  std::vector<std::string_view> all;
  while (!separated.empty()) {
    all.push_back(separated.substr(0, separated.find(' ')));
    separated.remove_prefix(std::min(separated.size(), all.back().size() + 1));
  }
  return all;
}

/// The totals of one device's history: its own, or one for each of its parts.
class Totals {
 public:
  Totals(const History& history, const Device& device, Instant now)
      : history_(history), sums_(words(history.sums)), now_(now) {
    const Json& known = at(device.facts, "/" + std::string(history.facts));
    far_ = past(known, "/far");
    asked_ = past(known, "/asked");
    is_far_ = history.period > 0s && (!far_ || now >= *far_ + kFarEvery);
    if (history.parts.empty()) begin({}, known);
    if (!history.parts.empty() && known.is_object()) others_ = known.get_object();
    for (const Json& part : items(at(device.facts, history.parts))) {
      const std::string id = text(part, "/id");
      begin(id, at(known, "/" + id));
    }
  }

  /// Where the read begins; nothing where there is nothing to count.
  std::optional<Instant> read_from() const {
    if (parts_.empty()) return std::nullopt;
    Instant newest = Instant::min();
    for (const Part& part : parts_) newest = std::max(newest, part.total.newest());
    Instant from = std::min(newest, now_) - history_.reread;  // the vendor's clock may be ahead
    // A device that has been silent for months is not asked for all of them at every read.
    if (history_.period == 0s) return asked_ ? std::max(from, *asked_ - history_.widest) : from;
    if (far_) from = std::max(from, *far_ - history_.horizon);
    const Instant limit = now_ - (is_far_ ? history_.horizon : kFresh);
    for (const Part& part : parts_) {
      from = std::min(from, part.total.oldest_hole(limit, newest).value_or(from));
    }
    return from;
  }

  void take_in(const Json& answer, const Device& device, Facts& facts) {
    std::vector<Entry> entries = history_.entries(answer, device);
    // Taken at its word, one record from the far future would make every true one old.
    for (Entry& entry : entries) {
      if (entry.date) entry.date = std::min<Instant>(*entry.date, now_ + kAhead);
    }
    std::vector<const Entry*> in_order;
    for (const Entry& entry : entries) {
      if (entry.date) in_order.push_back(&entry);
    }
    std::stable_sort(in_order.begin(), in_order.end(),
                     [](const Entry* a, const Entry* b) { return a->date < b->date; });
    for (const Entry* entry : in_order) {
      const std::size_t part = history_.parts.empty() ? 0 : entry->part;
      if (part < parts_.size()) take_in(*entry, parts_[part].total, facts);
    }
  }

  void hand_over(Facts& facts) {
    for (Part& part : parts_) {
      if (is_far_) count("lost", part.total.give_up(now_ - history_.horizon));
      if (part.child.empty()) {
        for (auto& [name, value] : part.total.facts()) others_[name] = std::move(value);
        continue;
      }
      boost::json::object sums;
      for (const std::string_view sum : sums_) sums[sum] = part.total.kept(sum);
      facts.child(part.child, std::move(sums));
      others_[part.child] = part.total.facts();
    }
    for (const auto& [name, number] : counts_) {
      Json& all = others_[name];
      all = all.is_int64() ? all.get_int64() + number : number;
    }
    if (is_far_) others_["far"] = format_time(now_);
    if (history_.period == 0s) others_["asked"] = format_time(now_);
    facts.replace(std::move(others_));
  }

 private:
  struct Part {
    std::string child;  // empty: the device itself
    RunningTotal total;
  };

  /// What was written when the clock was ahead is nothing: all up to then would not be asked for.
  std::optional<Instant> past(const Json& known, std::string_view pointer) const {
    const auto moment = parse_time(text(known, pointer));
    return moment && *moment <= now_ ? moment : std::nullopt;
  }

  void begin(std::string child, const Json& known) {
    RunningTotal total(known, now_, history_.reread, history_.period);
    if (far_) total.begin_no_earlier(*far_ - history_.horizon);
    for (const std::string_view sum : sums_) total.add(sum, 0);
    parts_.push_back({std::move(child), std::move(total)});
  }

  void take_in(const Entry& entry, RunningTotal& total, Facts& facts) {
    const auto& amounts = entry.amounts;
    const std::int64_t all = std::accumulate(amounts.begin(), amounts.end(), std::int64_t{0});
    const auto counted = amounts.empty() ? std::nullopt : std::optional(all);
    if (!total.is_new(entry.identity, *entry.date, entry.length)) {
      if (const auto first = total.counted(entry.identity); first && counted && first != counted) {
        count("second_values", 1);
        total.mark_seen(entry.identity, *entry.date, entry.length, counted);
      }
      return;
    }
    if (history_.take != nullptr && !history_.take(entry, total, facts)) return;
    for (std::size_t sum = 0; sum < std::min(sums_.size(), amounts.size()); ++sum) {
      total.add(sums_[sum], amounts[sum]);
    }
    total.mark_seen(entry.identity, *entry.date, entry.length, counted);
  }

  void count(const std::string& name, std::int64_t number) {
    if (number != 0) counts_[name] += number;
  }

  const History& history_;
  std::vector<std::string_view> sums_;
  Instant now_;
  std::optional<Instant> far_;    // the last read that asked for every hole
  std::optional<Instant> asked_;  // the last read
  bool is_far_ = false;         // this one does
  std::vector<Part> parts_;
  boost::json::object others_;  // what is known beside the parts; later all of it
  std::map<std::string, std::int64_t> counts_;
};

}  // namespace

Task<Facts> read_history(Vendor& vendor, const Device& known, History history) {
  const Device device = known;  // a list that comes meanwhile may change the order of its parts
  Totals totals(history, device, vendor.now());
  Facts facts{Json()};
  const Instant end = vendor.now() + 1s;
  for (const Window& window :
       windows(totals.read_from().value_or(end), end, history.widest)) {
    const auto answer = co_await vendor.get(path_of(history, device, window));
    if (!answer) co_return answer.error();
    totals.take_in(*answer, device, facts);
  }
  totals.hand_over(facts);
  co_return facts;
}

}  // namespace bridge
