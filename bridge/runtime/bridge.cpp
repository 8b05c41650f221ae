#include "runtime/bridge.hpp"

#include <algorithm>
#include <random>

#include "runtime/spawn.hpp"

namespace bridge {
namespace {

using namespace std::chrono_literals;

constexpr auto kCommandGrace = 4s;
constexpr auto kStopWithin = 4900ms;     // all of it: the service manager is told five seconds
constexpr auto kFarewellWithin = 1800ms;  // where that much is left
constexpr std::size_t kLargestKept = 65536;

// Several Home Assistants, or bridges, that start together do not burst together.
std::chrono::milliseconds greeting_delay() {
  std::random_device source;
  return std::chrono::milliseconds(1000 + source() % 9000);
}

// Tells one running program from another.
std::string random_instance() {
  std::random_device source;
  std::string digits;
  for (int count = 0; count < 16; ++count) digits += "0123456789abcdef"[source() % 16];
  return digits;
}

}  // namespace

Bridge::Bridge(Configuration configuration, Ports ports)
    : configuration_(std::move(configuration)),
      ports_(std::move(ports)),
      instance_(random_instance()),
      topics_(configuration_.mqtt.base_topic, configuration_.homeassistant.prefix),
      publisher_(ports_.link, ports_.log),
      own_devices_(topics_, publisher_, ports_.store, ports_.log),
      leftovers_({topics_, publisher_, ports_.store, ports_.log,
                  [this](const Announced& row) { return owner(row); }}),
      reloading_(ports_.clock),
      health_wake_(ports_.clock.make_alarm()),
      greeting_(ports_.clock.make_alarm()),
      started_(ports_.clock.uptime()) {
  for (const AccountConfiguration& account : configuration_.accounts) {
    accounts_.push_back(make_account(account));
  }
}

std::unique_ptr<Account> Bridge::make_account(AccountConfiguration configuration) {
  const auto settle_one = [this](const std::string& announcement, const std::string& device) {
    return settle(announcement, device);
  };
  const AccountParts parts{ports_.loop,   topics_,      configuration_,
                           publisher_,    ports_.store, ports_.clock,
                           ports_.log,    ports_.clients,
                           [this](const OutboxMessage& message) { deliver(message); },
                           settle_one,    [this] { leftovers_.take_back(); }};
  return std::make_unique<Account>(std::move(configuration), parts);
}

Publication Bridge::farewell(const Configuration& configuration) {
  const Topics topics(configuration.mqtt.base_topic, configuration.homeassistant.prefix);
  return {topics.bridge_availability(), "offline", 1, Retain::yes, false, {}};
}

void Bridge::start() {
  if (const std::string trouble = ports_.store.trouble(); !trouble.empty()) {
    ports_.log.say(Level::error, "store", trouble);
  }
  std::vector<std::string> filters{topics_.commands(), topics_.bridge_requests(), topics_.keyless_commands()};
  if (configuration_.homeassistant.discovery) filters.push_back(configuration_.homeassistant.status_topic);
  ports_.link.start(*this, std::move(filters), {topics_.bridge_availability(), topics_.bridge_info()});
  replay_journal();
  collect_leftovers();
  for (const auto& account : accounts_) account->start();
  running_ = 2;
  spawn(ports_.loop, say_health());
  spawn(ports_.loop, greet_home_assistant());
}

boost::asio::awaitable<void> Bridge::stop() {
  stopping_ = true;
  ports_.tell_service("STOPPING=1");
  health_wake_->ring();
  greeting_->ring();
  for (const auto& account : accounts_) account->stop(kCommandGrace);

  const auto begin = ports_.clock.uptime();
  const auto took = [&] { return ports_.clock.uptime() - begin; };
  while (!has_ended() && took() < kCommandGrace) co_await ports_.clock.wait(10ms);
  for (const auto& account : accounts_) account->break_off_commands();
  while (!has_ended() && took() < kCommandGrace + 200ms) co_await ports_.clock.wait(10ms);
  const auto left = std::chrono::milliseconds(kStopWithin) - took();
  const auto limit = std::min<std::chrono::milliseconds>(kFarewellWithin, left);
  co_await ports_.link.stop(farewell(configuration_), limit);
}

bool Bridge::has_ended() const {
  const auto account_ended = [](const auto& account) { return account->has_ended(); };
  return running_ == 0 && std::all_of(accounts_.begin(), accounts_.end(), account_ended);
}

// ---- The link -------------------------------------------------------------------------------

void Bridge::connected(const LinkFacts& facts) {
  facts_ = facts;
  last_reason_.clear();
  redeliveries_.connected(ports_.clock.uptime());
  ports_.tell_service("STATUS=connected to the broker");
  publisher_.forget();
  on_the_way_.clear();
  own_devices_.announce(configuration_);
  for (const auto& account : accounts_) account->republish(kSayAll);
  leftovers_.begin_anew();
  leftovers_.take_back();
  say_info();
  publisher_.send({topics_.bridge_health(), health(), 0, Retain::yes, true, {}});
  for (const OutboxMessage& message : ports_.store.outbox()) deliver(message);
  publisher_.send({topics_.bridge_availability(), "online", 1, Retain::yes, false, {}});
}

void Bridge::disconnected(const std::string& reason) {
  redeliveries_.lost(ports_.clock.uptime());
  if (reason == last_reason_) return;
  last_reason_ = reason;
  ports_.tell_service("STATUS=no broker: " + reason);
}

// On the network thread: commands are durable before the broker hears that they arrived.
std::int64_t Bridge::keep(const Arrival& arrival) {
  // What is larger is refused anyway, and need not wear the card.
  if (arrival.payload.size() > kLargestKept) return 0;
  if (arrival.retained || !topics_.parse_command(arrival.topic)) return 0;
  return ports_.store.accept(arrival, ports_.clock.now());
}

void Bridge::arrived(Arrival arrival) {
  heard_ = std::max(heard_, arrival.journal);
  if (stopping_) return;  // a command is in the journal: the next start answers it
  if (const auto address = topics_.parse_command(arrival.topic)) {
    if (arrival.retained && arrival.payload.empty()) return;  // somebody takes a retained one away
    if (came_before(arrival)) return;
    return take_command(*address, arrival, 0ms, false);
  }
  if (const auto address = topics_.parse_keyless_command(arrival.topic)) {
    return miss_key(*address, arrival);
  }
  if (const auto action = topics_.parse_request(arrival.topic)) {
    return take_request(*action, arrival);
  }
  if (arrival.topic == topics_.bridge_availability() || arrival.topic == topics_.bridge_info()) {
    return notice_twin(arrival);
  }
  const bool is_birth = arrival.topic == configuration_.homeassistant.status_topic &&
                        arrival.payload == configuration_.homeassistant.online_payload;
  // A retained birth was said before this connection, which repeats everything anyway.
  if (!is_birth || arrival.retained) return;
  if (!std::exchange(greeting_pending_, true)) greeting_->ring();
}

// ---- Home Assistant and the bridge itself ---------------------------------------------------

boost::asio::awaitable<void> Bridge::greet_home_assistant() {
  while (!stopping_) {
    if (!greeting_pending_) {
      co_await greeting_->wait(1h);
      continue;
    }
    co_await greeting_->wait(greeting_delay());  // births meanwhile are one
    greeting_pending_ = false;
    if (stopping_) break;
    ports_.log.say(Level::info, "mqtt", "Home Assistant started: everything is announced again");
    own_devices_.announce(configuration_);
    for (const auto& account : accounts_) account->republish(kSayAll);
    publisher_.send({topics_.bridge_availability(), "online", 1, Retain::yes, false, {}});
  }
  --running_;
}

// Of the accounts that see a device, the first in the file announces it.
bool Bridge::settle(const std::string& announcement, const std::string& device) {
  bool is_announced = false;
  for (const auto& account : accounts_) {
    if (account->announcement(device) != announcement) continue;
    if (is_announced) {
      account->leave_to_another(device);
    } else if (account->claims(device)) {
      is_announced = true;
      account->announce(device);
    }
  }
  return is_announced;
}

Leftovers::Owner Bridge::owner(const Announced& row) const {
  if (!configuration_.homeassistant.discovery) return Leftovers::Owner::nobody;
  bool is_open = false;
  for (const auto& account : accounts_) {
    if (account->announcement(row.device) != row.topic) continue;
    if (account->devices().find(row.device) != nullptr) return Leftovers::Owner::somebody;
    is_open |= !account->knows_its_devices();
  }
  return is_open ? Leftovers::Owner::open : Leftovers::Owner::nobody;
}

void Bridge::collect_leftovers() {
  std::set<std::string> names;
  for (const auto& account : accounts_) names.insert(account->name());
  leftovers_.collect(names);
}

}  // namespace bridge
