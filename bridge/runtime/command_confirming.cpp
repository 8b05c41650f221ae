// What the vendor shows after a command, and what that makes of its outcome.

#include <algorithm>

#include "runtime/command_answer.hpp"
#include "runtime/command_queue.hpp"
#include "runtime/spawn.hpp"

namespace bridge {
namespace {

using namespace std::chrono_literals;

constexpr auto kTries = {0ms, 1000ms, 3000ms, 6000ms};  // after so long each, for every row
constexpr auto kLaterEvery = 8s;                        // for one that has patience
constexpr auto kOnceMore = 2min;                        // after its end

}  // namespace

// Runs beside the queue: waiting for a relay to move holds up no other command.
boost::asio::awaitable<void> CommandQueue::confirm(Shared command) {
  const bool is_shown = co_await becomes_shown(command);
  if (stopping_ && command->failure && !is_shown) {
    leave_open(*command);
  } else {
    conclude_reading(command, is_shown);
  }
  if (!is_shown) co_await look_once_more(command);
  end_confirming(command);
}

void CommandQueue::end_confirming(const Shared& command) {
  const auto mine = std::find_if(confirming_.begin(), confirming_.end(),
                                 [&](const auto& entry) { return entry.second == command; });
  if (mine != confirming_.end()) confirming_.erase(mine);
  --running_;
}

// What the vendor shows from now on is the newer command's doing.
void CommandQueue::overtake(const std::string& place) {
  const auto older = confirming_.find(place);
  if (older == confirming_.end()) return;
  older->second->overtaken = true;
  older->second->alarm->ring();
}

boost::asio::awaitable<bool> CommandQueue::becomes_shown(Shared command) {
  const Entity& row = *command->row;
  const auto end = parts_.clock.uptime() + row.patience;
  for (const auto pause : kTries) {
    if (pause > 0ms) co_await command->alarm->wait(pause);
    if (stopping_ || command->overtaken) co_return false;
    const Look seen = co_await look(command);
    if (seen == Look::shown || row.confirm == nullptr) co_return seen == Look::shown;
  }
  while (parts_.clock.uptime() < end) {
    const auto rest = end - parts_.clock.uptime();
    const auto pause = std::min<std::chrono::milliseconds>(kLaterEvery, rest);
    co_await command->alarm->wait(pause);
    if (stopping_ || command->overtaken) co_return false;
    if (!parts_.polls_have_room()) continue;
    const Look seen = co_await look(command);
    if (seen == Look::shown) co_return true;
  }
  co_return false;
}

// The outcome is said. What a slow relay did in the end is not left to the next list, hours away.
boost::asio::awaitable<void> CommandQueue::look_once_more(Shared command) {
  if (command->row->patience == 0s || stopping_ || command->overtaken) co_return;
  co_await command->alarm->wait(kOnceMore);
  if (stopping_ || command->overtaken || !parts_.polls_have_room()) co_return;
  co_await look(command);
}

boost::asio::awaitable<CommandQueue::Look> CommandQueue::look(Shared command) {
  const Entity& row = *command->row;
  if (row.refresh.empty()) co_return Look::not_shown;
  const auto begun = parts_.clock.uptime();
  std::string read(row.refresh);
  const auto refreshed = co_await parts_.refresh(vendor_, command->record, std::move(read));
  // A list may lack a part: what is known of that is of another time.
  const bool is_read = row.refresh != "list" || command->record->listed_at >= begun;
  if (!refreshed || !is_read) co_return Look::unread;
  const bool is_shown =
      row.confirm != nullptr && row.confirm(command->record->device, command->argument);
  co_return is_shown ? Look::shown : Look::not_shown;
}

void CommandQueue::conclude_reading(const Shared& command, bool is_shown) {
  const Entity& row = *command->row;
  const Instant now = parts_.clock.now();
  const std::string foreign = changed_controls(command->others, *command->record);
  if (!foreign.empty() && (is_shown || !command->failure)) {
    const std::string what = "the vendor changed " + foreign + " as well";
    finish(command, plain(Outcome::Word::unconfirmed, what, now));
  } else if (is_shown) {
    finish(command, plain(Outcome::Word::confirmed, "", now));
  } else if (command->failure) {
    fail(command);
  } else if (row.confirm == nullptr || row.answer_suffices) {
    finish(command, plain(Outcome::Word::done, "", now));
  } else {
    const std::string why = "the vendor accepted it, but does not show it yet";
    finish(command, plain(Outcome::Word::unconfirmed, why, now));
  }
}

// ---- What was sent by the process before ----------------------------------------------------

// It may have reached the vendor before the process ended. It is not sent again: the vendor is
// asked, once before anything newer is sent, and then beside the queue.
boost::asio::awaitable<void> CommandQueue::resolve_started(Shared command) {
  const Look seen = co_await look(command);
  if (!may_resolve(*command, seen)) co_return conclude_started(command, seen);
  const std::string place = command->record->segment + '/' + command->address.key;
  overtake(place);
  confirming_[place] = command;
  ++running_;
  spawn(parts_.loop, go_on_resolving(command));
}

boost::asio::awaitable<void> CommandQueue::go_on_resolving(Shared command) {
  Look seen = Look::unread;
  do {
    const auto rest = command->resolve_until - parts_.clock.uptime();
    const auto pause = std::min<std::chrono::milliseconds>(kLaterEvery, rest);
    co_await command->alarm->wait(pause);
    if (stopping_ || command->overtaken) break;
    if (parts_.polls_have_room()) seen = co_await look(command);
  } while (may_resolve(*command, seen));
  conclude_started(command, seen);
  end_confirming(command);
}

// What could not be read says nothing yet, and a slow relay may still move.
bool CommandQueue::may_resolve(const Command& command, Look last) const {
  const Entity& row = *command.row;
  const bool is_open = last == Look::unread || (last == Look::not_shown && row.patience > 0s);
  return is_open && row.confirm != nullptr && !stopping_ && !command.overtaken &&
         parts_.clock.uptime() < command.resolve_until;
}

void CommandQueue::conclude_started(const Shared& command, Look last) {
  if (last == Look::shown) {
    finish(command, plain(Outcome::Word::confirmed, "", parts_.clock.now()));
  } else if (stopping_) {
    leave_open(*command);
  } else {
    unknown(command);
  }
}

}  // namespace bridge
