#include "core/quota_budget.hpp"

#include <algorithm>
#include <limits>

namespace bridge {

using std::chrono::milliseconds;

int poll_allowance(const Quota& quota, int reserve) {
  return quota.requests - std::clamp(reserve, 0, quota.requests / 2);
}

QuotaBudget::QuotaBudget(std::vector<Quota> quotas, int reserve)
    : quotas_(std::move(quotas)), reserve_(reserve) {
  std::erase_if(quotas_, [](const Quota& quota) { return quota.requests <= 0; });
}

milliseconds QuotaBudget::wait(Purpose purpose, Moment now) const {
  milliseconds longest = paused_until_ > now ? paused_until_ - now : milliseconds(0);
  for (const Quota& quota : quotas_) {
    const int allowed = purpose == Purpose::poll ? poll_allowance(quota, reserve_) : quota.requests;
    const auto count = static_cast<std::size_t>(allowed);
    if (spent_.size() < count) continue;
    // With one more request, the last `allowed` ones and it must not share a window. A restored
    // moment may lie in the future when the wall clock was set back: a whole window is enough.
    const Moment free = spent_[spent_.size() - count] + quota.per;
    longest = std::max(longest, std::min<milliseconds>(free - now, quota.per));
  }
  return longest;
}

void QuotaBudget::spend(Moment now) {
  const auto place = std::upper_bound(spent_.begin(), spent_.end(), now);
  spent_.insert(place, now);
  int most = 0;
  for (const Quota& quota : quotas_) most = std::max(most, quota.requests);
  while (spent_.size() > static_cast<std::size_t>(most)) spent_.pop_front();
}

void QuotaBudget::pause(Moment until) { paused_until_ = std::max(paused_until_, until); }

std::optional<QuotaBudget::Moment> QuotaBudget::paused_until(Moment now) const {
  return paused_until_ > now ? std::optional(paused_until_) : std::nullopt;
}

std::optional<int> QuotaBudget::left(Moment now) const {
  const auto longest =
      std::max_element(quotas_.begin(), quotas_.end(),
                       [](const Quota& one, const Quota& other) { return one.per < other.per; });
  if (longest == quotas_.end()) return std::nullopt;
  const auto first = std::upper_bound(spent_.begin(), spent_.end(), now - longest->per);
  return std::max(0, longest->requests - static_cast<int>(spent_.end() - first));
}

double QuotaBudget::polls_per_second() const {
  double rate = std::numeric_limits<double>::infinity();
  for (const Quota& quota : quotas_) {
    rate = std::min(rate, poll_allowance(quota, reserve_) / std::chrono::duration<double>(quota.per).count());
  }
  return rate;
}

std::vector<QuotaBudget::Moment> QuotaBudget::ledger(Moment now) const {
  milliseconds longest{0};
  for (const Quota& quota : quotas_) longest = std::max<milliseconds>(longest, quota.per);
  return {std::upper_bound(spent_.begin(), spent_.end(), now - longest), spent_.end()};
}

void QuotaBudget::restore(std::span<const Moment> moments) {
  for (const Moment moment : moments) spend(moment);
}

}  // namespace bridge
