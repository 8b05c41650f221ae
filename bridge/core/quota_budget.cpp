#include "core/quota_budget.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace bridge {

using std::chrono::milliseconds;

namespace {

using Moment = QuotaBudget::Moment;

// With one more request, the last `allowed` ones and it must not share a window. A restored moment
// may lie in the future when the wall clock was set back: a whole window is enough.
milliseconds until_free(const std::deque<Moment>& spent, int allowed, milliseconds per,
                        Moment now) {
  const auto count = static_cast<std::size_t>(allowed);
  if (count == 0) return per;
  if (spent.size() < count) return milliseconds(0);
  return std::clamp(spent[spent.size() - count] + per - now, milliseconds(0), per);
}

void note(std::deque<Moment>& spent, Moment now) {
  spent.insert(std::upper_bound(spent.begin(), spent.end(), now), now);
}

milliseconds longest_of(const std::vector<Quota>& quotas) {
  milliseconds longest{0};
  for (const Quota& quota : quotas) longest = std::max<milliseconds>(longest, quota.per);
  return longest;
}

}  // namespace

int kept_from(Purpose purpose, int requests, int reserve) {
  const int kept = std::clamp(reserve, 0, requests / 2);
  if (purpose == Purpose::command) return 0;
  return purpose == Purpose::token ? kept - kept / 2 : kept;
}

int poll_allowance(const Quota& quota, int reserve) {
  return quota.requests - kept_from(Purpose::poll, quota.requests, reserve);
}

Quota of_fleet(Quota quota, int devices) {
  quota.requests = std::max(quota.requests, static_cast<int>(std::min(quota.per_device * devices, 1e9)));
  return quota;
}

QuotaBudget::QuotaBudget(std::vector<Quota> quotas, int reserve)
    : documented_(std::move(quotas)), reserve_(reserve) {
  std::erase_if(documented_, [](const Quota& quota) { return quota.requests <= 0; });
  quotas_ = documented_;
}

milliseconds QuotaBudget::wait(Purpose purpose, Moment now) const {
  milliseconds longest = paused_until_ > now ? paused_until_ - now : milliseconds(0);
  for (const Quota& quota : quotas_) {
    const int allowed = quota.requests - kept_from(purpose, quota.requests, reserve_);
    longest = std::max(longest, until_free(spent_, allowed, quota.per, now));
    if (purpose != Purpose::spare) continue;
    longest = std::max(longest, until_free(spare_, spare_allowance(quota), quota.per, now));
  }
  for (const Told& told : told_) {
    if (!leaves_room(told, purpose, now)) longest = std::max(longest, told.until - now);
  }
  return longest;
}

bool QuotaBudget::leaves_room(const Told& told, Purpose purpose, Moment now) const {
  if (told.until <= now) return true;
  if (purpose == Purpose::command) return told.left > 0;
  const auto known = std::find_if(quotas_.begin(), quotas_.end(),
                                  [&](const Quota& quota) { return quota.per == told.per; });
  const int whole = known == quotas_.end() ? told.left : known->requests;
  double kept = kept_from(purpose, whole, reserve_);
  if (purpose == Purpose::spare) {
    kept += planned_ * std::chrono::duration<double>(told.until - now).count();
  }
  return told.left >= kept + 1;
}

Quota* QuotaBudget::quota_of(std::chrono::seconds per) {
  const auto found = std::find_if(quotas_.begin(), quotas_.end(),
                                  [per](const Quota& quota) { return quota.per == per; });
  return found == quotas_.end() ? nullptr : &*found;
}

void QuotaBudget::serve(int devices) {
  for (std::size_t each = 0; each < documented_.size(); ++each) {
    const Quota& quota = documented_[each];
    const bool is_told = std::find(limits_told_.begin(), limits_told_.end(), quota.per) != limits_told_.end();
    if (!is_told) quotas_[each] = of_fleet(quota, devices);
  }
}

