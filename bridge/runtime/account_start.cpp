// How an account begins: with what an earlier process knew, and with states that are whole.

#include <algorithm>

#include "core/topics.hpp"
#include "runtime/account.hpp"

namespace bridge {
namespace {

constexpr auto kLongestWithheld = std::chrono::seconds(30);

}  // namespace

std::optional<std::chrono::milliseconds> Account::recall_list() {
  const auto kept = kept_.list();
  if (!kept) return std::nullopt;
  listed_at_ = parts_.clock.uptime();
  registry_.begin_list();
  for (const Json& device : items(kept->devices)) {
    const std::string kind = text(device, "/kind"), id = text(device, "/id"), own_name = text(device, "/name"),
                      parent = text(device, "/parent");
    if (!configuration_.devices.takes(id, parent)) continue;
    take_listed({.kind = kind, .id = id, .name = own_name, .parent = parent, .facts = at(device, "/facts")});
  }
  fit_to_quota();
  status_.recalled();
  commands_.devices_are_known();
  return parts_.clock.uptime() + kept->due_in;
}

void Account::schedule_reads(const Record& record) {
  for (std::size_t index = 0; index < record->kind->reads.size(); ++index) {
    const Read& read = *record->kind->reads[index];
    Job job{record, index, true};
    auto due = listed_at_;  // one moment for all, so that ranks count
    const auto known = kept_.due(*record, read);
    if (known && *known > parts_.clock.now()) {
      const auto rest = std::min<std::chrono::milliseconds>(*known - parts_.clock.now(), periods_.of(&read));
      due = parts_.clock.uptime() + rest;
      job.fresh = false;
      job.succeeded = due - periods_.of(&read);
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
  if (record->device.id == kHub || !record->has_parts) return;
  for (const Record& child : registry_.all()) {
    if (child->device.parent != record->device.id || child->reads_open > 0) continue;
    child->withheld = false;
    changed(child);
  }
}

void Account::release_late() {
  const auto now = parts_.clock.uptime();
  for (const Record& record : registry_.all()) {
    if (!record->withheld || now - record->first_listed < kLongestWithheld) continue;
    record->withheld = false;
    changed(record);
  }
}

}  // namespace bridge
