#include "runtime/account.hpp"

#include <boost/json/parse.hpp>
#include <random>

#include "bridge/timestamp.hpp"
#include "core/build_date.hpp"
#include "core/json_text.hpp"
#include "core/reachability.hpp"
#include "runtime/spawn.hpp"

namespace bridge {
namespace {

using namespace std::chrono_literals;

constexpr int kListsToBelieve = 3;  // complete lists without a device until it is taken out
constexpr int kReadsToBelieve = 3;  // failed reads in a row until its device is offline
constexpr std::string_view kList = "list";
constexpr auto kRefusedPause = 1h;
constexpr auto kAgesEvery = 10s;

double chance() {
  static thread_local std::minstd_rand generator{std::random_device{}()};
  return std::uniform_real_distribution<double>(0, 1)(generator);
}

CommandParts command_parts(const AccountParts& parts, decltype(CommandParts::refresh) refresh) {
  return {parts.loop, parts.topics, parts.store, parts.clock, parts.log, parts.configuration.secrets,
          parts.deliver, std::move(refresh)};
}

}  // namespace

/// One run of the mapper's list function.
class Account::ListRun : public Fleet {
 public:
  explicit ListRun(Account& account) : account_(account) {}
  void add(const Listed& listed) override { account_.take_listed(listed); }
  void expect(std::string_view kind, std::size_t total) override { expected.emplace_back(kind, total); }

  std::vector<std::pair<std::string_view, std::size_t>> expected;

