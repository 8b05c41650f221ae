// When an account asks its vendor next, and why not now.

#include <algorithm>

#include "bridge/timestamp.hpp"
#include "runtime/account.hpp"

namespace bridge {
namespace {

using namespace std::chrono_literals;

constexpr auto kLongWait = 5min;   // for quota, until the account's status says so
constexpr auto kShortWait = 5s;    // for quota, that a person does not notice

}  // namespace

void Account::say_status() {
  const auto& all = registry_.all();
  const auto offline = std::count_if(all.begin(), all.end(), [](const Record& each) { return !each->is_online(); });
  status_.set_devices(all.size(), static_cast<std::size_t>(offline));
  status_.set_token_expires(token_expires());
  status_.update(access_.budget.left(parts_.clock.uptime()), next_poll());
}

// The schedule says when somebody wants to ask; the quota and a refusal, when the vendor is asked.
std::optional<Instant> Account::next_poll() const {
  if (access_.credentials.wants_person() || (schedule_.empty() && !is_polling_)) return std::nullopt;
  const auto now = parts_.clock.uptime();
  const auto due = is_polling_ ? now : std::max(schedule_.due(), now);
  const auto allowed = now + access_.budget.wait(Purpose::poll, now);
  return parts_.clock.now() + (std::max({due, allowed, access_.refused_until}) - now);
}

bool Account::is_shut_out() const {
  return access_.credentials.wants_person() || parts_.clock.uptime() < access_.refused_until;
}

std::optional<Instant> Account::token_expires() const {
  return is_shut_out() ? std::nullopt : access_.credentials.expires();
}

// Short waits are how a plan that fills its quota works; a long one explains old values.
void Account::say_when_out_of_quota(const Read* read) {
  const auto now = parts_.clock.uptime();
  const auto pause = access_.budget.wait(Purpose::poll, now);
  if (pause < kLongWait || access_.budget.paused_until(now)) return;
  Error error(Errc::rate_limited, "the quota is used up");
  error.retry_after = pause;
  error.quota_used_up = true;
  status_.failed(read == nullptr ? "list" : read->facts, error);
  status_.update(access_.budget.left(now), parts_.clock.now() + pause);
}

std::string Account::why_no_poll() const {
  const auto now = parts_.clock.uptime();
  const auto pause = access_.budget.wait(Purpose::poll, now);
  if (pause <= kShortWait) return {};
  const bool is_quota = !access_.budget.paused_until(now) || access_.pauses_for_quota;
  return name() + (is_quota ? ": the quota is used up until " : ": the vendor wants a pause until ") +
         format_time(parts_.clock.now() + pause);
}

}  // namespace bridge
