// Commands on their way to their account, and what must reach the broker.

#include "core/characters.hpp"
#include "runtime/bridge.hpp"

namespace bridge {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t kLongestLevel = 60;
constexpr auto kDeliveriesKept = 5min;  // far longer than the broker keeps our session

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

void Bridge::take_command(const Address& address, const Arrival& arrival, Instant arrived, bool was_started) {
  // The account that is about to stop would not get to it; its successor takes it from the journal.
  if (changing_.contains(address.account) && arrival.journal != 0) return;
  if (Account* owner = account(address.account)) {
    return owner->commands().take(address, arrival, arrived, was_started);
  }
  answer(command_parts(), address, arrival, "no such account: " + address.account);
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

void Bridge::replay_journal(const std::set<std::string>& accounts) {
  for (const JournalEntry& entry : ports_.store.journal()) {
    const auto address = topics_.parse_command(entry.topic);
    const Address where = address.value_or(Address{"bridge", "journal", entry.topic});
    if (!accounts.empty() && !accounts.contains(where.account)) continue;
    Arrival arrival;
    arrival.topic = entry.topic;
    arrival.payload = entry.payload;
    arrival.response_topic = entry.response_topic;
    arrival.correlation_data = entry.correlation_data;
    arrival.expires_in = entry.expires_in;
    arrival.journal = entry.id;
    came_before(arrival);
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

}  // namespace bridge
