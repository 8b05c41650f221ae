#include "runtime/request_ledger.hpp"

#include <algorithm>
#include <boost/json/parse.hpp>
#include <utility>

#include "bridge/timestamp.hpp"
#include "core/json_text.hpp"

namespace bridge {
namespace {

using namespace std::chrono_literals;
using std::chrono::milliseconds;

// Stored like the facts of a read, of no device.
constexpr const char* kPause = "pause";
constexpr const char* kFleet = "fleet";
constexpr auto kShortestPause = 1s;  // that a restart could not outlast

// A moment that is still to come counts as spent at the next start, whenever that is.
constexpr Instant kInAdvance = Instant::max();
constexpr int kWritesInAWindow = 100;
constexpr auto kShortWindow = 1min;  // after an unclean end it may pass by unused

// Where a window may hold more, they are counted by parts of it, in a day by five minutes: as if all
// had been sent at the end of theirs.
constexpr int kPartsOfAWindow = 288;

Instant end_of_part(Instant moment, milliseconds part) {
  const auto since = moment.time_since_epoch();
  return Instant((since + part - 1ms) / part * part);
}

}  // namespace

RequestLedger::RequestLedger(std::string account, Clock& clock, Store& store, QuotaBudget& budget)
    : account_(std::move(account)), clock_(clock), store_(store), budget_(budget) {}

bool RequestLedger::restore() {
  const Instant now = clock_.now();
  std::vector<QuotaBudget::Moment> moments;
  for (const Instant moment : store_.requests(account_)) {
    // A clock that went back, or was wrong, must not free what was spent.
    const auto age = moment < now ? now - moment : 0ms;
    moments.push_back(clock_.uptime() - age);
  }
  budget_.restore(moments);
  devices_ = static_cast<int>(std::clamp(number_at(kept(kFleet), "/devices").value_or(0), 0.0, 1e6));
  budget_.serve(devices_);

  const Json pause = kept(kPause);
  const auto until = parse_time(text(pause, "/until"));
  const auto seconds = number_at(pause, "/seconds");
  if (!until || !seconds) return false;
  // However wrong the clock is, the pause does not become longer than it was.
  const milliseconds whole(static_cast<std::int64_t>(std::clamp(*seconds, 0.0, 1e6) * 1000));
  const auto left = std::min(*until - now, whole);
  if (left <= 0ms) return false;
  budget_.pause(clock_.uptime() + left);
  return flag(pause, "/for_quota");
}

void RequestLedger::paused(milliseconds until, bool for_quota) {
  const auto pause = until - clock_.uptime();
  if (pause < kShortestPause) return;
  const Json told = {{"until", format_time(clock_.now() + pause)},
                     {"seconds", std::chrono::duration<double>(pause).count()},
                     {"for_quota", for_quota}};
  keep(kPause, told);
}

void RequestLedger::serve(int devices, bool sure) {
  if (!budget_.grows()) return;
  if (!sure) devices = std::max(devices, devices_);
  budget_.serve(devices);
  if (std::exchange(devices_, devices) == devices) return;
  const Json fleet = {{"devices", devices}};
  keep(kFleet, fleet);
}

Json RequestLedger::kept(const char* name) const {
  boost::system::error_code error;
  return boost::json::parse(store_.facts(account_, kNoDevice, name), error);
}

void RequestLedger::keep(const char* name, const Json& value) {
  Commit step;
  step.facts.push_back({account_, kNoDevice, name, json_text(value)});
  store_.commit(step);
}

void RequestLedger::spent() {
  if (!budget_.longest_documented()) return;
  is_exact_ = false;
  if (left_-- > 0) return;
  left_ = ends_ ? 0 : advance();
  write(left_);
}

void RequestLedger::settle() {
  ends_ = true;
  left_ = 0;
  if (!is_exact_) write(0);
  is_exact_ = true;
}

int RequestLedger::advance() const {
  const Quota quota = *budget_.longest_documented();
  return quota.per <= kShortWindow ? quota.requests : quota.requests / kWritesInAWindow;
}

void RequestLedger::write(int advance) {
  const auto uptime = clock_.uptime();
  const Instant now = clock_.now();
  const Quota quota = *budget_.longest_documented();
  const milliseconds part = quota.requests > kPartsOfAWindow ? milliseconds(quota.per) / kPartsOfAWindow : 1ms;
  std::vector<Instant> moments;
  for (const auto spent : budget_.ledger(uptime)) {
    moments.push_back(std::min(now, end_of_part(now - (uptime - spent), part)));
  }
  moments.insert(moments.end(), static_cast<std::size_t>(advance), kInAdvance);
  store_.save_requests(account_, moments);
}

}  // namespace bridge
