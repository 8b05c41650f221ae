#include "core/polling_plan.hpp"

#include <algorithm>
#include <cmath>
#include <span>

#include "core/duration_text.hpp"
#include "core/quota_budget.hpp"
#include "core/topics.hpp"

namespace bridge {
namespace {

using std::chrono::milliseconds;

double times_in(milliseconds window, const PlannedRead& read) {
  if (read.every.count() <= 0) return 0;
  return static_cast<double>(read.requests) * static_cast<double>(window.count()) /
         static_cast<double>(read.every.count());
}

std::vector<PlannedRead> planned_reads(const AccountConfiguration& account, int devices) {
  const Mapper& mapper = *account.mapper;
  const int list = list_requests(mapper, devices);
  std::vector<PlannedRead> reads{{"list", configured_period(account, nullptr), list}};
  for (const DeviceKind& kind : mapper.kinds) {
    const int requests = kind.name == kHub ? 1 : devices;
    for (const Read& read : kind.reads) {
      if (!read.when.holds(account.settings) || read.spare) continue;
      reads.push_back({std::string(read.facts), planned_period(account, read), requests});
    }
  }
  return reads;
}

constexpr double kMostBeforeTheFaster = 4;
constexpr double kShareOfList = 0.95;

double rate_of(const PlannedRead& read) {
  const double seconds = std::chrono::duration<double>(read.every).count();
  return seconds > 0 ? read.requests / (seconds * read.stretch) : 0;
}

/// What reads of one period are multiplied by, so that they and the `others` fit into `room`.
double needed(double own, double others, double room) {
  if (own + others <= room) return 1;
  if (others >= room) return kMostBeforeTheFaster;
  return std::clamp(own / (room - others), 1.0, kMostBeforeTheFaster);
}

/// The distinct periods of reads that cost something, longest first.
std::vector<milliseconds> periods_of(std::span<const PlannedRead> reads) {
  std::vector<milliseconds> periods;
  for (const PlannedRead& read : reads) {
    if (read.requests > 0) periods.push_back(read.every);
  }
  std::sort(periods.rbegin(), periods.rend());
  periods.erase(std::unique(periods.begin(), periods.end()), periods.end());
  return periods;
}

double sum(std::span<const PlannedRead> reads) {
  double all = 0;
  for (const PlannedRead& read : reads) all += rate_of(read);
  return all;
}

/// "1.7h": for people, rounded.
std::string period_text(milliseconds period) {
  const double seconds = std::chrono::duration<double>(period).count();
  if (seconds < 120) return count_text(seconds) + "s";
  if (seconds < 7200) return count_text(seconds / 60) + "min";
  return count_text(seconds / 3600) + "h";
}

std::string sum_of(const PollingPlan& plan, milliseconds window) {
  std::string sum;
  for (const PlannedRead& read : plan.reads) {
    if (!sum.empty()) sum += ", ";
    sum += read.name + " every " + duration_text(read.every) + " is " +
           count_text(times_in(window, read));
  }
  return sum;
}

}  // namespace

std::string count_text(double count) {
  const auto tenths = static_cast<std::int64_t>(std::llround(count * 10));
  if (tenths == 0 && count > 0) return "less than 0.1";
  std::string text = std::to_string(tenths / 10);
  if (tenths % 10 != 0) text += "." + std::to_string(tenths % 10);
  return text;
}

milliseconds PlannedRead::stretched(milliseconds every, double stretch) {
  return milliseconds(std::llround(std::ceil(static_cast<double>(every.count()) * stretch - 1e-3)));
}

milliseconds configured_period(const AccountConfiguration& account, const Read* read) {
  const auto own = account.every.find(read == nullptr ? "list" : std::string(read->facts));
  if (own != account.every.end()) return own->second;
  return read == nullptr ? account.mapper->list_every : read->every;
}

bool has_own_period(const AccountConfiguration& account, const Read& read) {
  return account.every.contains(std::string(read.facts));
}

milliseconds planned_period(const AccountConfiguration& account, const Read& read) {
  const milliseconds every = configured_period(account, &read);
  const bool is_shortened = read.again.count() > 0 && !has_own_period(account, read);
  return is_shortened ? std::min<milliseconds>(read.again, every) : every;
}

int list_requests(const Mapper& mapper, int devices) {
  const int pages = mapper.list_page == 0 ? 1 : (devices + mapper.list_page - 1) / mapper.list_page;
  return std::max(1, pages) + mapper.list_per_device * devices;
}

void fit(std::vector<PlannedRead>& reads, double per_second) {
  PlannedRead& list = reads.front();
  list.stretch = std::max(1.0, rate_of(list) / (per_second * kShareOfList));
  const double room = per_second - rate_of(list);
  const std::span<PlannedRead> others(reads.begin() + 1, reads.end());
  for (PlannedRead& read : others) read.stretch = 1;
  for (const milliseconds every : periods_of(others)) {
    const auto is_one = [every](const PlannedRead& read) { return read.every == every; };
    double own = 0;
    for (const PlannedRead& read : others) own += is_one(read) ? rate_of(read) : 0;
    const double stretch = needed(own, sum(others) - own, room);
    for (PlannedRead& read : others) {
      if (is_one(read) && read.requests > 0) read.stretch = stretch;
    }
  }
  const double over = sum(others) / room;
  for (PlannedRead& read : others) {
    if (over > 1 + 1e-9 && read.requests > 0) read.stretch *= over;
  }
}

double rate_of(const std::vector<PlannedRead>& reads) { return sum(reads); }

std::string stretched_text(const std::vector<PlannedRead>& reads) {
  std::string text;
  for (const PlannedRead& read : reads) {
    if (read.stretch < 1.001) continue;
    text += (text.empty() ? "" : ", ") + read.name + " every " + period_text(read.period());
  }
  return text;
}

PollingPlan polling_plan(const AccountConfiguration& account, int devices) {
  PollingPlan plan;
  plan.reads = planned_reads(account, devices);
  for (const PlannedRead& read : plan.reads) plan.an_hour += times_in(std::chrono::hours(1), read);

  const Mapper& mapper = *account.mapper;
  std::vector<Quota> quotas =
      account.quotas.value_or(std::vector<Quota>(mapper.quotas.begin(), mapper.quotas.end()));
  for (Quota& quota : quotas) {
    quota = of_fleet(quota, devices);
    PlannedWindow window{quota, poll_allowance(quota, mapper.command_reserve), 0};
    for (const PlannedRead& read : plan.reads) window.asked += times_in(quota.per, read);
    plan.windows.push_back(window);
  }
  fit(plan.reads, QuotaBudget(quotas, mapper.command_reserve).polls_per_second());
  return plan;
}

std::string plan_conflict(const PollingPlan& plan) {
  for (const PlannedWindow& window : plan.windows) {
    if (window.fits()) continue;
    const int reserve = window.quota.requests - window.for_polls;
    std::string text = "even one device does not fit the quota of " +
                       std::to_string(window.quota.requests) + " requests in " +
                       duration_text(window.quota.per) + ": " + sum_of(plan, window.quota.per) +
                       ", together " + count_text(window.asked) + ", but polls may take " +
                       std::to_string(window.for_polls);
    if (reserve > 0) text += " (" + std::to_string(reserve) + " are kept for commands)";
    return text + "; lengthen the periods in every";
  }
  return {};
}

}  // namespace bridge
