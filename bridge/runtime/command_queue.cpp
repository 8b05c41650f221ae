#include "runtime/command_queue.hpp"

#include <algorithm>

#include "core/redact.hpp"
#include "runtime/command_answer.hpp"
#include "runtime/spawn.hpp"

namespace bridge {
namespace {

using namespace std::chrono_literals;

constexpr auto kResolving = 2min;  // for a vendor that does not answer after a restart
constexpr auto kRemembered = 1h;   // an id is known for so long
constexpr auto kConfirmTries = {0ms, 1000ms, 3000ms, 6000ms};
constexpr std::size_t kLongestMessage = 500;  // its vendor's part was cut before

std::string command_keys(const DeviceRecord& record) {
  std::string keys;
  for (const ResolvedRow& row : record.kind->rows) {
    if (row.entity->is_command()) keys += (keys.empty() ? "" : ", ") + std::string(row.entity->key);
  }
  return keys;
}

}  // namespace

CommandQueue::CommandQueue(const AccountConfiguration& account, CommandParts parts,
                           DeviceRegistry& registry, Vendor& vendor)
    : account_(account),
      parts_(std::move(parts)),
      registry_(registry),
      vendor_(vendor),
      wake_(parts_.clock.make_alarm()),
      spacing_(account.command_spacing.value_or(is_loopback(account.base_url) ? 0ms : account.mapper->command_spacing)) {}

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

void CommandQueue::take(const Address& address, const Arrival& arrival, Instant arrived, bool was_started) {
  auto command = std::make_shared<Command>(command_from(address, arrival, arrived));
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
  if (payload->ttl) {
    const auto life = std::min<std::chrono::seconds>(*payload->ttl, arrival.expires_in.value_or(*payload->ttl));
    command->expires = arrived + life;
  }
  if (arrival.journal == 0) return not_kept(command);
  if (is_repetition(command)) return;
  if (command->id) open_[remembered_key(*command)] = command;
  admit(command);
}

bool CommandQueue::is_repetition(const Shared& command) {
  if (!command->id) return false;
  const std::string key = remembered_key(*command);
  const auto open = open_.find(key);
  const auto stored = open == open_.end() ? parts_.store.outcome(key, parts_.clock.now() - kRemembered) : std::nullopt;
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

void CommandQueue::admit(const Shared& command) {
  command->record = registry_.find_segment(command->address.device);
  if (command->record == nullptr) {
    if (known_ && command->was_started) return unknown(command);
    if (known_) return reject(command, "no such device: " + command->address.device);
    early_.push_back(command);
    return wake_->ring();
  }
  const ResolvedRow* row = command->record->kind->find(command->address.key);
  if (row == nullptr || !row->entity->is_command()) {
    if (command->was_started) return unknown(command);
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

void CommandQueue::devices_are_known() {
  known_ = true;
  const auto early = std::exchange(early_, {});
  for (const Shared& command : early) admit(command);
  wake_->ring();
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

// ---- From the queue to the vendor -----------------------------------------------------------

boost::asio::awaitable<void> CommandQueue::work() {
  while (!stopping_) {
    expire();
    if (known_ && !started_.empty()) {
      const Shared command = started_.front();
      started_.pop_front();
      co_await resolve_started(command);
      continue;
    }
    auto pause = std::chrono::duration_cast<std::chrono::milliseconds>(early_.empty() && queue_.empty() ? 1h : 1s);
    const auto ready = std::find_if(queue_.begin(), queue_.end(), [&](const Shared& command) {
      const auto rest = rest_of_spacing(*command);
      pause = std::min(pause, rest);
      return rest == 0ms;
    });
    if (ready == queue_.end()) {
      co_await wake_->wait(pause);
      continue;
    }
    const Shared command = *ready;
    queue_.erase(ready);
    co_await execute(command);
  }
  --running_;
}

void CommandQueue::expire() {
  const Instant now = parts_.clock.now();
  for (auto* waiting : {&queue_, &early_, &started_}) {
    for (auto each = waiting->begin(); each != waiting->end();) {
      if (!is_over(**each)) {
        ++each;
        continue;
      }
      const Shared command = *each;
      each = waiting->erase(each);
      if (command->was_started) {
        unknown(command);
        continue;
      }
      finish(command, plain(Outcome::Word::expired, "its time was over before it could be sent", now));
    }
  }
}

// What was sent before this process is not late: it is asked for, for a while.
bool CommandQueue::is_over(const Command& command) const {
  if (command.was_started) return parts_.clock.uptime() >= command.resolve_until;
  return parts_.clock.now() >= command.expires;
}

std::chrono::milliseconds CommandQueue::rest_of_spacing(const Command& command) const {
  const auto sent = sent_.find(command.record->segment);
  if (sent == sent_.end() || sent->second.empty()) return 0ms;
  return std::max(0ms, sent->second.back() + spacing_ - parts_.clock.uptime());
}

boost::asio::awaitable<void> CommandQueue::execute(Shared command) {
  parts_.store.mark_started(command->journal);
  auto& sent = sent_[command->record->segment];
  sent.push_back(parts_.clock.uptime());
  while (sent.size() > 1 && sent.back() - sent.front() >= 1h) sent.pop_front();

  const std::string place = command->record->segment + '/' + command->address.key;
  if (const auto older = confirming_.find(place); older != confirming_.end()) {
    older->second->overtaken = true;
    older->second->alarm->ring();
  }
  parts_.send_before(command->expires);
  Json argument = detached(command->argument);
  auto result = co_await command->row->perform(vendor_, command->record->device, std::move(argument));
  parts_.send_before(std::nullopt);
  const bool unsent = !result && result.error().unsent;
  const bool lost = !result && !unsent && (result.error().code() == Errc::network || result.error().code() == Errc::timeout);
  if (unsent && parts_.clock.now() >= command->expires) {
    finish(command, plain(Outcome::Word::expired, "its time was over before it could be sent", parts_.clock.now()));
    co_return;
  }
  if (lost && stopping_) {
    finish(command, plain(Outcome::Word::unknown, "the bridge stopped before the vendor answered", parts_.clock.now()));
    co_return;
  }
  if (!result) command->failure = result.error();
  if (command->failure && !lost) {
    fail(command);
    co_return;
  }
  confirming_[place] = command;
  ++running_;
  spawn(parts_.loop, confirm(command));
}

void CommandQueue::fail(const Shared& command) {
  Outcome outcome = outcome_of(*command->failure, parts_.clock.now());
  outcome.message = redacted(outcome.message, parts_.secrets, kLongestMessage);
  parts_.log.say(Level::warning, account_.name, command->record->device.id + ": " + command->address.key + " failed: " + outcome.message);
  finish(command, std::move(outcome));
}

// Runs beside the queue: waiting for a relay to move holds up no other command.
boost::asio::awaitable<void> CommandQueue::confirm(Shared command) {
  const Entity& row = *command->row;
  bool is_shown = false;
  for (const auto pause : kConfirmTries) {
    if (pause > 0ms) co_await command->alarm->wait(pause);
    if (stopping_ || command->overtaken) break;
    is_shown = co_await shown(command);
    if (is_shown || row.confirm == nullptr || command->failure) break;
  }
  const auto mine = std::find_if(confirming_.begin(), confirming_.end(), [&](const auto& entry) { return entry.second == command; });
  if (mine != confirming_.end()) confirming_.erase(mine);

  const Instant now = parts_.clock.now();
  if (is_shown) {
    finish(command, plain(Outcome::Word::confirmed, "", now));
  } else if (command->failure) {
    fail(command);
  } else if (row.confirm == nullptr || row.answer_suffices) {
    finish(command, plain(Outcome::Word::done, "", now));
  } else {
    finish(command, plain(Outcome::Word::unconfirmed, "the vendor accepted it, but does not show it yet", now));
  }
  --running_;
}

boost::asio::awaitable<bool> CommandQueue::shown(Shared command) {
  const Entity& row = *command->row;
  if (row.refresh.empty()) co_return false;
  std::string read(row.refresh);
  const auto refreshed = co_await parts_.refresh(vendor_, command->record, std::move(read));
  co_return refreshed && row.confirm != nullptr && row.confirm(command->record->device, command->argument);
}

// It may have reached the vendor before the process ended. It is not sent again: the vendor is asked.
boost::asio::awaitable<void> CommandQueue::resolve_started(Shared command) {
  const bool is_shown = co_await shown(command);
  if (!is_shown) co_return unknown(command);
  finish(command, plain(Outcome::Word::confirmed, "", parts_.clock.now()));
}

void CommandQueue::unknown(const Shared& command) {
  finish(command, plain(Outcome::Word::unknown, "the bridge was restarted while this was on its way", parts_.clock.now()));
}

// The disk is full, or broken: what could be forgotten is not begun, and the answer needs no store.
void CommandQueue::not_kept(const Shared& command) {
  Outcome outcome = plain(Outcome::Word::failed, "not accepted, it could not be kept: " + parts_.store.journal_error(), parts_.clock.now());
  outcome.key = command->address.key;
  outcome.id = command->id;
  parts_.log.say(Level::error, account_.name, outcome.message);
  const std::string document = outcome_document(outcome);
  parts_.deliver({0, parts_.topics.outcome(command->address.account, command->address.device), document, {}});
  if (!command->response_topic.empty()) {
    parts_.deliver({0, command->response_topic, document, command->correlation_data});
  }
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
  outcome.key = command->address.key;
  outcome.id = command->id;
  log_outcome(parts_, *command, outcome);
  conclude(parts_, *command, outcome_document(outcome), std::nullopt);
}

void CommandQueue::finish(const Shared& command, Outcome outcome) {
  outcome.key = command->address.key;
  outcome.id = command->id;
  log_outcome(parts_, *command, outcome);
  const std::string document = outcome_document(outcome);
  if (!command->id) return conclude(parts_, *command, document, std::nullopt);

  const std::string key = remembered_key(*command);
  conclude(parts_, *command, document, key);
  open_.erase(key);
  const auto [first, last] = repetitions_.equal_range(key);
  for (auto repetition = first; repetition != last; ++repetition) {
    conclude(parts_, *repetition->second, as_duplicate(document), std::nullopt);
  }
  repetitions_.erase(first, last);
}

}  // namespace bridge