bool QuotaBudget::grows() const {
  return std::any_of(documented_.begin(), documented_.end(), [](const Quota& quota) { return quota.per_device > 0; });
}

void QuotaBudget::told(std::chrono::seconds per, const ToldQuota& told, Moment now) {
  if (told.limit) {
    const auto known = std::find(limits_told_.begin(), limits_told_.end(), per);
    if (known == limits_told_.end()) limits_told_.push_back(per);
    if (Quota* known = quota_of(per)) {
      known->requests = *told.limit;
    } else {
      quotas_.push_back({*told.limit, per});
    }
  }
  if (!told.remaining || !told.reset) return;
  const Moment until = now + *told.reset;
  const auto known = std::find_if(told_.begin(), told_.end(),
                                  [per](const Told& each) { return each.per == per; });
  if (known == told_.end()) {
    told_.push_back({per, *told.remaining, until});
    return;
  }
  // An answer does not know of the requests that left after it was asked for: within one window
  // what is left only falls.
  const auto apart = until > known->until ? until - known->until : known->until - until;
  const bool is_same = known->until > now && apart <= std::chrono::seconds(1);
  *known = {per, is_same ? std::min(known->left, *told.remaining) : *told.remaining, until};
}

int QuotaBudget::spare_allowance(const Quota& quota) const {
  const double planned = planned_ * std::chrono::duration<double>(quota.per).count();
  const double room = poll_allowance(quota, reserve_) - planned;
  return std::max(0, static_cast<int>(std::floor(room + 1e-6)));
}

void QuotaBudget::spend(Moment now, Purpose purpose) {
  for (Told& told : told_) told.left = std::max(0, told.left - 1);
  note(spent_, now);
  if (purpose == Purpose::spare) note(spare_, now);
  const Moment oldest = now - longest_of(quotas_);
  for (auto* moments : {&spent_, &spare_}) {
    while (!moments->empty() && moments->front() <= oldest) moments->pop_front();
  }
}

void QuotaBudget::pause(Moment until) { paused_until_ = std::max(paused_until_, until); }

std::optional<QuotaBudget::Moment> QuotaBudget::paused_until(Moment now) const {
  return paused_until_ > now ? std::optional(paused_until_) : std::nullopt;
}

std::optional<int> QuotaBudget::left(Moment now) const {
  std::optional<int> left;
  std::chrono::seconds longest{0};
  for (const Quota& quota : quotas_) {
    if (quota.per < longest) continue;
    longest = quota.per;
    const auto first = std::upper_bound(spent_.begin(), spent_.end(), now - quota.per);
    left = std::max(0, quota.requests - static_cast<int>(spent_.end() - first));
  }
  for (const Told& told : told_) {
    if (told.until <= now || told.per < longest) continue;
    left = told.per == longest && left ? std::min(*left, told.left) : told.left;
    longest = told.per;
  }
  return left;
}

double QuotaBudget::polls_per_second() const {
  double rate = std::numeric_limits<double>::infinity();
  for (const Quota& quota : quotas_) {
    rate = std::min(rate, poll_allowance(quota, reserve_) / std::chrono::duration<double>(quota.per).count());
  }
  return rate;
}

std::optional<Quota> QuotaBudget::longest_documented() const {
  std::optional<Quota> longest;
  for (std::size_t each = 0; each < documented_.size(); ++each) {
    if (!longest || quotas_[each].per > longest->per) longest = quotas_[each];
  }
  return longest;
}

std::vector<QuotaBudget::Moment> QuotaBudget::ledger(Moment now) const {
  const milliseconds longest = longest_of(documented_);
  return {std::upper_bound(spent_.begin(), spent_.end(), now - longest), spent_.end()};
}

void QuotaBudget::restore(std::span<const Moment> moments) {
  if (quotas_.empty()) return;
  for (const Moment moment : moments) {
    note(spent_, moment);
    note(spare_, moment);
  }
}

}  // namespace bridge
