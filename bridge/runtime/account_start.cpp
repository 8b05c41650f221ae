// What an earlier process knew, so that a restart neither asks for it again nor forgets it.

#include <algorithm>
#include <boost/json/parse.hpp>

#include "bridge/timestamp.hpp"
#include "core/credential_mark.hpp"
#include "core/json_text.hpp"
#include "core/topics.hpp"
#include "runtime/account.hpp"

namespace bridge {
namespace {

using namespace std::chrono_literals;

constexpr auto kSeldom = 6h;
constexpr auto kLongestWithheld = 30s;

Json stored(Store& store, const std::string& account, const std::string& device, const std::string& read) {
  boost::system::error_code error;
  Json facts = boost::json::parse(store.facts(account, device, read), error);
  return error ? Json() : facts;
}

constexpr auto kSeldomListed = 2h;
constexpr const char* kNoDevice = "";
constexpr const char* kListAsKept = "list@";

std::string due_of(const Read& read) { return std::string(read.facts) + "@"; }

}  // namespace

bool Account::is_kept(const Read& read) const { return read.durable || (read.every >= kSeldom && !read.spare); }

void Account::keep_list() {
  if (period(nullptr) < kSeldomListed) return;
  boost::json::array devices;
  for (const Record& record : registry_.all()) {
    const Device& device = record->device;
    devices.push_back({{"kind", device.kind}, {"id", device.id}, {"name", device.name},
                       {"parent", device.parent}, {"facts", at(device.facts, "/list")}});
  }
  const Instant due = parts_.clock.now() + period(nullptr);
  const Json kept = {{"due", format_time(due)}, {"with", token_mark(configuration_)}, {"devices", std::move(devices)}};
  Commit step;
  step.facts.push_back({name(), kNoDevice, kListAsKept, json_text(kept)});
  parts_.store.commit(step);
}

std::optional<std::chrono::milliseconds> Account::recall_list() {
  const Json kept = stored(parts_.store, name(), kNoDevice, kListAsKept);
  const auto due = moment_at(kept, "/due");
  const Instant now = parts_.clock.now();
  if (!due || *due <= now || text(kept, "/with") != token_mark(configuration_)) return std::nullopt;
  listed_at_ = parts_.clock.uptime();
  registry_.begin_list();
  for (const Json& device : items(at(kept, "/devices"))) {
    const std::string kind = text(device, "/kind"), id = text(device, "/id"), own_name = text(device, "/name"),
                      parent = text(device, "/parent");
    take_listed({.kind = kind, .id = id, .name = own_name, .parent = parent, .facts = at(device, "/facts")});
  }
  fit_to_quota();
  status_.recalled();
  commands_.devices_are_known();
  return parts_.clock.uptime() + std::min<std::chrono::milliseconds>(*due - now, period(nullptr));
}

void Account::recall(DeviceRecord& record) {
  std::set<std::string_view> names;
  for (const ResolvedKind& kind : kinds_) {
    for (const Read* read : kind.reads) {
      if (is_kept(*read)) names.insert(read->facts);
    }
  }
  for (const std::string_view read : names) {
    const Json facts = stored(parts_.store, name(), record.device.id, std::string(read));
    if (!facts.is_null()) DeviceRegistry::merge(record, read, facts);
  }
}

std::optional<Commit::FactsRow> Account::due_row(const DeviceRecord& record, const Read& read,
                                                 const Facts& facts) const {
  if (!is_kept(read) || period(&read) < 1h) return std::nullopt;
  const Instant due = facts.again().value_or(parts_.clock.now() + period(&read));
  return Commit::FactsRow{name(), record.device.id, due_of(read), json_text(Json{{"due", format_time(due)}})};
}

std::optional<Instant> Account::kept_due(const DeviceRecord& record, const Read& read) const {
  if (!is_kept(read) || !record.device.facts.get_object().contains(read.facts)) return std::nullopt;
  return moment_at(stored(parts_.store, name(), record.device.id, due_of(read)), "/due");
}

void Account::schedule_reads(const Record& record) {
  for (std::size_t index = 0; index < record->kind->reads.size(); ++index) {
    const Read& read = *record->kind->reads[index];
    Job job{record, index, true};
    auto due = listed_at_;  // one moment for all, so that ranks count
    const auto known = kept_due(*record, read);
    if (known && *known > parts_.clock.now()) {
      const auto rest = std::min<std::chrono::milliseconds>(*known - parts_.clock.now(), period(&read));
      due = parts_.clock.uptime() + rest;
      job.fresh = false;
      job.succeeded = due - period(&read);
    } else if (!read.spare) {
      ++record->reads_open;
    }
    schedule_.add(due, std::move(job));
  }
  const bool has_parent = !record->device.parent.empty() && record->device.parent != kHub;
  const Record parent = has_parent ? registry_.find(record->device.parent) : nullptr;
  record->withheld = record->reads_open > 0 || (parent != nullptr && parent->withheld);
}

void Account::tried(const Record& record) {
  if (record->reads_open == 0 || --record->reads_open > 0) return;
  release(record);
}

void Account::release(const Record& record) {
  if (!std::exchange(record->withheld, false)) return;
  changed(record);
  if (record->device.id == kHub) return;
  for (const Record& child : registry_.all()) {
    if (child->device.parent != record->device.id || child->reads_open > 0) continue;
    child->withheld = false;
    changed(child);
  }
}

void Account::release_late() {
  const auto now = parts_.clock.uptime();
  for (const Record& record : registry_.all()) {
    if (record->withheld && now - record->first_listed >= kLongestWithheld) release(record);
  }
}

}  // namespace bridge
