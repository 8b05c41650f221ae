#include "runtime/command_answer.hpp"

#include <algorithm>

#include "core/characters.hpp"
#include "core/json_text.hpp"

namespace bridge {
namespace {

using namespace std::chrono_literals;

constexpr auto kLife = 60s;  // of a command that names no ttl
constexpr std::size_t kLongestValue = 40;
constexpr std::size_t kLongestId = 40;

}  // namespace

Outcome plain(Outcome::Word word, const std::string& message, Instant now) {
  Outcome outcome;
  outcome.word = word;
  outcome.message = message;
  outcome.time = now;
  return outcome;
}

void conclude(const CommandParts& parts, const Command& command, const std::string& document,
              const std::optional<std::string>& remember_as) {
  Commit step;
  if (command.journal != 0) step.finished_command = command.journal;
  step.outbox.push_back({0, parts.topics.outcome(command.address.account, command.address.device), document, {}});
  if (!command.response_topic.empty()) {
    step.outbox.push_back({0, command.response_topic, document, command.correlation_data});
  }
  if (remember_as) {
    step.outcome = {*remember_as, StoredOutcome{command.payload, document, parts.clock.now()}};
  }
  parts.store.commit(step);
  for (const OutboxMessage& message : step.outbox) parts.deliver(message);
}

std::string in_short(const Command& command) {
  const Json& value = command.value;
  std::string what = command.address.device + ": " + command.address.key;
  if (value.is_null()) return what;
  const std::string sent = value.is_string() ? text(value, "") : json_text(value);
  return what + ' ' + shortened(sent, kLongestValue);
}

void log_outcome(const CommandParts& parts, const Command& command, const Outcome& outcome) {
  if (outcome.word == Outcome::Word::failed) return;
  const std::string why = outcome.message.empty() ? "" : ": " + outcome.message;
  const std::string id = outcome.id ? " (id " + shortened(*outcome.id, kLongestId) + ')' : "";
  parts.log.say(Level::info, command.address.account,
                in_short(command) + ' ' + std::string(word(outcome.word)) + id + why);
}

Command command_from(const Address& address, const Arrival& arrival) {
  Command command;
  command.journal = arrival.journal;
  command.address = address;
  command.payload = arrival.payload;
  command.response_topic = sendable_topic(arrival.response_topic);
  command.correlation_data = arrival.correlation_data;
  return command;
}

std::chrono::milliseconds life_of(const Arrival& arrival, std::optional<std::chrono::seconds> ttl) {
  const std::chrono::seconds wish = ttl.value_or(kLife);
  return std::min(wish, arrival.expires_in.value_or(wish));
}

void answer(const CommandParts& parts, const Address& address, const Arrival& arrival,
            const std::string& message, bool was_started) {
  const Command command = command_from(address, arrival);
  const auto word_of_it = was_started ? Outcome::Word::unknown : Outcome::Word::rejected;
  Outcome outcome = plain(word_of_it, message, parts.clock.now());
  outcome.device = address.device;
  outcome.key = address.key;
  outcome.id = payload_id(arrival.payload);
  if (!was_started) outcome.reason = word(Errc::invalid_argument);
  log_outcome(parts, command, outcome);
  conclude(parts, command, outcome_document(outcome), std::nullopt);
}

}  // namespace bridge
