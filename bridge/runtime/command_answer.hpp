#pragma once

#include <optional>
#include <string>

#include "runtime/command_queue.hpp"

namespace bridge {

/// An outcome that is no more than a word and a sentence.
Outcome plain(Outcome::Word word, const std::string& message, Instant now);

/// A delivery as a command that nothing is known of but what came.
Command command_from(const Address& address, const Arrival& arrival);

/// How long after its arrival a command may be sent: as its sender wishes, by `ttl` in the payload
/// or by MQTT 5, or a minute.
std::chrono::milliseconds life_of(const Arrival& arrival, std::optional<std::chrono::seconds> ttl);

/// Ends a command with its one outcome, durably: the journal forgets it, the outbox has the answer.
/// `remember_as` keeps the answer for repetitions.
void conclude(const CommandParts& parts, const Command& command, const std::string& document,
              const std::optional<std::string>& remember_as);

/// What a command is in the log: "p1: speed 55".
std::string in_short(const Command& command);

/// One line for what became of a command, unless it failed: that was said as a warning.
void log_outcome(const CommandParts& parts, const Command& command, const Outcome& outcome);

}  // namespace bridge
