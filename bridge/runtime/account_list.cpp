// Which devices an account has.

#include <algorithm>
#include <map>
#include <utility>

#include "core/redact.hpp"
#include "runtime/account.hpp"

namespace bridge {
namespace {

constexpr std::string_view kList = "list";
constexpr const char* kChoiceNote = "choice";
constexpr std::size_t kLongestGap = 300;  // of the sentence that names what could not be read

}  // namespace

/// One run of the mapper's list function.
class Account::ListRun : public Fleet {
 public:
  explicit ListRun(Account& account) : account_(account) {}
  void add(const Listed& listed) override {
    is_empty = false;
    if (account_.configuration_.devices.takes(listed.id, listed.parent)) return account_.take_listed(listed);
    if (!left_out.emplace(listed.id).second) return;
    ++left_out_of[std::string(listed.kind)];
    const bool is_part = !listed.parent.empty() && listed.parent != kHub;
    if (!is_part && listed.id != kHub) ++left_out_alone;
  }
  void unread(const Error& why, std::string_view id) override {
    if (!id.empty() && !account_.configuration_.devices.takes(id, {})) {
      left_out_alone += left_out.emplace(id).second ? 1 : 0;
      return;
    }
    if (!gap) gap = why;
    if (gaps++ == 0) first_gap = sentence(why, id);
    if (id.empty()) {
      is_complete = false;
    } else {
      account_.registry_.unread(id);
    }
  }
  void expect(std::string_view kind, std::size_t total) override { counted.emplace_back(kind, total); }

  /// What the vendor counts of what is wanted.
  DeviceCounts expected() const {
    DeviceCounts wanted = counted;
    for (auto& [kind, total] : wanted) {
      const auto found = left_out_of.find(kind);
      if (found != left_out_of.end()) total -= std::min(total, found->second);
    }
    return wanted;
  }

  DeviceCounts counted;
  std::map<std::string, std::size_t, std::less<>> left_out_of;  ///< devices that nobody wants, by kind
  DeviceChoice::Ids left_out;
  int left_out_alone = 0;  ///< of them those that are no parts: they cost their share of a list
  std::optional<Error> gap;  ///< why the first part that was unread is missing
  std::string first_gap;     ///< a sentence about it
  int gaps = 0;
  bool is_complete = true;  ///< whether it names every device
  bool is_empty = true;

 private:
  // A vendor's text and ids may hold what is personal.
  std::string sentence(const Error& why, std::string_view id) const {
    std::string text = why.message();
    if (text.find(id) == std::string::npos) text = std::string(id) + ": " + text;
    return redacted(text, account_.access_.all_secrets(), kLongestGap);
  }

