#include "runtime/read_periods.hpp"

#include <algorithm>
#include <cmath>

#include "core/topics.hpp"

namespace bridge {
namespace {

constexpr const char* kList = "list";

double seconds(std::chrono::milliseconds span) { return static_cast<double>(span.count()) / 1000; }

}  // namespace

int devices_by_themselves(const DeviceRegistry& fleet) {
  return static_cast<int>(std::ranges::count_if(fleet.all(), [](const Record& record) {
    const bool is_part = !record->device.parent.empty() && record->device.parent != kHub;
    return !is_part && record->device.id != kHub;
  }));
}

double ReadPeriods::stretch_of(const Read* read) const {
  const auto found = stretch_.find(read);
  return found == stretch_.end() ? 1 : found->second;
}

std::chrono::milliseconds ReadPeriods::of(const Read* read) const {
  return PlannedRead::stretched(configured_period(account_, read), stretch_of(read));
}

bool ReadPeriods::is_fixed(const Read* read) const {
  if (stretch_of(read) > 1) return true;
  return read != nullptr && read->again.count() > 0 && has_own_period(account_, *read);
}

double ReadPeriods::fit(const DeviceRegistry& fleet, int listed, double per_second) {
  std::map<const ResolvedKind*, int> devices;
  for (const Record& record : fleet.all()) ++devices[record->kind];

  std::vector<const Read*> reads{nullptr};
  const int list_cost = list_requests(*account_.mapper, listed);
  plan_ = {{kList, configured_period(account_, nullptr), list_cost}};
  for (const ResolvedKind& kind : kinds_) {
    for (const Read* read : kind.reads) {
      if (read->spare) continue;
      reads.push_back(read);
      plan_.push_back({std::string(read->facts), planned_period(account_, *read), devices[&kind]});
    }
  }
  bridge::fit(plan_, per_second);
  for (std::size_t each = 0; each < plan_.size(); ++each) {
    stretch_[reads[each]] = plan_[each].stretch;
  }
  return rate_of(plan_);
}

std::string ReadPeriods::news() {
  const std::string stretched = stretched_text(plan_);
  double stretch = 0;
  for (const PlannedRead& read : plan_) stretch += read.stretch;
  if (stretched.empty() || std::abs(stretch - said_) <= said_ / 5) return {};
  said_ = stretch;
  return "the quota is too small for every device's period: " + stretched;
}

Json ReadPeriods::document() const {
  boost::json::object periods{{kList, seconds(of(nullptr))}};
  for (const ResolvedKind& kind : kinds_) {
    for (const Read* read : kind.reads) periods[read->facts] = seconds(of(read));
  }
  return periods;
}

}  // namespace bridge
