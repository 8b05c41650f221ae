#include "runtime/account.hpp"

#include <random>

#include "runtime/spawn.hpp"

namespace bridge {
namespace {

using namespace std::chrono_literals;

constexpr auto kRefusedPause = 1h;
constexpr std::chrono::milliseconds kSlowest = 15min;  // of a list that is refused, unless it is slower by itself
constexpr auto kShortestAgain = 30s;  // where facts name a moment and the read no shortest period
constexpr auto kLoginsEvery = 3s;

double chance() {
  static thread_local std::minstd_rand generator{std::random_device{}()};
  return std::uniform_real_distribution<double>(0, 1)(generator);
}

/// A vendor that says no says it again: each refusal of a list doubles the pause.
std::chrono::milliseconds pause_of_refusals(int refusals, std::chrono::milliseconds every) {
  auto pause = every;
  for (int doubled = 1; doubled < refusals && pause < kSlowest; ++doubled) pause *= 2;
  return std::max(every, std::min(pause, kSlowest));
}

CommandParts command_parts(const AccountParts& parts, decltype(CommandParts::send_before) send_before,
                           decltype(CommandParts::refresh) refresh,
                           decltype(CommandParts::write_refused) write_refused,
                           decltype(CommandParts::polls_have_room) polls_have_room) {
  return {parts.loop, parts.topics, parts.store, parts.clock, parts.log, parts.configuration.secrets,
          parts.deliver, std::move(send_before), std::move(refresh), std::move(write_refused),
          std::move(polls_have_room)};
}

}  // namespace

Account::Account(AccountConfiguration configuration, const AccountParts& parts)
    : configuration_(std::move(configuration)),
      parts_(parts),
      kinds_(resolve(mapper(), configuration_.settings, configuration_.stale_after)),
      registry_(kinds_),
      periods_(configuration_, kinds_),
      kept_(configuration_, kinds_, periods_, parts.store, parts.clock),
      troubles_(parts.log, name()),
      face_{Announcer{&parts.topics, &mapper(), name(), CLOUD2MQTT_VERSION},
            DiscoveryLedger(parts.store, name()), parts.configuration.homeassistant.discovery},
      status_(parts.topics, name(), parts.publisher, parts.clock, parts.log),
      access_(configuration_, parts.configuration.secrets, parts.clock, parts.store, parts.log),
      polls_(access_, parts.clients, Purpose::poll, parts.loop),
      orders_(access_, parts.clients, Purpose::command, parts.loop),
      commands_(configuration_,
                command_parts(parts, [this](auto uptime) { orders_.send_before(uptime); },
                              [this](Vendor& vendor, Record record, std::string read) {
                  return refresh(vendor, std::move(record), std::move(read));
                              },
                              [this] { write_refused(); },
                              [this] { return access_.budget.wait(Purpose::poll, parts_.clock.uptime()) <= 0ms; }),
                registry_, orders_),
      wake_(parts.clock.make_alarm()),
      ages_wake_(parts.clock.make_alarm()),
      logins_wake_(parts.clock.make_alarm()) {
  if (was_write_refused()) switch_controls_off();
}

Account::~Account() { parts_.publisher.drop(face_); }

void Account::start() {
  status_.set_periods(periods_.document());
  face_.ledger.published(parts_.topics.account_availability(name()), {});
  Job list;
  const auto due = recall_list();
  if (due) list.succeeded = *due - periods_.of(nullptr);
  schedule_.add(due.value_or(parts_.clock.uptime()), std::move(list));
  running_ = 2;
  spawn(parts_.loop, poll());
  spawn(parts_.loop, watch_ages());
  if (takes_logins(configuration_)) {
    ++running_;
    spawn(parts_.loop, watch_logins());
  }
  commands_.start();
}

void Account::stop(std::chrono::milliseconds grace) {
  stopping_ = true;
  polls_.close();
  wake_->ring();
  ages_wake_->ring();
  logins_wake_->ring();
  orders_.shorten_deadline(parts_.clock.uptime() + grace);
  commands_.stop();
  save();
}

void Account::save() {
  access_.ledger.settle();
  face_.ledger.flush();
}

void Account::break_off_commands() { orders_.close(); }

void Account::poll_now() {
  switched_off_.clear();
  access_.refused_until = {};
  access_.credentials.ask_again();
  const auto now = parts_.clock.uptime();
  schedule_.bring_forward([&](const Job& job) {
    if (!job.succeeded) return now;
    const Read* read = job.record ? job.record->kind->reads[job.read] : nullptr;
    return std::max(now, *job.succeeded + polite(configuration_, read ? read->shortest : mapper().list_shortest));
  });
  wake_->ring();
}

void Account::republish(std::uint8_t what) {
  say_status();
  status_.republish();
  for (const std::string& device : std::set<std::string>(leaving_)) retract(device);
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
      say_status();
      co_await wake_->wait(due - now);
      continue;
    }
    Job job = schedule_.take();
    if (job.record == nullptr || !job.record->gone) co_await run(std::move(job), due);
  }
  --running_;
}

