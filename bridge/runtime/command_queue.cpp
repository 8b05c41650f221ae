#include "runtime/command_queue.hpp"

#include <algorithm>

#include "core/similar_word.hpp"
#include "runtime/command_answer.hpp"
#include "runtime/spawn.hpp"

namespace bridge {
namespace {

using namespace std::chrono_literals;

constexpr auto kResolving = 2min;  // for a vendor that does not answer after a restart
constexpr auto kRemembered = 1h;   // an id is known for so long

std::string command_keys(const DeviceRecord& record) {
  std::string keys;
  for (const ResolvedRow& row : record.kind->rows) {
    if (row.entity->is_command()) keys += (keys.empty() ? "" : ", ") + std::string(row.entity->key);
  }
  return keys;
}

std::string no_such_device(const std::string& level, const DeviceRegistry& registry) {
  std::vector<std::string> known;
  for (const Record& record : registry.all()) known.push_back(record->segment);
  const std::string similar = similar_word(level, known);
  return "no such device: " + level + (similar.empty() ? "" : ", did you mean " + similar + '?');
}

}  // namespace

CommandQueue::CommandQueue(const AccountConfiguration& account, CommandParts parts,
                           DeviceRegistry& registry, Vendor& vendor)
    : account_(account),
      parts_(std::move(parts)),
      registry_(registry),
      vendor_(vendor),
      wake_(parts_.clock.make_alarm()),
      spacing_(account.command_spacing.value_or(is_loopback(account.base_url) ? 0ms : account.mapper->command_spacing)),
      begun_(parts_.clock.uptime()) {}

void CommandQueue::start() {
  ++running_;
  spawn(parts_.loop, work());
}

void CommandQueue::stop() {
  stopping_ = true;
  wake_->ring();
  for (const auto& [key, command] : confirming_) command->alarm->ring();
}

// ---- From a delivery to the queue -----------------------------------------------------------

void CommandQueue::take(const Address& address, const Arrival& arrival,
                        std::optional<std::chrono::milliseconds> age, bool was_started) {
  auto command = std::make_shared<Command>(command_from(address, arrival));
  command->was_started = was_started;
  command->resolve_until = parts_.clock.uptime() + kResolving;
  command->alarm = parts_.clock.make_alarm();
  if (arrival.retained) {
    command->id = payload_id(arrival.payload);
    return refuse(command, "a retained command is refused, it would run again at every connection: publish it without retain");
  }
  auto payload = parse_payload(arrival.payload);
  if (!payload) {
    command->id = payload_id(arrival.payload);
    return refuse(command, payload.error().message());
  }
  command->id = payload->id;
  command->value = std::move(payload->value);
  const auto left = age ? life_of(arrival, payload->ttl) - *age : 0ms;
  command->expires = parts_.clock.now() + left;
  command->ends = parts_.clock.uptime() + left;
  if (arrival.journal == 0) return not_kept(command);
  if (is_repetition(command)) return;
  if (command->id) open_[remembered_key(*command)] = command;
  admit(command);
}

bool CommandQueue::is_repetition(const Shared& command) {
  if (!command->id) return false;
  const std::string key = remembered_key(*command);
  const auto open = open_.find(key);
  const auto stored = open == open_.end() ? remembered(key) : std::nullopt;
  if (open == open_.end() && !stored) return false;

  const std::string& before = stored ? stored->payload : open->second->payload;
  if (before != command->payload) {
    refuse(command, "this id was used for another command within the hour: use a new one");
  } else if (stored) {
    conclude(parts_, *command, as_duplicate(stored->outcome), std::nullopt);
  } else {
    repetitions_.emplace(key, command);
  }
  return true;
}

// The wall clock may be set meanwhile: it counts only for what was answered before this process.
std::optional<StoredOutcome> CommandQueue::remembered(const std::string& key) {
  const auto now = parts_.clock.uptime();
  std::erase_if(answered_, [&](const auto& each) { return now - each.second >= kRemembered; });
  if (answered_.contains(key)) return parts_.store.outcome(key, Instant{});
  if (now - begun_ >= kRemembered) return std::nullopt;
  return parts_.store.outcome(key, parts_.clock.now() - kRemembered);
}

void CommandQueue::admit(const Shared& command) {
  command->record = registry_.find_segment(command->address.device);
  if (command->record == nullptr) {
    if (known_ && command->was_started) return unknown(command);
    if (known_) return reject(command, no_such_device(command->address.device, registry_));
    early_.push_back(command);
    return wake_->ring();
  }
  const ResolvedRow* row = command->record->kind->find(command->address.key);
  if (row == nullptr || !row->entity->is_command()) {
    if (command->was_started) return unknown(command);
    if (gave_way(*command)) return reject(command, refusal_);
    if (row != nullptr && !row->entity->when.word.empty()) {  // a control that may be opened
      const auto closed = command_argument(*row->entity, command->value, command->record->device);
      return reject(command, closed.error().message());
    }
    const std::string keys = command_keys(*command->record);
    return reject(command, keys.empty() ? "this device takes no commands" : "no such command: this device has " + keys);
  }
  command->row = row->entity;
  auto argument = command_argument(*row->entity, command->value, command->record->device);
  if (!argument && command->was_started) return unknown(command);
  if (!argument) return reject(command, argument.error().message());
  command->argument = detached(*argument);
  if (command->was_started) {
    started_.push_back(command);
  } else {
    if (const auto next = next_within_hourly_limit(*command)) {
      Outcome outcome = plain(Outcome::Word::rejected, "this device has had its commands for the hour", parts_.clock.now());
      outcome.reason = word(Errc::rate_limited);
      outcome.retry_at = *next;
      return finish(command, std::move(outcome));
    }
    supersede(*command);
    queue_.push_back(command);
  }
  wake_->ring();
}

void CommandQueue::device_is_known(const DeviceRecord& record) {
  for (const Shared& command : std::exchange(early_, {})) {
    if (command->address.device == record.segment) {
      admit(command);
    } else {
      early_.push_back(command);
    }
  }
}

void CommandQueue::devices_are_known() {
  known_ = true;
  const auto early = std::exchange(early_, {});
  for (const Shared& command : early) admit(command);
  wake_->ring();
}

bool CommandQueue::is_guarded(const Entity& row) const {
  const std::string_view permission = account_.mapper->write_permission;
  return !permission.empty() && row.is_command() && row.when.setting == permission && !row.when.off;
}

bool CommandQueue::gave_way(const Command& command) const {
  if (refusal_.empty()) return false;
  const auto& table = command.record->kind->kind->entities;
  return std::any_of(table.begin(), table.end(), [&](const Entity& row) {
    return row.key == command.address.key && is_guarded(row);
  });
}

void CommandQueue::controls_gave_way(std::string why) {
  refusal_ = std::move(why);
  for (const Shared& command : std::exchange(queue_, {})) {
    if (is_guarded(*command->row)) {
      reject(command, refusal_);
    } else {
      queue_.push_back(command);
    }
  }
}

// Only what still waits is replaced, and only where the newer value makes the older pointless.
void CommandQueue::supersede(const Command& newer) {
  if (!newer.row->idempotent) return;
  for (auto older = queue_.begin(); older != queue_.end(); ++older) {
    if ((*older)->record != newer.record || (*older)->row != newer.row) continue;
    const Shared replaced = *older;
    queue_.erase(older);
    return finish(replaced, plain(Outcome::Word::superseded, "a newer command came before this one was sent", parts_.clock.now()));
  }
}

std::optional<Instant> CommandQueue::next_within_hourly_limit(const Command& command) {
  if (account_.commands_per_hour == 0) return std::nullopt;
  auto& sent = sent_[command.record->segment];
  const auto now = parts_.clock.uptime();
  while (!sent.empty() && now - sent.front() >= 1h) sent.pop_front();
  const auto waiting = std::count_if(queue_.begin(), queue_.end(), [&](const Shared& other) { return other->record == command.record; });
  if (sent.size() + static_cast<std::size_t>(waiting) < static_cast<std::size_t>(account_.commands_per_hour)) return std::nullopt;
  return parts_.clock.now() + (sent.empty() ? 1h : 1h - (now - sent.front()));
}

// ---- The answer -----------------------------------------------------------------------------

std::string CommandQueue::remembered_key(const Command& command) const {
  const Address& address = command.address;
  return address.account + '/' + address.device + '/' + address.key + '/' + command.id.value_or("");
}

void CommandQueue::reject(const Shared& command, const std::string& message) {
  Outcome outcome = plain(Outcome::Word::rejected, message, parts_.clock.now());
  outcome.reason = word(Errc::invalid_argument);
  finish(command, std::move(outcome));
}

void CommandQueue::refuse(const Shared& command, const std::string& message) {
  Outcome outcome = plain(Outcome::Word::rejected, message, parts_.clock.now());
  outcome.reason = word(Errc::invalid_argument);
  outcome.device = command->address.device;
  outcome.key = command->address.key;
  outcome.id = command->id;
  log_outcome(parts_, *command, outcome);
  conclude(parts_, *command, outcome_document(outcome), std::nullopt);
}

void CommandQueue::finish(const Shared& command, Outcome outcome) {
  outcome.device = command->address.device;
  outcome.key = command->address.key;
  outcome.id = command->id;
  log_outcome(parts_, *command, outcome);
  const std::string document = outcome_document(outcome);
  if (!command->id) return conclude(parts_, *command, document, std::nullopt);

  const std::string key = remembered_key(*command);
  conclude(parts_, *command, document, key);
  answered_[key] = parts_.clock.uptime();
  open_.erase(key);
  const auto [first, last] = repetitions_.equal_range(key);
  for (auto repetition = first; repetition != last; ++repetition) {
    conclude(parts_, *repetition->second, as_duplicate(document), std::nullopt);
  }
  repetitions_.erase(first, last);
}

}  // namespace bridge