 private:
  Account& account_;
};

Account::Account(const AccountConfiguration& configuration, const AccountParts& parts)
    : configuration_(configuration),
      parts_(parts),
      kinds_(resolve(*configuration.mapper, configuration.settings, configuration.stale_after)),
      registry_(kinds_),
      face_{Announcer{&parts.topics, configuration.mapper, configuration.name, CLOUD2MQTT_VERSION},
            DiscoveryLedger(parts.store, configuration.name), parts.configuration.homeassistant.discovery},
      status_(parts.topics, configuration.name, parts.publisher, parts.clock, parts.log),
      access_(configuration, parts.configuration.secrets, parts.clock, parts.store, parts.log),
      polls_(access_, parts.clients(configuration), Purpose::poll, parts.loop),
      orders_(access_, parts.clients(configuration), Purpose::command, parts.loop),
      commands_(configuration,
                command_parts(parts, [this](Vendor& vendor, Record record, std::string read) {
                  return refresh(vendor, std::move(record), std::move(read));
                }),
                registry_, orders_),
      listing_(parts.clock),
      wake_(parts.clock.make_alarm()),
      ages_wake_(parts.clock.make_alarm()) {}

void Account::start() {
  say_periods();
  schedule_.add(parts_.clock.uptime(), Job{});
  running_ = 2;
  spawn(parts_.loop, poll());
  spawn(parts_.loop, watch_ages());
  commands_.start();
}

void Account::stop(std::chrono::milliseconds grace) {
  stopping_ = true;
  polls_.close();
  wake_->ring();
  ages_wake_->ring();
  orders_.shorten_deadline(parts_.clock.uptime() + grace);
  commands_.stop();
  save_quota();
  face_.ledger.flush();
}

void Account::break_off_commands() { orders_.close(); }

void Account::poll_now() {
  switched_off_.clear();
  schedule_.bring_forward(parts_.clock.uptime(), [](const Job&) { return true; });
  wake_->ring();
}

void Account::republish(std::uint8_t what) {
  status_.republish();
  for (const Record& record : registry_.all()) {
    if ((what & kSayState) != 0) record->state_hash = 0;
    parts_.publisher.say(face_, record, what);
  }
}

boost::asio::awaitable<void> Account::poll() {
  while (!stopping_) {
    const auto now = parts_.clock.uptime();
    const auto due = schedule_.empty() ? now + 1h : schedule_.due();
    if (due > now) {
      status_.update(access_.budget.left(now), parts_.clock.now() + (due - now));
      co_await wake_->wait(due - now);
      continue;
    }
    Job job = schedule_.take();
    if (job.record == nullptr || !job.record->gone) co_await run(std::move(job), due);
  }
  --running_;
}

boost::asio::awaitable<void> Account::run(Job job, std::chrono::milliseconds due) {
  const Read* read = job.record ? job.record->kind->reads[job.read] : nullptr;
  const auto every = period(read);
  if (read != nullptr && switched_off_.contains(read->facts)) {
    schedule_.add(parts_.clock.uptime() + every, std::move(job));
    co_return;
  }
  Result<void> result = success();
  if (read == nullptr) {
    result = co_await list(polls_);
  } else {
    result = co_await this->read(polls_, job.record, job.read);
  }
  if (stopping_) co_return;

  const auto now = parts_.clock.uptime();
  const std::string_view name = read == nullptr ? kList : read->facts;
  if (!result) {
    const Error error = result.error();
    job.backs_off = error.code() == Errc::network || error.code() == Errc::timeout;
    schedule_.add(now + pause_after(name, error, every), std::move(job));
    co_return;
  }
  job.backs_off = false;
  const bool first = job.record && job.fresh;
  job.fresh = false;
  const auto next = first ? now + spread(every, hash_bytes(job.record->device.id)) : next_due(due, every, now);
  schedule_.add(next, std::move(job));
}

// A read that had failed and works again means that the vendor is back: the others need not wait
// until their own pauses are over.
void Account::succeeded(std::string_view read) {
  retry_.erase(read);
  if (!status_.succeeded(read)) return;
  schedule_.bring_forward(parts_.clock.uptime(), [](const Job& job) { return job.backs_off; });
  wake_->ring();
}

std::chrono::milliseconds Account::pause_after(std::string_view read, const Error& error, std::chrono::milliseconds every) {
  if (error.permanent) return kRefusedPause;
  switch (error.code()) {
    case Errc::network:
    case Errc::timeout: return retry_.try_emplace(read, 2s, 15min).first->second.failed(chance());
    case Errc::unauthorized: return kRefusedPause;
    case Errc::rate_limited: return error.retry_after.value_or(every);
    default: return every;
  }
}

std::chrono::milliseconds Account::period(const Read* read) const {
  const auto named = configuration_.every.find(read == nullptr ? "list" : std::string(read->facts));
  const bool own = named != configuration_.every.end();
  if (read == nullptr) return own ? named->second : configuration_.mapper->list_every;
  const std::chrono::milliseconds plain = own ? named->second : read->every;
  return std::chrono::milliseconds(static_cast<std::int64_t>(static_cast<double>(plain.count()) * stretch_));
}

// ---- The list -------------------------------------------------------------------------------

Task<void> Account::list(Vendor& vendor) {
  const Gate::Pass pass = co_await listing_.enter();
  const auto before = access_.requests;
  ListRun run(*this);
  registry_.begin_list();
  auto listed = co_await configuration_.mapper->list(vendor, run);
  if (!listed) {
    if (!stopping_) status_.failed(kList, listed.error());
    co_return listed;
  }
  succeeded(kList);
  fit_to_quota(access_.requests - before);
  finish_list(run.expected);
  co_return success();
}

void Account::take_listed(const Listed& listed) {
  auto [record, is_new, is_changed] = registry_.see(listed);
  if (record == nullptr || !is_changed) return;
  if (is_new) {
    record->announced_elsewhere = !parts_.may_announce(record->device);
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
  for (const auto& [kind, total] : expected) {
    if (registry_.listed(kind) == total) continue;
    parts_.log.say(Level::notice, name(), "the vendor counts " + std::to_string(total) + " devices but lists " +
                                              std::to_string(registry_.listed(kind)) + ": none is taken out");
    return;
  }
  for (const Record& record : registry_.end_complete_list(kListsToBelieve)) {
    parts_.log.say(Level::notice, name(), record->device.id + " is gone from the vendor's list: taken out");
    parts_.publisher.retract(face_, record->device.id, record->segment);
  }
  if (++lists_ == 1) commands_.devices_are_known();
  if (lists_ != kListsToBelieve) return;
  for (const auto& [device, topic] : face_.ledger.devices()) {
    if (registry_.find(device)) continue;
    parts_.log.say(Level::notice, name(), device + " was announced before and is gone: taken out");
    parts_.publisher.retract(face_, device, device_level(device));
  }
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

// ---- Reads ----------------------------------------------------------------------------------

Task<void> Account::read(Vendor& vendor, Record record, std::size_t index) {
  const Read& read = *record->kind->reads[index];
  if (read.durable && !clock_is_right()) co_return success();

  auto brought = co_await read.read(vendor, record->device);
  if (!brought) {
    if (!stopping_) read_failed(record, index, brought.error());
    co_return brought.error();
  }
  succeeded(read.facts);
  record->failures[index] = 0;
  const bool was_in_trouble = !std::exchange(record->read_trouble, {}).empty();
  const bool differs = DeviceRegistry::merge(*record, read.facts, brought->own());
  if (read.durable ? differs || !brought->events().empty() : !brought->events().empty()) {
    keep(*record, read, *brought);
  }
  if (differs || was_in_trouble) changed(record);
  for (const auto& [id, facts] : brought->children()) {
    const Record child = registry_.find(id);
    if (child && DeviceRegistry::merge(*child, read.facts, facts)) changed(child);
  }
  co_return success();
}

void Account::keep(const DeviceRecord& record, const Read& read, const Facts& facts) {
  Commit step;
  if (read.durable) {
    step.facts.push_back({name(), record.device.id, std::string(read.facts), json_text(facts.own())});
  }
  for (const auto& [key, event] : facts.events()) {
    step.outbox.push_back({0, parts_.topics.event(name(), record.segment, key), json_text(event), {}});
  }
  parts_.store.commit(step);
  for (const OutboxMessage& message : step.outbox) parts_.deliver(message);
}

void Account::read_failed(const Record& record, std::size_t index, const Error& error) {
  const Read& read = *record->kind->reads[index];
  if (error.permanent) {
    if (switched_off_.insert(read.facts).second) {
      parts_.log.say(Level::warning, name(), "\"" + std::string(read.facts) + "\" is switched off, these credentials may not read it: " + error.message());
    }
    return;
  }
  switch (error.code()) {
    case Errc::network:
    case Errc::timeout:
    case Errc::unauthorized:
    case Errc::rate_limited: status_.failed(read.facts, error); break;
    default:
      if (last_trouble_ != error.message()) parts_.log.say(Level::warning, name(), error.message());
      last_trouble_ = error.message();
  }
  const bool is_gone = error.code() == Errc::not_found;
  const bool about_device = error.code() != Errc::unauthorized && error.code() != Errc::rate_limited;
  if (about_device && (++record->failures[index] >= kReadsToBelieve || is_gone)) {
    record->read_trouble = is_gone ? "not_found" : "read_failed";
    changed(record);
  }
}

Task<void> Account::refresh(Vendor& vendor, Record record, std::string read) {
  Result<void> result = success();
  if (read == "list") {
    result = co_await list(vendor);
  } else {
    const auto& reads = record->kind->reads;
    for (std::size_t index = 0; index < reads.size(); ++index) {
      if (reads[index]->facts == read) result = co_await this->read(vendor, record, index);
    }
  }
  if (!record->gone) parts_.publisher.say(face_, record, kSayState, true);
  co_return result;
}

// ---- What changed, and what is old ----------------------------------------------------------

void Account::changed(const Record& record) {
  std::uint8_t what = kSayState;
  const std::string_view reason = reachability(*record, parts_.clock.now());
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
    const Instant now = parts_.clock.now();
    for (const Record& record : registry_.all()) {
      if (reachability(*record, now) != record->reason) changed(record);
    }
    face_.ledger.flush();
    save_quota();
  }
  --running_;
}

bool Account::clock_is_right() {
  if (parts_.clock.now() >= kBuildDate) return true;
  status_.hindered("clock_wrong", "the clock is before this program's making: nothing is counted until it is right");
  return false;
}

void Account::save_quota() {
  const auto uptime = parts_.clock.uptime();
  const Instant now = parts_.clock.now();
  std::vector<Instant> moments;
  for (const auto moment : access_.budget.ledger(uptime)) moments.push_back(now - (uptime - moment));
  if (moments.empty() && saved_quota_ == 0) return;
  saved_quota_ = moments.size();
  parts_.store.save_requests(name(), moments);
}

}  // namespace bridge