// Another process, "cloud2mqtt login", puts a person's sign-in into the store.
boost::asio::awaitable<void> Account::watch_logins() {
  while (!stopping_) {
    co_await logins_wake_->wait(kLoginsEvery);
    if (stopping_ || !access_.credentials.login_arrived()) continue;
    access_.spend(Purpose::command);  // its own request counts with the vendor
    parts_.log.say(Level::notice, name(), "somebody has signed in: going on with that");
    kept_.forget_list();
    poll_now();
  }
  --running_;
}

boost::asio::awaitable<void> Account::run(Job job, std::chrono::milliseconds due) {
  const Read* read = job.record ? job.record->kind->reads[job.read] : nullptr;
  const auto every = periods_.of(read);
  if (read != nullptr && switched_off_.contains(read->facts)) {
    schedule_.add(parts_.clock.uptime() + every, std::move(job));
    co_return;
  }
  const bool is_spare = read != nullptr && read->spare;
  const auto pause = access_.budget.wait(Purpose::spare, parts_.clock.uptime());
  if (is_spare && pause > 0ms) {  // the other reads must not wait behind it
    schedule_.add(parts_.clock.uptime() + pause, std::move(job));
    co_return;
  }
  const auto begun = parts_.clock.uptime();
  polls_.ask_for(is_spare ? Purpose::spare : Purpose::poll);
  say_when_out_of_quota(read);
  is_polling_ = true;
  std::optional<Instant> again;
  std::optional<Error> error;
  if (read == nullptr) {
    const auto listed = co_await list(polls_);
    if (!listed) error = listed.error();
  } else {
    const auto brought = co_await this->read(polls_, job.record, job.read);
    if (brought) again = *brought;
    if (!brought) error = brought.error();
  }
  is_polling_ = false;
  if (stopping_) co_return;
  if (read != nullptr && !read->spare && job.fresh && !std::exchange(job.tried, true)) tried(job.record);
  job.succeeded = error ? std::nullopt : std::optional(begun);
  const auto next = error ? parts_.clock.uptime() + pause_after(job, *error, every) : next_of(job, due, again);
  schedule_.add(next, std::move(job));
  say_status();
}

std::chrono::milliseconds Account::next_of(Job& job, std::chrono::milliseconds due,
                                           std::optional<Instant> again) const {
  const Read* read = job.record ? job.record->kind->reads[job.read] : nullptr;
  const auto every = periods_.of(read);
  const auto now = parts_.clock.uptime();
  const bool first = job.record && std::exchange(job.fresh, false);
  job.backs_off = false;
  job.refusals = 0;
  job.retry.succeeded();
  if (again && !periods_.is_fixed(read)) {
    const auto shortest = polite(configuration_, read->shortest > 0s ? read->shortest : kShortestAgain);
    const auto wait = wait_until(*again, parts_.clock.now(), every, shortest);
    if (wait) return now + *wait;
  }
  return first ? now + spread(every, hash_bytes(job.record->device.id)) : next_due(due, every, now);
}

// The vendor was away and is back: the others need not wait until their own pauses are over.
void Account::succeeded(std::string_view read, const Vendor& vendor) {
  status_.set_token_expires(token_expires());
  if (is_shut_out()) return;  // it was asked before the refusal
  if (!status_.succeeded(read, is_of_commands(vendor) ? Purpose::command : Purpose::poll)) return;
  schedule_.bring_forward(parts_.clock.uptime(), [](const Job& job) { return job.backs_off; });
  wake_->ring();
}

bool Account::is_of_commands(const Vendor& vendor) const {
  return &vendor == static_cast<const Vendor*>(&orders_);
}

std::uint64_t Account::requests_of(const Vendor& lane) const {
  return (is_of_commands(lane) ? orders_ : polls_).sent();
}

std::chrono::milliseconds Account::pause_after(Job& job, const Error& error, std::chrono::milliseconds every) const {
  job.backs_off = error.code() == Errc::network || error.code() == Errc::timeout || error.code() == Errc::unauthorized;
  const bool is_refusal = error.code() == Errc::refused || error.code() == Errc::not_found;
  job.refusals = is_refusal ? job.refusals + 1 : 0;
  if (error.permanent) return kRefusedPause;
  if (is_refusal && job.record == nullptr) return pause_of_refusals(job.refusals, every);
  switch (error.code()) {
    case Errc::network:
    case Errc::timeout: return job.retry.failed(chance());
    case Errc::unauthorized: return kRefusedPause;
    case Errc::rate_limited: return error.retry_after.value_or(every);
    default: return every;
  }
}

}  // namespace bridge
