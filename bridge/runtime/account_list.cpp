// Which devices an account has.

#include <algorithm>
#include <cmath>
#include <utility>

#include "core/redact.hpp"
#include "runtime/account.hpp"

namespace bridge {
namespace {

constexpr int kListsToBelieve = 3;  // complete lists without a device until it is taken out
constexpr auto kLongestDoubt = std::chrono::hours(24);
constexpr std::string_view kList = "list";
constexpr std::size_t kLongestGap = 300;  // of the sentence that names what could not be read

}  // namespace

/// One run of the mapper's list function.
class Account::ListRun : public Fleet {
 public:
  explicit ListRun(Account& account) : account_(account) {}
  void add(const Listed& listed) override {
    is_empty = false;
    account_.take_listed(listed);
  }
  void unread(const Error& why, std::string_view id) override {
    if (!gap) gap = why;
    if (gaps++ == 0) first_gap = sentence(why, id);
    if (id.empty()) {
      is_complete = false;
    } else {
      account_.registry_.unread(id);
    }
  }
  void expect(std::string_view kind, std::size_t total) override { expected.emplace_back(kind, total); }

  std::vector<std::pair<std::string_view, std::size_t>> expected;
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
  fit_to_quota();
  say_gaps(run.first_gap, run.gaps);
  if (!registry_.is_latest(number)) co_return success();
  if (run.is_complete) {
    finish_list(run.expected);
  } else {
    registry_.end_incomplete_list();
  }
  co_return success();
}

Task<void> Account::list_one(Vendor& vendor, Record record) {
  ListRun run(*this);
  auto listed = co_await mapper().list_one(vendor, record->device, run);
  if (listed) forget_trouble(record->device.id, kList);
  if (listed || stopping_) co_return listed;
  if (listed.error().code() == Errc::not_found) {
    list_soon();
  } else if (listed.error().hits_all()) {
    status_.failed(kList, listed.error());
  } else {
    say_trouble(*record, kList, listed.error());
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
    recall(*record);
    schedule_reads(record);
  }
  changed(record);
  if (is_new) commands_.device_is_known(*record);
}

void Account::finish_list(const std::vector<std::pair<std::string_view, std::size_t>>& expected) {
  for (const auto& [kind, total] : expected) {
    const std::size_t listed = registry_.listed(kind);
    if (listed <= total && total <= listed + registry_.never_read()) continue;
    parts_.log.say(Level::notice, name(), "the vendor counts " + std::to_string(total) + " devices but lists " +
                                              std::to_string(registry_.listed(kind)) + ": none is taken out");
    return;
  }
  ++lists_;
  const std::string doubt = doubt_about_list();
  if (!doubt.empty() && doubt != last_doubt_) parts_.log.say(Level::warning, name(), doubt);
  last_doubt_ = doubt;
  if (doubt.empty()) {
    ++believed_lists_;
    take_out_gone();
    keep_list();
  } else {
    registry_.end_incomplete_list();
    status_.set_gaps(doubt);
  }
  if (lists_ == 1) {
    const std::size_t count = registry_.all().size();
    parts_.log.say(Level::info, name(), "has " + std::to_string(count) + (count == 1 ? " device" : " devices"));
    commands_.devices_are_known();
  }
  const bool is_sure = doubt.empty() && knows_its_devices() && registry_.never_read() == 0;
  if (is_sure && !std::exchange(knows_what_left_, true)) {
    for (const std::string& device : face_.ledger.devices()) {
      if (registry_.find(device)) continue;
      parts_.log.say(Level::notice, name(), device + " was announced before and is gone: taken out");
      retract(device);
    }
  }
  parts_.listed();
}

void Account::take_out_gone() {
  for (const Record& record : registry_.end_complete_list(kListsToBelieve)) {
    parts_.log.say(Level::notice, name(), record->device.id + " is gone from the vendor's list: taken out");
    retract(record->device.id);
  }
}

// An outage that answers with an empty list is not the end of every device.
std::string Account::doubt_about_list() {
  if (registry_.nameless_now() > 0) {
    return "an element of the list has no id, it may be any device: none is taken out";
  }
  std::size_t vanished = 0;
  std::size_t listed = 0;
  for (const ResolvedKind& kind : kinds_) {
    if (kind.kind->name == kHub) continue;
    const std::size_t present = registry_.listed(kind.kind->name);
    listed += present;
    if (present > 0) continue;
    vanished += static_cast<std::size_t>(std::count_if(registry_.all().begin(), registry_.all().end(), [&](const Record& record) {
      return record->kind == &kind;
    }));
  }
  if (vanished == 0 && listed == 0 && registry_.never_read() == 0) {  // since an earlier process
    for (const std::string& device : face_.ledger.devices()) vanished += device != kHub;
  }
  if (vanished == 0) {
    doubtful_since_.reset();
    return {};
  }
  const auto now = parts_.clock.uptime();
  if (!doubtful_since_) doubtful_since_ = now;
  if (now - *doubtful_since_ >= kLongestDoubt) return {};
  return "the vendor lists none of " + std::to_string(vanished) +
         (vanished == 1 ? " device" : " devices of a kind") + " any more: taken out when that stays so for a day";
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
  std::erase_if(troubles_, [&](const auto& trouble) { return trouble.first.first == device; });
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

bool Account::knows_its_devices() const { return believed_lists_ >= kListsToBelieve; }

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
  status_.set_note("some devices are announced by another account that sees them too");
  parts_.publisher.say(face_, record, kSayDiscovery);
}

// The vendor's quota does not grow with the fleet.
void Account::fit_to_quota() {
  std::map<const ResolvedKind*, int> fleet;
  int listed = 0;
  for (const Record& record : registry_.all()) {
    ++fleet[record->kind];
    const bool is_child = !record->device.parent.empty() && record->device.parent != kHub;
    if (!is_child && record->device.id != kHub) ++listed;
  }
  access_.ledger.serve(listed, knows_its_devices());
  std::vector<const Read*> reads{nullptr};
  const int list_cost = list_requests(mapper(), listed);
  std::vector<PlannedRead> plan{{std::string(kList), configured_period(nullptr), list_cost}};
  for (const ResolvedKind& kind : kinds_) {
    for (const Read* read : kind.reads) {
      if (read->spare) continue;
      reads.push_back(read);
      const auto every = planned_period(*read, configured_period(read));
      plan.push_back({std::string(read->facts), every, fleet[&kind]});
    }
  }
  fit(plan, access_.budget.polls_per_second());
  for (std::size_t each = 0; each < plan.size(); ++each) {
    stretch_[reads[each]] = plan[each].stretch;
  }
  access_.budget.plan(rate_of(plan));
  say_plan(plan);
  say_periods();
}

// Once; and again when the fleet, or the quota, changed by a fifth.
void Account::say_plan(const std::vector<PlannedRead>& plan) {
  const std::string stretched = stretched_text(plan);
  double stretch = 0;
  for (const PlannedRead& read : plan) stretch += read.stretch;
  if (stretched.empty() || std::abs(stretch - plan_said_) <= plan_said_ / 5) return;
  plan_said_ = stretch;
  parts_.log.say(Level::notice, name(),
                 "the quota is too small for every device's period: " + stretched);
}

void Account::say_periods() {
  const auto seconds = [](std::chrono::milliseconds span) { return static_cast<double>(span.count()) / 1000; };
  boost::json::object periods{{"list", seconds(period(nullptr))}};
  for (const ResolvedKind& kind : kinds_) {
    for (const Read* read : kind.reads) periods[read->facts] = seconds(period(read));
  }
  status_.set_periods(std::move(periods));
}

}  // namespace bridge
