// Commands on their way to their account, and what must reach the broker.

#include <algorithm>

#include "core/build_date.hpp"
#include "core/characters.hpp"
#include "runtime/bridge.hpp"

namespace bridge {
namespace {

constexpr std::size_t kLongestLevel = 60;
constexpr std::chrono::seconds kSetByTheWay(5);  // a clock that is right is set back no further

/// Whether it can be told how old what stands in the journal is: a machine without a clock of its
/// own begins in the past, and what is old looks young there.
bool tells_ages(Instant now, const std::vector<JournalEntry>& journal) {
  const auto is_ahead = [latest = now + kSetByTheWay](const JournalEntry& entry) {
    return entry.arrived > latest;
  };
  return now >= kBuildDate && std::none_of(journal.begin(), journal.end(), is_ahead);
}

std::uint64_t delivery_of(const Arrival& arrival) {
  std::uint64_t hash = hash_bytes(arrival.topic, arrival.retained ? 1 : 2);
  hash = hash_bytes(arrival.correlation_data, hash + 1);
  return hash_bytes(arrival.payload, hash + 1);
}

}  // namespace

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

void Bridge::take_command(const Address& address, const Arrival& arrival,
                          std::optional<std::chrono::milliseconds> age, bool was_started) {
  // The account that is about to stop would not get to it; its successor takes it from the journal.
  if (changing_.contains(address.account) && arrival.journal != 0) return;
  if (Account* owner = account(address.account)) {
    return owner->commands().take(address, arrival, age, was_started);
  }
  answer(command_parts(), address, arrival, "no such account: " + address.account, was_started);
}

// There is no outcome topic of a key that nobody named; the log is all that can answer.
void Bridge::miss_key(const Address& address, const Arrival& arrival) {
  if (arrival.payload.empty()) return;  // somebody takes a retained one away
  const std::string topic = topics_.command(address.account, address.device, "KEY");
  ports_.log.say(Level::warning, shortened(address.account, kLongestLevel),
                 shortened(address.device, kLongestLevel) + "/set names no key, nothing is done: publish to " +
                     shortened(topic, 3 * kLongestLevel) + " with the key of what to set in the place of KEY");
}

// The broker sends again what it has no acknowledgement for, though we may have it: the connection,
// or the process, ended in between. One delivery is one command.
bool Bridge::came_before(const Arrival& arrival) {
  const auto now = ports_.clock.uptime();
  if (!redeliveries_.came_before(delivery_of(arrival), arrival.duplicate, now)) return false;
  Commit step;
  if (arrival.journal != 0) step.finished_command = arrival.journal;
  ports_.store.commit(step);
  return true;
}

void Bridge::replay_journal(const std::set<std::string>& accounts) {
  const auto now = ports_.clock.now();
  const std::vector<JournalEntry> journal = ports_.store.journal();
  const bool has_ages = tells_ages(now, journal);
  if (!has_ages && !journal.empty()) {
    ports_.log.say(Level::warning, "commands",
                   "the clock is behind: how old the commands from before are cannot be told, "
                   "none of them is sent any more");
  }
  for (const JournalEntry& entry : journal) {
    const auto address = topics_.parse_command(entry.topic);
    const Address where = address.value_or(Address{"bridge", "journal", entry.topic});
    if (!accounts.empty() && !accounts.contains(where.account)) continue;
    if (accounts.empty()) heard_ = std::max(heard_, entry.id);
    if (entry.id > heard_) continue;  // the network thread kept it just now, and the link brings it
    Arrival arrival;
    arrival.topic = entry.topic;
    arrival.payload = entry.payload;
    arrival.response_topic = entry.response_topic;
    arrival.correlation_data = entry.correlation_data;
    arrival.expires_in = entry.expires_in;
    arrival.journal = entry.id;
    const auto age = std::max(std::chrono::milliseconds(0), now - entry.arrived);
    // After a reload they are known.
    if (accounts.empty()) redeliveries_.recall(delivery_of(arrival), age, ports_.clock.uptime());
    const bool was_started = entry.stage == JournalEntry::Stage::started;
    take_command(where, arrival, has_ages ? std::optional(age) : std::nullopt, was_started);
  }
}

void Bridge::deliver(const OutboxMessage& message) {
  if (message.id == 0) {  // the store could not keep it: only a broker that is there gets it
    return publisher_.send({message.topic, message.payload, 1, Retain::no, true, message.correlation_data});
  }
  if (!ports_.link.is_connected()) return;  // the next connection reads the outbox
  if (!on_the_way_.insert(message.id).second) return;
  Publication publication{message.topic, message.payload, 1, Retain::no, true, message.correlation_data};
  // A foreign topic may be one that cannot be sent to, and then counts as acknowledged, too.
  const bool is_ours = message.topic.starts_with(configuration_.mqtt.base_topic + '/');
  const std::uint64_t before = is_ours ? redeliveries_.latest() : 0;
  publisher_.send(std::move(publication), [this, id = message.id, before](bool acknowledged) {
    on_the_way_.erase(id);
    if (!acknowledged) return;
    redeliveries_.are_settled(before);
    ports_.store.delivered(id);
  });
}

}  // namespace bridge