  Account& account_;
};

// A command's list does not wait for one that waits for its quota. Of lists that overlap the one
// begun last sees what is gone; what the others saw counts as seen.
Task<void> Account::list(Vendor& vendor) {
  listed_at_ = parts_.clock.uptime();
  ListRun run(*this);
  const auto number = registry_.begin_list();
  auto listed = co_await configuration_.mapper->list(vendor, run);
  if (listed && run.gap && run.is_empty) listed = *run.gap;
  if (!listed) {
    if (!stopping_) status_.failed(kList, listed.error());
    co_return listed;
  }
  succeeded(kList, vendor);
  left_out_ = run.left_out_alone;
  fit_to_quota();
  say_gaps(run.first_gap, run.gaps);
  if (!registry_.is_latest(number)) co_return success();
  if (run.is_complete) {
    finish_list(run);
  } else {
    registry_.end_incomplete_list();
  }
  co_return success();
}

Task<void> Account::list_one(Vendor& vendor, Record record) {
  ListRun run(*this);
  auto listed = co_await mapper().list_one(vendor, record->device, run);
  if (listed) troubles_.forget(record->device.id, kList);
  if (listed || stopping_) co_return listed;
  if (listed.error().code() == Errc::not_found) {
    list_soon();
  } else if (listed.error().hits_all()) {
    status_.failed(kList, listed.error());
  } else {
    troubles_.say(record->device.id, kList, listed.error().message());
  }
  co_return listed;
}

void Account::list_soon() {
  const auto due = std::max(parts_.clock.uptime(), listed_at_ + polite(configuration_, mapper().list_shortest));
  schedule_.bring_forward(due, [](const Job& job) { return job.record == nullptr; });
  wake_->ring();
}

void Account::take_listed(const Listed& listed) {
  auto [record, is_new, is_changed] = registry_.see(listed);
  if (record != nullptr) record->listed_at = parts_.clock.uptime();
  if (record == nullptr || !is_changed) return;
  if (is_new) {
    leaving_.erase(record->device.id);
    parts_.settle(announcement(record->device.id), record->device.id);
    record->first_listed = parts_.clock.uptime();
    kept_.recall(*record);
    schedule_reads(record);
  }
  changed(record);
  if (is_new) commands_.device_is_known(*record);
}

void Account::finish_list(const ListRun& run) {
  const bool may_be_mistyped = say_strangers(run.left_out);
  if (!may_be_mistyped) take_out_unwanted(run.left_out);
  std::vector<std::string> announced = face_.ledger.devices();
  std::erase_if(announced, [&](const std::string& each) { return run.left_out.contains(each) || leaving_.contains(each); });
  const std::string doubt = belief_.judge(registry_, kinds_, run.expected(), announced, parts_.clock.uptime());
  if (belief_.is_news()) parts_.log.say(Level::warning, name(), doubt);
  if (doubt.empty()) {
    take_out_gone();
    kept_.keep_list(registry_);
  } else {
    registry_.end_incomplete_list();
    status_.set_gaps(doubt);
  }
  if (!std::exchange(has_listed_, true)) {
    const std::size_t count = registry_.all().size();
    parts_.log.say(Level::info, name(), "has " + std::to_string(count) + (count == 1 ? " device" : " devices"));
    commands_.devices_are_known();
  }
  const bool is_sure = doubt.empty() && knows_its_devices() && registry_.never_read() == 0;
  if (is_sure && !std::exchange(knows_what_left_, true)) take_out_left();
  parts_.listed();
}

void Account::take_out_gone() {
  for (const Record& record : registry_.end_complete_list(kListsToBelieve)) {
    parts_.log.say(Level::notice, name(), record->device.id + " is gone from the vendor's list: taken out");
    retract(record->device.id);
  }
}

// What an earlier process announced, before somebody left it out.
void Account::take_out_unwanted(const DeviceChoice::Ids& left_out) {
  if (left_out.empty()) return;
  for (const std::string& device : face_.ledger.devices()) {
    if (!left_out.contains(device) || leaving_.contains(device)) continue;
    parts_.log.say(Level::notice, name(), device + " is left out by the configuration: taken out");
    retract(device);
  }
}

// While a part of the list could not be read, nobody knows.
bool Account::say_strangers(const DeviceChoice::Ids& left_out) {
  const DeviceChoice& choice = configuration_.devices;
  if (registry_.never_read() > 0) return !choice.only.empty();
  std::string all;
  bool is_only = false;
  const auto say = [&](std::string_view setting, const std::string& id, const char* why) {
    const std::string text = std::string(setting) + " names \"" + id + "\", " + why;
    all += (all.empty() ? "" : "; ") + text;
    if (strangers_.insert(text).second) parts_.log.say(Level::warning, name(), text);
  };
  const auto is_listed = [&](const std::string& id) {
    return registry_.find(id) != nullptr || registry_.find_segment(id) != nullptr;
  };
  for (const std::string& id : choice.only) {
    if (is_listed(id) || DeviceChoice::names(choice.without, id)) continue;
    is_only = true;
    say("only_devices", id, left_out.contains(id) ? "a part: name its device" : "which the vendor does not list");
  }
  const auto is_left_out = [&](const std::string& id) {
    return std::ranges::any_of(left_out, [&](const std::string& each) { return each == id || device_level(each) == id; });
  };
  for (const std::string& id : choice.without) {
    if (!is_left_out(id)) say("without_devices", id, "which the vendor does not list");
  }
  for (const Setting& setting : mapper().settings) {
    if (!setting.names_devices) continue;
    for (const Json& each : items(configuration_.settings.value(setting.key))) {
      const std::string id = text(each, "");
      if (!is_listed(id) && !is_left_out(id)) say(setting.key, id, "which is no device of this account");
    }
  }
  status_.set_note(kChoiceNote, all);
  return is_only;
}

void Account::take_out_left() {
  for (const std::string& device : face_.ledger.devices()) {
    if (registry_.find(device)) continue;
    parts_.log.say(Level::notice, name(), device + " was announced before and is gone: taken out");
    retract(device);
  }
}

void Account::say_gaps(const std::string& first, int count) {
  std::string gaps = count == 0 ? "" : "a part of the list could not be read: " + first;
  if (count > 1) gaps += "; and " + std::to_string(count - 1) + " more";
  if (count > 0 && first != last_gap_) parts_.log.say(Level::warning, name(), gaps);
  last_gap_ = first;
  status_.set_gaps(std::move(gaps));
}

// The broker has to hear of it: until it acknowledged, every connection says it again.
void Account::retract(const std::string& device) {
  troubles_.forget(device);
  leaving_.insert(device);
  const std::string announced = face_.ledger.announcement(device);
  const std::string topic = announced.empty() ? announcement(device) : announced;
  const bool announced_by_another = parts_.settle(topic, device);
  const auto cleared = [this, alive = std::weak_ptr<int>(alive_), device](bool acknowledged) {
    // A device that came back meanwhile was announced again.
    if (alive.expired() || !acknowledged || leaving_.erase(device) == 0) return;
    face_.ledger.retracted(device);
  };
  parts_.publisher.retract(parts_.topics, name(), device, announced_by_another ? "" : topic, cleared);
}

bool Account::forget(const std::string& level) {
  std::string device;
  if (const Record record = registry_.find_segment(level)) {
    device = record->device.id;
    registry_.take_out(device);
  } else {
    const auto left = face_.ledger.devices();
    const auto has_level = [&](const std::string& each) { return device_level(each) == level; };
    const auto found = std::find_if(left.begin(), left.end(), has_level);
    if (found == left.end()) return false;
    device = *found;
  }
  retract(device);
  return true;
}

// ---- Which account announces it -------------------------------------------------------------

std::string Account::announcement(const std::string& device) const {
  return parts_.topics.discovery(parts_.topics.device_id(mapper().name, name(), device_level(device)));
}

bool Account::claims(const std::string& device) const {
  if (leaving_.contains(device)) return false;
  if (registry_.find(device) != nullptr) return true;
  return !knows_its_devices() && face_.ledger.announcement(device) == announcement(device);
}

void Account::announce(const std::string& device) {
  const Record record = registry_.find(device);
  if (record == nullptr || !std::exchange(record->announced_elsewhere, false)) return;
  parts_.publisher.say(face_, record, kSayDiscovery);
}

void Account::leave_to_another(const std::string& device) {
  const Record record = registry_.find(device);
  if (record == nullptr || std::exchange(record->announced_elsewhere, true)) return;
  status_.set_note("shared", "some devices are announced by another account that sees them too");
  parts_.publisher.say(face_, record, kSayDiscovery);
}

// The vendor's quota does not grow with the fleet.
void Account::fit_to_quota() {
  const int listed = devices_by_themselves(registry_) + left_out_;
  access_.ledger.serve(listed, knows_its_devices());
  access_.budget.plan(periods_.fit(registry_, listed, access_.budget.polls_per_second()));
  if (const std::string news = periods_.news(); !news.empty()) {
    parts_.log.say(Level::notice, name(), news);
  }
  status_.set_periods(periods_.document());
}

}  // namespace bridge
