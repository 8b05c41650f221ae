#include "core/polling_plan.hpp"

#include <algorithm>
#include <cmath>

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

milliseconds period(const AccountConfiguration& account, std::string_view read,
                    milliseconds otherwise) {
  const auto configured = account.every.find(std::string(read));
  return configured == account.every.end() ? otherwise : configured->second;
}

std::vector<PlannedRead> planned_reads(const AccountConfiguration& account, int devices) {
  const Mapper& mapper = *account.mapper;
  const int pages = mapper.list_page == 0 ? 1 : (devices + mapper.list_page - 1) / mapper.list_page;
  const int list = std::max(1, pages) + mapper.list_per_device * devices;
  std::vector<PlannedRead> reads{{"list", period(account, "list", mapper.list_every), list}};
  for (const DeviceKind& kind : mapper.kinds) {
    const int requests = kind.name == kHub ? 1 : devices;
    for (const Read& read : kind.reads) {
      if (!read.when.holds(account.settings) || read.spare) continue;
      reads.push_back({std::string(read.facts), period(account, read.facts, read.every), requests});
    }
  }
  return reads;
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

PollingPlan polling_plan(const AccountConfiguration& account, int devices) {
  PollingPlan plan;
  plan.reads = planned_reads(account, devices);
  for (const PlannedRead& read : plan.reads) plan.an_hour += times_in(std::chrono::hours(1), read);

  const Mapper& mapper = *account.mapper;
  const std::vector<Quota> quotas =
      account.quotas.value_or(std::vector<Quota>(mapper.quotas.begin(), mapper.quotas.end()));
  for (const Quota& quota : quotas) {
    PlannedWindow window{quota, poll_allowance(quota, mapper.command_reserve), 0};
    for (const PlannedRead& read : plan.reads) window.asked += times_in(quota.per, read);
    const double list = times_in(quota.per, plan.reads.front());
    // However large the list, a twentieth of the quota stays for reads.
    const double for_reads = std::max(window.for_polls - list, window.for_polls / 20.0);
    plan.stretch = std::max(plan.stretch, (window.asked - list) / for_reads);
    plan.windows.push_back(window);
  }
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
