// Which devices an account has.

#include <boost/json/parse.hpp>
#include <cmath>
#include <utility>

#include "runtime/account.hpp"

namespace bridge {
namespace {

constexpr int kListsToBelieve = 3;  // complete lists without a device until it is taken out
constexpr std::string_view kList = "list";

}  // namespace

/// One run of the mapper's list function.
class Account::ListRun : public Fleet {
 public:
  explicit ListRun(Account& account) : account_(account) {}
  void add(const Listed& listed) override {
    is_empty = false;
    account_.take_listed(listed);
  }
  void keep(std::string_view id) override { account_.registry_.keep(id); }
  void expect(std::string_view kind, std::size_t total) override { expected.emplace_back(kind, total); }

  void incomplete(const Error& why) override { gap = why; }

  std::vector<std::pair<std::string_view, std::size_t>> expected;
  std::optional<Error> gap;  ///< why a part of the list is missing
  bool is_empty = true;

 private:
  Account& account_;
};

Task<void> Account::list(Vendor& vendor) {
  const Gate::Pass pass = co_await listing_.enter();
  const auto before = access_.requests;
  ListRun run(*this);
  registry_.begin_list();
  auto listed = co_await configuration_.mapper->list(vendor, run);
  if (listed && run.gap && run.is_empty) listed = *run.gap;
  if (!listed) {
    if (!stopping_) status_.failed(kList, listed.error());
    co_return listed;
  }
  succeeded(kList);
  fit_to_quota(access_.requests - before);
  if (run.gap) {
    finish_incomplete_list(*run.gap);
  } else {
    finish_list(run.expected);
  }
  co_return success();
}

Task<void> Account::list_one(Vendor& vendor, Record record) {
  const Gate::Pass pass = co_await listing_.enter();
  ListRun run(*this);
  auto listed = co_await mapper().list_one(vendor, record->device, run);
  if (!listed && !stopping_) status_.failed(kList, listed.error());
  co_return listed;
}

void Account::take_listed(const Listed& listed) {
  auto [record, is_new, is_changed] = registry_.see(listed);
  if (record == nullptr || !is_changed) return;
  if (is_new) {
    record->announced_elsewhere = !parts_.may_announce(record->device.id);
    if (record->announced_elsewhere) {
      status_.set_note("some devices are announced by another account that sees them too");
    }
    schedule_reads(record);
  }
  changed(record);
}

void Account::schedule_reads(const Record& record) {
  const auto& reads = record->kind->reads;
  for (std::size_t index = 0; index < reads.size(); ++index) {
    if (reads[index]->durable) {
      const std::string kept = parts_.store.facts(name(), record->device.id, std::string(reads[index]->facts));
      boost::system::error_code error;
      const Json facts = boost::json::parse(kept, error);
      if (!error) DeviceRegistry::merge(*record, reads[index]->facts, facts);
    }
    schedule_.add(parts_.clock.uptime(), Job{record, index, true});
  }
}

void Account::finish_list(const std::vector<std::pair<std::string_view, std::size_t>>& expected) {
  last_gap_.clear();
  for (const auto& [kind, total] : expected) {
    if (registry_.listed(kind) == total) continue;
    parts_.log.say(Level::notice, name(), "the vendor counts " + std::to_string(total) + " devices but lists " +
                                              std::to_string(registry_.listed(kind)) + ": none is taken out");
    return;
  }
  for (const Record& record : registry_.end_complete_list(kListsToBelieve)) {
    parts_.log.say(Level::notice, name(), record->device.id + " is gone from the vendor's list: taken out");
    retract(record->device.id);
  }
  if (++lists_ == 1) commands_.devices_are_known();
  if (lists_ != kListsToBelieve) return;
  for (const auto& [device, topic] : face_.ledger.devices()) {
    if (registry_.find(device)) continue;
    parts_.log.say(Level::notice, name(), device + " was announced before and is gone: taken out");
    retract(device);
  }
}

void Account::finish_incomplete_list(const Error& gap) {
  registry_.end_incomplete_list();
  if (std::exchange(last_gap_, gap.message()) == gap.message()) return;
  parts_.log.say(Level::warning, name(), "a part of the list could not be read, nothing is taken out: " + gap.message());
}

// The broker has to hear of it: until it acknowledged, every connection says it again.
void Account::retract(const std::string& device) {
  const bool announced_here = parts_.may_announce(device);
  leaving_.insert(device);
  const auto cleared = [this, device](bool acknowledged) {
    if (!acknowledged) return;
    leaving_.erase(device);
    const std::string id = parts_.topics.device_id(mapper().name, name(), device_level(device));
    face_.ledger.retracted(parts_.topics.discovery(id), device);
  };
  parts_.publisher.retract(face_, device, announced_here, cleared);
  if (announced_here) parts_.release(device);
}

bool Account::take_over(const std::string& device) {
  const Record record = registry_.find(device);
  if (record == nullptr || !parts_.may_announce(device)) return false;
  record->announced_elsewhere = false;
  parts_.publisher.say(face_, record, kSayDiscovery);
  return true;
}

// The vendor's quota does not grow with the fleet: more devices stretch the reads, and the list,
// which says which devices there are, keeps its period.
void Account::fit_to_quota(std::uint64_t list_requests) {
  double reads_per_second = 0;
  for (const Record& record : registry_.all()) {
    for (const Read* read : record->kind->reads) {
      const auto named = configuration_.every.find(std::string(read->facts));
      const std::chrono::duration<double> every = named == configuration_.every.end()
                                                      ? std::chrono::duration<double>(read->every)
                                                      : std::chrono::duration<double>(named->second);
      reads_per_second += 1 / every.count();
    }
  }
  const double list_per_second =
      static_cast<double>(list_requests) / std::chrono::duration<double>(period(nullptr)).count();
  const double fits = access_.budget.polls_per_second();
  // However large the list, a twentieth of the quota stays for reads.
  const double for_reads = std::max(fits - list_per_second, fits / 20);
  const double stretch = std::max(1.0, reads_per_second / for_reads);
  if (stretch > 1 && std::abs(stretch - stretch_) > stretch_ / 5) {
    parts_.log.say(Level::notice, name(), "the quota is too small for every device's period: reads come " +
                                              std::to_string(static_cast<int>(std::ceil(stretch * 100))) +
                                              " % as far apart as configured");
  }
  stretch_ = stretch;
  say_periods();
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
