#include "runtime/bridge.hpp"

#include <algorithm>
#include <boost/json/parse.hpp>
#include <random>

#include "bridge/timestamp.hpp"
#include "core/json_text.hpp"
#include "runtime/spawn.hpp"

namespace bridge {
namespace {

using namespace std::chrono_literals;

constexpr auto kHealthEvery = 60s;
constexpr auto kCommandGrace = 4s;
constexpr auto kDeliveriesKept = 5min;  // far longer than the broker keeps our session
constexpr std::size_t kLargestKept = 65536;

// Several Home Assistants, or bridges, that start together do not burst together.
std::chrono::milliseconds greeting_delay() {
  std::random_device source;
  return std::chrono::milliseconds(1000 + source() % 9000);
}

// Reports of meters that cover what another one covered too; their histories count them.
std::int64_t overlaps(const DeviceRegistry& devices) {
  double all = 0;
  for (const Record& record : devices.all()) {
    for (const Read* read : record->kind->reads) {
      all += number_at(record->device.facts, '/' + std::string(read->facts) + "/overlaps").value_or(0);
    }
  }
  return static_cast<std::int64_t>(all);
}

}  // namespace

Bridge::Bridge(const Configuration& configuration, Ports ports)
    : configuration_(configuration),
      ports_(std::move(ports)),
      topics_(configuration.mqtt.base_topic, configuration.homeassistant.prefix),
      publisher_(ports_.link, ports_.log),
      own_devices_(topics_, publisher_, ports_.store, ports_.log),
      log_level_(configuration.log_level),
      leftovers_({topics_, publisher_, ports_.store, ports_.log,
                  [this](const Announced& row) { return owner(row); }}),
      health_wake_(ports_.clock.make_alarm()),
      greeting_(ports_.clock.make_alarm()),
      started_(ports_.clock.uptime()) {
  for (const AccountConfiguration& account : configuration.accounts) {
    const AccountParts parts{ports_.loop, topics_, configuration_, publisher_, ports_.store, ports_.clock,
                             ports_.log, ports_.clients,
                             [this](const OutboxMessage& message) { deliver(message); },
                             [this](const std::string& announcement, const std::string& device) {
                               return settle(announcement, device);
                             },
                             [this] { leftovers_.take_back(); }};
    accounts_.push_back(std::make_unique<Account>(account, parts));
  }
}

Publication Bridge::farewell(const Configuration& configuration) {
  const Topics topics(configuration.mqtt.base_topic, configuration.homeassistant.prefix);
  return {topics.bridge_availability(), "offline", 1, Retain::yes, false, {}};
}

void Bridge::start() {
  if (const std::string trouble = ports_.store.trouble(); !trouble.empty()) {
    ports_.log.say(Level::error, "store", trouble);
  }
  std::vector<std::string> filters{topics_.commands(), topics_.bridge_requests()};
  if (configuration_.homeassistant.discovery) filters.push_back(configuration_.homeassistant.status_topic);
  ports_.link.start(*this, std::move(filters));
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

  const auto latest = ports_.clock.uptime() + kCommandGrace;
  while (!has_ended() && ports_.clock.uptime() < latest) co_await ports_.clock.wait(10ms);
  for (const auto& account : accounts_) account->break_off_commands();
  while (!has_ended() && ports_.clock.uptime() < latest + 500ms) co_await ports_.clock.wait(10ms);
  co_await ports_.link.stop(farewell(configuration_));
}

bool Bridge::has_ended() const {
  const auto account_ended = [](const auto& account) { return account->has_ended(); };
  return running_ == 0 && std::all_of(accounts_.begin(), accounts_.end(), account_ended);
}

// ---- The link -------------------------------------------------------------------------------

void Bridge::connected(const LinkFacts& facts) {
  facts_ = facts;
  last_reason_.clear();
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
  if (stopping_) return;  // a command is in the journal: the next start answers it
  if (const auto address = topics_.parse_command(arrival.topic)) {
    if (arrival.retained && arrival.payload.empty()) return;  // somebody takes a retained one away
    if (came_before(arrival)) return;
    return take_command(*address, arrival, ports_.clock.now(), false);
  }
  if (const auto action = topics_.parse_request(arrival.topic)) {
    if (!arrival.retained) take_request(*action, arrival.payload);
    return;
  }
  const bool is_birth = arrival.topic == configuration_.homeassistant.status_topic &&
                        arrival.payload == configuration_.homeassistant.online_payload;
  // A retained birth was said before this connection, which repeats everything anyway.
  if (!is_birth || arrival.retained) return;
  if (!std::exchange(greeting_pending_, true)) greeting_->ring();
}

// ---- Commands -------------------------------------------------------------------------------

Account* Bridge::account(std::string_view name) {
  for (const auto& account : accounts_) {
    if (account->name() == name) return account.get();
  }
  return nullptr;
}

CommandParts Bridge::command_parts() {
  return {ports_.loop, topics_, ports_.store, ports_.clock, ports_.log, configuration_.secrets,
          [this](const OutboxMessage& message) { deliver(message); }, {}, {}};
}

void Bridge::take_command(const Address& address, const Arrival& arrival, Instant arrived, bool was_started) {
  if (Account* owner = account(address.account)) {
    return owner->commands().take(address, arrival, arrived, was_started);
  }
  answer(command_parts(), address, arrival, "no such account: " + address.account);
}

// The broker sends again what it has no acknowledgement for, though we may have it: the connection,
// or the process, ended in between. One delivery is one command.
bool Bridge::came_before(const Arrival& arrival) {
  const auto now = ports_.clock.uptime();
  std::erase_if(deliveries_, [&](const auto& each) { return now - each.second.first > kDeliveriesKept; });
  const std::uint64_t hash = hash_bytes(arrival.payload, hash_bytes(arrival.correlation_data) + 1);
  const auto latest = deliveries_.find(arrival.topic);
  if (arrival.duplicate && latest != deliveries_.end() && latest->second.second == hash) {
    Commit step;
    if (arrival.journal != 0) step.finished_command = arrival.journal;
    ports_.store.commit(step);
    return true;
  }
  deliveries_[arrival.topic] = {now, hash};
  return false;
}

void Bridge::replay_journal() {
  for (const JournalEntry& entry : ports_.store.journal()) {
    Arrival arrival;
    arrival.topic = entry.topic;
    arrival.payload = entry.payload;
    arrival.response_topic = entry.response_topic;
    arrival.correlation_data = entry.correlation_data;
    arrival.expires_in = entry.expires_in;
    arrival.journal = entry.id;
    came_before(arrival);
    const auto address = topics_.parse_command(entry.topic);
    const Address where = address.value_or(Address{"bridge", "journal", entry.topic});
    take_command(where, arrival, entry.arrived, entry.stage == JournalEntry::Stage::started);
  }
}

void Bridge::deliver(const OutboxMessage& message) {
  if (message.id == 0) {  // the store could not keep it
    return publisher_.send({message.topic, message.payload, 1, Retain::no, true, message.correlation_data});
  }
  if (!on_the_way_.insert(message.id).second) return;
  Publication publication{message.topic, message.payload, 1, Retain::no, true, message.correlation_data};
  publisher_.send(std::move(publication), [this, id = message.id](bool acknowledged) {
    on_the_way_.erase(id);
    if (acknowledged) ports_.store.delivered(id);
  });
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

void Bridge::take_request(const std::string& action, const std::string& payload) {
  boost::system::error_code error;
  const Json request = boost::json::parse(payload.empty() ? "{}" : payload, error);
  std::string trouble;
  if (error) {
    trouble = "the payload is not JSON";
  } else if (action == "poll") {
    const std::string name = text(request, "/account");
    if (!name.empty() && account(name) == nullptr) trouble = "no such account: " + name;
    for (const auto& each : accounts_) {
      if (name.empty() || each->name() == name) each->poll_now();
    }
  } else if (action == "log_level") {
    const std::string level = text(request, "/value");
    if (ports_.set_log_level(level)) {
      log_level_ = level;
      say_info();
    } else {
      trouble = "send {\"value\": \"error|warning|notice|info|debug\"}";
    }
  } else {
    trouble = "no such request: there are poll and log_level";
  }
  std::string response = "{\"id\":";
  append_json(response, at(request, "/id"));
  response += trouble.empty() ? ",\"status\":\"ok\",\"error\":null" : ",\"status\":\"error\",\"error\":";
  if (!trouble.empty()) append_json(response, trouble);
  publisher_.send({topics_.bridge_response(action), response + '}', 1, Retain::no, true, {}});
}

void Bridge::say_info() {
  boost::json::array accounts;
  for (const AccountConfiguration& account : configuration_.accounts) {
    accounts.push_back({{"name", account.name}, {"mapper", account.mapper->name}});
  }
  const Json info = {{"version", CLOUD2MQTT_VERSION},
                     {"mqtt_version", facts_.mqtt_version == 5 ? "5" : "3.1.1"},
                     {"log_level", log_level_},
                     {"base_topic", configuration_.mqtt.base_topic},
                     {"discovery", configuration_.homeassistant.discovery},
                     {"discovery_prefix", configuration_.homeassistant.prefix},
                     {"accounts", std::move(accounts)},
                     {"store", ports_.store.trouble().empty() ? "ok" : ports_.store.trouble()}};
  publisher_.send({topics_.bridge_info(), json_text(info), 1, Retain::yes, true, {}});
}

boost::asio::awaitable<void> Bridge::say_health() {
  while (!stopping_) {
    co_await health_wake_->wait(kHealthEvery);
    if (stopping_) break;
    if (ports_.link.is_connected()) publisher_.send({topics_.bridge_health(), health(), 0, Retain::yes, true, {}});
  }
  --running_;
}

std::string Bridge::health() const {
  boost::json::object accounts;
  for (const auto& account : accounts_) {
    const auto success = account->status().last_success();
    accounts[account->name()] = {{"reason", account->status().reason()},
                                 {"devices", account->devices().all().size()},
                                 {"left_out", account->devices().nameless()},
                                 {"overlaps", overlaps(account->devices())},
                                 {"last_success", success ? Json(boost::json::string(format_time(*success))) : Json()}};
  }
  const auto uptime = std::chrono::duration_cast<std::chrono::seconds>(ports_.clock.uptime() - started_);
  const Json health = {{"uptime", uptime.count()},
                       {"memory_kib", ports_.memory_kib()},
                       {"published", publisher_.published()},
                       {"waiting", publisher_.waiting()},
                       {"accounts", std::move(accounts)}};
  return json_text(health);
}

}  // namespace bridge
