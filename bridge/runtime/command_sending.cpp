// From the queue to the vendor.

#include <algorithm>

#include "core/redact.hpp"
#include "runtime/command_answer.hpp"
#include "runtime/command_queue.hpp"
#include "runtime/spawn.hpp"

namespace bridge {
namespace {

using namespace std::chrono_literals;

constexpr auto kFresh = 5s;  // facts, of which nothing was changed elsewhere since
constexpr std::size_t kLongestMessage = 500;  // its vendor's part was cut before

/// Whether the vendor may have done what it was asked for: no answer came, or none that makes sense.
bool leaves_open(Errc code) {
  return code == Errc::network || code == Errc::timeout || code == Errc::malformed;
}

}  // namespace

boost::asio::awaitable<void> CommandQueue::work() {
  while (!stopping_) {
    expire();
    if (!started_.empty()) {
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
  return rest_of_life(command) <= 0ms;
}

// The clock may be set, and uptime stands still while the machine sleeps: what ends first counts.
std::chrono::milliseconds CommandQueue::rest_of_life(const Command& command) const {
  return std::min(command.expires - parts_.clock.now(), command.ends - parts_.clock.uptime());
}

std::chrono::milliseconds CommandQueue::rest_of_spacing(const Command& command) const {
  const auto sent = sent_.find(command.record->segment);
  if (sent == sent_.end() || sent->second.empty()) return 0ms;
  return std::max(0ms, sent->second.back() + spacing_ - parts_.clock.uptime());
}

boost::asio::awaitable<void> CommandQueue::execute(Shared command) {
  const bool are_others_known = co_await knows_others(command);
  if (stopping_) co_return;  // nothing was sent: the next start does
  parts_.store.mark_started(command->journal);
  auto& sent = sent_[command->record->segment];
  sent.push_back(parts_.clock.uptime());
  while (sent.size() > 1 && sent.back() - sent.front() >= 1h) sent.pop_front();

  const std::string place = command->record->segment + '/' + command->address.key;
  overtake(place);
  watch_others(command, are_others_known);
  parts_.send_before(parts_.clock.uptime() + rest_of_life(*command));
  Json argument = detached(command->argument);
  auto result = co_await command->row->perform(vendor_, command->record->device, std::move(argument));
  parts_.send_before(std::nullopt);
  const bool unsent = !result && result.error().unsent;
  const bool lost = !result && !unsent && leaves_open(result.error().code());
  if (unsent && is_over(*command)) {
    finish(command, plain(Outcome::Word::expired, "its time was over before it could be sent", parts_.clock.now()));
    co_return;
  }
  if (lost && stopping_) co_return leave_open(*command);
  if (!result) command->failure = result.error();
  if (command->failure && !lost) {
    fail(command);
    co_return;
  }
  confirming_[place] = command;
  ++running_;
  spawn(parts_.loop, confirm(command));
}

// What the owner changed elsewhere since the last poll is not the vendor's doing.
boost::asio::awaitable<bool> CommandQueue::knows_others(Shared command) {
  const Entity& row = *command->row;
  if (!row.changes_alone || row.refresh.empty()) co_return true;
  const bool is_list = row.refresh == "list";
  const auto is_fresh = [&] {
    return is_list && parts_.clock.uptime() - command->record->listed_at <= kFresh;
  };
  if (is_fresh()) co_return true;
  std::string read(row.refresh);
  const auto refreshed = co_await parts_.refresh(vendor_, command->record, std::move(read));
  co_return refreshed && (!is_list || is_fresh());  // a list may lack a part
}

// What another control shows differently afterwards is the vendor's doing, unless a command of ours
// to that control is on its way, too.
void CommandQueue::watch_others(const Shared& command, bool are_known) {
  const std::string_view key = command->row->key;
  if (command->row->changes_alone && are_known) {
    command->others = other_controls(*command->record, key);
  }
  for (const auto& [place, other] : confirming_) {
    if (other->record != command->record) continue;
    other->others.erase(key);
    command->others.erase(other->row->key);
  }
}

void CommandQueue::fail(const Shared& command) {
  Outcome outcome = outcome_of(*command->failure, parts_.clock.now());
  outcome.message = redacted(outcome.message, parts_.secrets, kLongestMessage);
  parts_.log.say(Level::warning, account_.name, in_short(*command) + " failed: " + outcome.message);
  finish(command, std::move(outcome));
  const bool may_not_write = command->failure->status == 403 && is_guarded(*command->row);
  if (may_not_write && refusal_.empty()) parts_.write_refused();
}

// Its journal entry stays: whoever starts next finds out what became of it, and answers.
void CommandQueue::leave_open(const Command& command) const {
  parts_.log.say(Level::notice, account_.name,
                 command.address.device + ": " + command.address.key +
                     " is not answered yet, the next start asks the vendor what became of it");
}

void CommandQueue::unknown(const Shared& command) {
  finish(command, plain(Outcome::Word::unknown, "the bridge was restarted while this was on its way", parts_.clock.now()));
}

// The disk is full, or broken: what could be forgotten is not begun, and the answer needs no store.
void CommandQueue::not_kept(const Shared& command) {
  Outcome outcome = plain(Outcome::Word::failed, "not accepted, it could not be kept: " + parts_.store.journal_error(), parts_.clock.now());
  outcome.device = command->address.device;
  outcome.key = command->address.key;
  outcome.id = command->id;
  parts_.log.say(Level::error, account_.name, outcome.message);
  const std::string document = outcome_document(outcome);
  parts_.deliver({0, parts_.topics.outcome(command->address.account, command->address.device), document, {}});
  if (!command->response_topic.empty()) {
    parts_.deliver({0, command->response_topic, document, command->correlation_data});
  }
}

}  // namespace bridge
