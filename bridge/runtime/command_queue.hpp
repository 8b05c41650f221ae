#pragma once

#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>

#include "core/command_argument.hpp"
#include "core/command_payload.hpp"
#include "core/configuration.hpp"
#include "core/control_changes.hpp"
#include "core/device_registry.hpp"
#include "core/outcome.hpp"
#include "core/topics.hpp"
#include "runtime/ports.hpp"

namespace bridge {

/// A command on its way from its topic to its one outcome.
struct Command {
  std::int64_t journal = 0;
  Address address;
  std::string payload;
  std::string response_topic;
  std::string correlation_data;
  Instant expires{};  ///< by the wall clock, which goes on while the machine sleeps
  std::chrono::milliseconds ends{};  ///< the same by uptime, which nobody sets back
  std::optional<std::string> id;
  Json value;
  Record record;
  const Entity* row = nullptr;
  Json argument;
  bool was_started = false;  ///< before this process: it may have reached the vendor
  std::chrono::milliseconds resolve_until{};  ///< then it is unknown, for such a one
  bool overtaken = false;    ///< a newer command for the same key was sent
  ShownControls others;      ///< what they showed before, for a row that changes alone
  std::optional<Error> failure;   ///< of a call that perhaps arrived all the same
  std::shared_ptr<Alarm> alarm;   ///< ends the pauses of its confirmation
};

/// What a command queue works with.
struct CommandParts {
  boost::asio::any_io_executor loop;
  const Topics& topics;
  Store& store;
  Clock& clock;
  Log& log;
  const std::vector<std::string>& secrets;
  std::function<void(const OutboxMessage&)> deliver;
  /// What is written to the vendor must leave before this moment (uptime), or not at all.
  std::function<void(std::optional<std::chrono::milliseconds>)> send_before;
  /// Reads a device again after a command.
  std::function<Task<void>(Vendor&, Record, std::string)> refresh;
  /// The vendor refused (403) a command whose row the mapper's write permission guards.
  std::function<void()> write_refused = {};
  /// Whether a poll could be made now: only then is anything read for a command beyond its first ten
  /// seconds, so that no command's reading takes what is reserved for the next one.
  std::function<bool()> polls_have_room = {};
};

/// Answers a delivery that no account can take: rejected, or unknown where it `was_started`.
void answer(const CommandParts& parts, const Address& address, const Arrival& arrival,
            const std::string& message, bool was_started);

/// The commands of one account, each device's in order. Every delivery gets exactly one outcome.
class CommandQueue {
 public:
  CommandQueue(const AccountConfiguration& account, CommandParts parts, DeviceRegistry& registry, Vendor& vendor);

  void start();
  /// A delivery for this account, that came `age` ago; nothing: nobody knows, and its life is over.
  /// `was_started` after a restart, from the journal.
  void take(const Address& address, const Arrival& arrival,
            std::optional<std::chrono::milliseconds> age, bool was_started = false);
  /// A device was listed for the first time: what waited for it goes on. The list may never be
  /// complete.
  void device_is_known(const DeviceRecord& record);
  /// The first complete list since the start: what still waits for its device is rejected.
  void devices_are_known();
  /// Rows gave way to their twins: their commands, waiting or to come, are rejected with `why`.
  void controls_gave_way(std::string why);
  /// Nothing more is sent; the running one goes on until its connection is closed.
  void stop();
  bool has_ended() const { return running_ == 0; }
  std::size_t waiting() const { return queue_.size() + early_.size(); }

 private:
  using Shared = std::shared_ptr<Command>;
  /// What a look at the vendor's state after a command brought.
  enum class Look { unread, not_shown, shown };

  boost::asio::awaitable<void> work();
  boost::asio::awaitable<void> execute(Shared command);
  boost::asio::awaitable<void> confirm(Shared command);
  boost::asio::awaitable<void> resolve_started(Shared command);
  boost::asio::awaitable<void> go_on_resolving(Shared command);
  bool may_resolve(const Command& command, Look last) const;
  void conclude_started(const Shared& command, Look last);
  boost::asio::awaitable<bool> becomes_shown(Shared command);
  boost::asio::awaitable<void> look_once_more(Shared command);
  boost::asio::awaitable<Look> look(Shared command);
  void conclude_reading(const Shared& command, bool is_shown);
  void overtake(const std::string& place);
  void end_confirming(const Shared& command);

  void admit(const Shared& command);
  bool is_repetition(const Shared& command);
  std::optional<StoredOutcome> remembered(const std::string& key);
  void supersede(const Command& newer);
  void expire();
  std::chrono::milliseconds rest_of_spacing(const Command& command) const;
  std::optional<Instant> next_within_hourly_limit(const Command& command);
  void finish(const Shared& command, Outcome outcome);
  boost::asio::awaitable<bool> knows_others(Shared command);
  void watch_others(const Shared& command, bool are_known);
  void fail(const Shared& command);
  void leave_open(const Command& command) const;
  void unknown(const Shared& command);
  void reject(const Shared& command, const std::string& message);
  void refuse(const Shared& command, const std::string& message);
  void not_kept(const Shared& command);
  bool is_over(const Command& command) const;
  std::chrono::milliseconds rest_of_life(const Command& command) const;
  bool is_guarded(const Entity& row) const;
  bool gave_way(const Command& command) const;
  std::string remembered_key(const Command& command) const;

  const AccountConfiguration& account_;
  CommandParts parts_;
  DeviceRegistry& registry_;
  Vendor& vendor_;
  std::unique_ptr<Alarm> wake_;
  std::deque<Shared> queue_;
  std::deque<Shared> early_;    // for devices that are not known yet
  std::deque<Shared> started_;  // of the process before, to be resolved from the vendor's state
  std::multimap<std::string, Shared> repetitions_;  // wait for the answer of the first
  std::map<std::string, Shared> open_;              // by remembered_key: not answered yet
  std::map<std::string, std::chrono::milliseconds> answered_;  // likewise, the last hour: when
  std::map<std::string, Shared> confirming_;        // by device and key
  std::map<std::string, std::deque<std::chrono::milliseconds>> sent_;  // by device, the last hour
  std::chrono::milliseconds spacing_;
  const std::chrono::milliseconds begun_;
  std::string refusal_;  // of commands whose rows gave way; empty: none did
  bool known_ = false;
  bool stopping_ = false;
  int running_ = 0;
};

}  // namespace bridge
