// What the vendor shows after a command, and what that makes of its outcome.

#include <algorithm>

#include "runtime/command_answer.hpp"
#include "runtime/command_queue.hpp"

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
  const auto mine = std::find_if(confirming_.begin(), confirming_.end(), [&](const auto& entry) { return entry.second == command; });
  if (mine != confirming_.end()) confirming_.erase(mine);
  --running_;
}

boost::asio::awaitable<bool> CommandQueue::becomes_shown(Shared command) {
  const Entity& row = *command->row;
  const auto end = parts_.clock.uptime() + row.patience;
  for (const auto pause : kTries) {
    if (pause > 0ms) co_await command->alarm->wait(pause);
    if (stopping_ || command->overtaken) co_return false;
    const bool is_shown = co_await shown(command);
    if (is_shown || row.confirm == nullptr) co_return is_shown;
  }
  while (parts_.clock.uptime() < end) {
    const auto pause = std::min<std::chrono::milliseconds>(kLaterEvery, end - parts_.clock.uptime());
    co_await command->alarm->wait(pause);
    if (stopping_ || command->overtaken) co_return false;
    if (!parts_.polls_have_room()) continue;
    const bool is_shown = co_await shown(command);
    if (is_shown) co_return true;
  }
  co_return false;
}

// The outcome is said; but what a slow relay did in the end is not left to the next list, hours away.
boost::asio::awaitable<void> CommandQueue::look_once_more(Shared command) {
  if (command->row->patience == 0s || stopping_ || command->overtaken) co_return;
  co_await command->alarm->wait(kOnceMore);
  if (stopping_ || command->overtaken || !parts_.polls_have_room()) co_return;
  co_await shown(command);
}

boost::asio::awaitable<bool> CommandQueue::shown(Shared command) {
  const Entity& row = *command->row;
  if (row.refresh.empty()) co_return false;
  std::string read(row.refresh);
  const auto refreshed = co_await parts_.refresh(vendor_, command->record, std::move(read));
  co_return refreshed && row.confirm != nullptr && row.confirm(command->record->device, command->argument);
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
    finish(command, plain(Outcome::Word::unconfirmed, "the vendor accepted it, but does not show it yet", now));
  }
}

}  // namespace bridge
