// What an account knows of its devices.

#include <algorithm>
#include <utility>

#include "bridge/timestamp.hpp"
#include "core/build_date.hpp"
#include "core/json_text.hpp"
#include "core/reachability.hpp"
#include "runtime/account.hpp"

namespace bridge {
namespace {

using namespace std::chrono_literals;

constexpr int kReadsToBelieve = 3;  // periods in a row in which a read failed, until its device is offline
constexpr auto kAgesEvery = 10s;

bool is_out_of_trouble(const DeviceRecord& record) {
  return std::all_of(record.failures.begin(), record.failures.end(),
                     [](const auto& failures) { return failures.count < kReadsToBelieve; });
}

/// Whether no read troubles the device any more.
bool recovers(DeviceRecord& record) {
  if (record.read_trouble.empty() || !is_out_of_trouble(record)) return false;
  record.read_trouble = {};
  return true;
}

/// How many records of its history a read gave up just now.
std::int64_t newly_lost(const Device& device, const Read& read, const Json& facts) {
  const std::string_view count = "/lost";
  const Json& known = at(device.facts, '/' + std::string(read.facts));
  return static_cast<std::int64_t>(number_at(facts, count).value_or(0) - number_at(known, count).value_or(0));
}

}  // namespace

// A command's reading may overtake a poll's. Both fold from what was known when they began: what was
// begun before the last merge is no news, and what began in between is read anew.
Task<std::optional<Instant>> Account::read(Vendor& vendor, Record record, std::size_t index) {
  const Read& read = *record->kind->reads[index];
  if (read.durable && !clock_is_right()) co_return std::nullopt;

  const auto begun = parts_.clock.uptime();
  const auto run = ++runs_, before = record->merged[index], asked = requests_of(vendor);
  auto brought = co_await read.read(vendor, record->device);
  if (!brought) {
    if (!stopping_) read_failed(record, index, brought.error(), begun);
    co_return brought.error();
  }
  if (requests_of(vendor) != asked) {
    succeeded(read.facts, vendor);
  } else {
    status_.answered(read.facts);  // nobody was asked: it says nothing about the vendor
  }
  const auto merged = record->merged[index];
  if (merged > run) co_return brought->again();  // known from a run that was begun later
  if (read.durable && merged != before) co_return co_await this->read(vendor, record, index);
  record->merged[index] = run;
  take_in(record, index, *brought);
  co_return brought->again();
}

void Account::take_in(const Record& record, std::size_t index, const Facts& brought) {
  const Read& read = *record->kind->reads[index];
  troubles_.forget(record->device.id, read.facts);
  if (const auto lost = newly_lost(record->device, read, brought.own()); lost > 0) {
    parts_.log.say(Level::warning, name(), record->device.id + ": " + std::to_string(lost) + " records never came, or too late: its totals lack them");
  }
  record->failures[index] = {};
  const bool was_in_trouble = recovers(*record);
  const bool differs = DeviceRegistry::merge(*record, read.facts, brought.own());
  std::vector<Record> differing;
  for (const auto& [id, facts] : brought.children()) {
    const Record child = registry_.find(id);
    if (child && DeviceRegistry::merge(*child, read.facts, facts)) differing.push_back(child);
  }
  keep(*record, read, brought, differs || !differing.empty());
  if (differs || was_in_trouble) changed(record);
  for (const Record& child : differing) changed(child);
}

void Account::keep(const DeviceRecord& record, const Read& read, const Facts& facts, bool is_new) {
  Commit step;
  step.facts = kept_.rows(record, read, facts, is_new);
  for (const auto& [key, event] : facts.events()) {
    step.outbox.push_back({0, parts_.topics.event(name(), record.segment, key), json_text(event), {}});
  }
  for (const Json& past : facts.history()) {
    step.outbox.push_back({0, parts_.topics.history(name(), record.segment), json_text(past), {}});
  }
  if (step.facts.empty() && step.outbox.empty()) return;
  parts_.store.commit(step);
  for (const OutboxMessage& message : step.outbox) parts_.deliver(message);
}

void Account::read_failed(const Record& record, std::size_t index, const Error& error,
                          std::chrono::milliseconds begun) {
  const Read& read = *record->kind->reads[index];
  DeviceRecord::Failures& failures = record->failures[index];
  if (error.permanent) return switch_off(*record->kind, index, error);
  const bool waits = read.spare && error.unsent && error.code() == Errc::rate_limited;
  if (waits) return;  // as it is meant to
  if (error.stops_all() || (error.hits_all() && !read.spare)) {
    status_.failed(read.facts, error);
  } else {
    status_.answered(read.facts);
    troubles_.say(record->device.id, read.facts, error.message());
  }
  if (error.stops_all() || read.spare) return;  // without its past a device is as it is
  const bool is_gone = error.code() == Errc::not_found;
  if (is_gone && failures.count < kReadsToBelieve) list_soon();
  if (is_gone) {
    failures.count = kReadsToBelieve;
  } else if (failures.count == 0 || begun >= failures.counted + periods_.of(&read)) {
    ++failures.count;
    failures.counted = begun;
  }
  if (failures.count >= kReadsToBelieve) {
    record->read_trouble = is_gone ? "not_found" : "read_failed";
    changed(record);
  }
}

void Account::switch_off(const ResolvedKind& kind, std::size_t index, const Error& error) {
  const std::string_view read = kind.reads[index]->facts;
  status_.answered(read);
  for (const Record& each : registry_.all()) {
    if (each->kind != &kind) continue;
    each->failures[index] = {};
    if (recovers(*each)) changed(each);
  }
  if (!switched_off_.insert(read).second) return;
  parts_.log.say(Level::warning, name(), "\"" + std::string(read) + "\" is switched off, these credentials may not read it: " + error.message());
}

Task<void> Account::refresh(Vendor& vendor, Record record, std::string read) {
  Result<void> result = success();
  if (read == "list" && mapper().list_one != nullptr) {
    result = co_await list_one(vendor, record);
  } else if (read == "list") {
    result = co_await list(vendor);
  } else {
    const auto& reads = record->kind->reads;
    for (std::size_t index = 0; index < reads.size(); ++index) {
      if (reads[index]->facts != read) continue;
      const auto brought = co_await this->read(vendor, record, index);
      if (!brought) result = brought.error();
    }
  }
  say_status();
  if (!record->gone) parts_.publisher.say(face_, record, kSayState, true);
  co_return result;
}

std::string_view Account::reason_of(const DeviceRecord& record) const {
  const Record parent = record.device.parent.empty() ? nullptr : registry_.find(record.device.parent);
  return reachability(record, parts_.clock.now(), parent.get());
}

void Account::changed(const Record& record) {
  std::uint8_t what = kSayState;
  const std::string_view reason = reason_of(*record);
  if (reason != record->reason || record->since == Instant{}) {
    record->reason = reason;
    record->since = parts_.clock.now();
    what |= kSayAvailability;
  }
  const std::uint64_t hash = announced_hash(*record);
  if (hash != record->block_hash) {
    record->block_hash = hash;
    what |= kSayDiscovery;
  }
  parts_.publisher.say(face_, record, what);
}

boost::asio::awaitable<void> Account::watch_ages() {
  while (!stopping_) {
    co_await ages_wake_->wait(kAgesEvery);
    // Parents stand before their children, who hear of it in the same round.
    bool has_turned = false;
    for (const Record& record : registry_.all()) {
      if (reason_of(*record) == record->reason) continue;
      changed(record);
      has_turned = true;
    }
    if (has_turned) say_status();
    release_late();
    face_.ledger.flush();
  }
  --running_;
}

bool Account::clock_is_right() {
  if (parts_.clock.now() >= kBuildDate) {
    status_.unhindered();
    return true;
  }
  status_.hindered("clock_wrong", "the clock is before this program's making: nothing is counted until it is right");
  return false;
}

}  // namespace bridge
