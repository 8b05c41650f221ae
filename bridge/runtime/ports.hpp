#pragma once

// What the runtime needs from the outside world, as abstract classes handed in. Every call is made
// on the loop thread unless it says otherwise.

#include <boost/asio/awaitable.hpp>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "bridge/json.hpp"
#include "bridge/result.hpp"
#include "bridge/vendor.hpp"
#include "core/configuration.hpp"

namespace bridge {

/// A wait that somebody else may end. One coroutine waits at a time.
class Alarm {
 public:
  virtual ~Alarm() = default;
  /// Ends after `span`, or when it is rung meanwhile; a ring before the wait ends it at once.
  virtual boost::asio::awaitable<void> wait(std::chrono::milliseconds span) = 0;
  virtual void ring() = 0;
};

/// Wall time, monotonic time and waiting. A manual implementation drives the tests.
class Clock {
 public:
  virtual ~Clock() = default;
  virtual Instant now() const = 0;
  /// Monotonic, from an arbitrary start: for periods and quotas.
  virtual std::chrono::milliseconds uptime() const = 0;
  /// Ends after `span`. Ends early, without an error, when the coroutine is cancelled.
  virtual boost::asio::awaitable<void> wait(std::chrono::milliseconds span) = 0;
  virtual std::unique_ptr<Alarm> make_alarm() = 0;
};

// ---- HTTP -----------------------------------------------------------------------------------

struct HttpRequest {
  Method method = Method::get;
  std::string target;  ///< path and query, as sent
  std::vector<std::pair<std::string, std::string>> headers;
  std::string body;
  std::chrono::milliseconds deadline{30000};  ///< for all of it: name, connect, TLS, answer
  /// Within this time it leaves, or not at all (timeout, unsent); nothing: any time.
  std::optional<std::chrono::milliseconds> leaves_within = {};
};

struct HttpReply {
  int status = 0;
  std::string body;  ///< decoded (gzip), within the limit
  std::vector<std::pair<std::string, std::string>> headers;  ///< names in lower case

  /// The first header of that name (lower case), or empty.
  std::string_view header(std::string_view name) const {
    for (const auto& [key, value] : headers) {
      if (key == name) return value;
    }
    return {};
  }
};

/// One kept-alive connection to one origin, one request at a time: further calls queue up.
/// Errors: network, timeout, malformed (not HTTP, too large, bad gzip).
class HttpClient {
 public:
  virtual ~HttpClient() = default;
  virtual Task<HttpReply> send(HttpRequest request) = 0;
  /// Breaks the running request off (it ends with Errc::network) and refuses further ones.
  virtual void close() = 0;
};

/// Makes a client for an account: its base URL's origin, its proxy, its certificates.
using HttpClients = std::function<std::unique_ptr<HttpClient>(const AccountConfiguration&)>;

// ---- MQTT -----------------------------------------------------------------------------------

enum class Retain { no, yes };

struct Publication {
  std::string topic;
  std::string payload;
  int qos = 1;
  Retain retain = Retain::no;
  bool json = true;  ///< MQTT 5: content type application/json; always payload format 1 (UTF-8)
  std::string correlation_data;  ///< MQTT 5; empty: none
};

/// A message that came in.
struct Arrival {
  std::string topic;
  std::string payload;
  bool retained = false;
  bool duplicate = false;  ///< the broker sent it before and had no acknowledgement
  std::string response_topic;    ///< MQTT 5; empty: none
  std::string correlation_data;  ///< MQTT 5, raw bytes
  std::optional<std::chrono::seconds> expires_in;  ///< MQTT 5 message expiry
  std::int64_t journal = 0;  ///< what LinkListener::keep returned; 0: nothing was kept
};

struct LinkFacts {
  int mqtt_version = 5;  ///< 5 or 4 (3.1.1)
  bool session_present = false;
  std::string client_id = {};
};

class LinkListener {
 public:
  virtual ~LinkListener() = default;
  /// A connection stands and the subscriptions are made. Nothing the broker held before counts.
  virtual void connected(const LinkFacts& facts) = 0;
  /// An attempt failed or the connection broke. Called at every attempt; the reason is for people.
  virtual void disconnected(const std::string& reason) = 0;
  /// The window has room again.
  virtual void room() = 0;
  virtual void arrived(Arrival arrival) = 0;
  /// Called on the NETWORK thread before the message is acknowledged to the broker: must only make
  /// the message durable (on a connection of its own) and return its number, or 0. Must not throw.
  virtual std::int64_t keep(const Arrival& arrival) = 0;
};

/// The MQTT connection: connects again for ever, keeps a window of unacknowledged messages.
class MqttLink {
 public:
  virtual ~MqttLink() = default;
  /// Begins to connect. The filters are subscribed with QoS 1 on every connection. Of `watched` only
  /// what others say from then on is of interest, not what is retained: with MQTT 5 nothing else
  /// comes; with 3.1.1 that, marked as retained, and the own messages.
  virtual void start(LinkListener& listener, std::vector<std::string> filters,
                     std::vector<std::string> watched = {}) = 0;
  virtual bool is_connected() const = 0;
  virtual bool has_room() const = 0;
  /// Sends one message. False: not connected or no room; nothing was taken. `done` is called once
  /// later, on the loop: true when that is the end of it (the broker acknowledged, QoS 0: it was
  /// written; or it was refused for good, which the log says), false when the connection was lost
  /// before.
  virtual bool publish(Publication message, std::function<void(bool)> done) = 0;
  /// Publishes the farewell (retained, QoS 1) and disconnects, for which it takes no longer than
  /// `limit`.
  virtual boost::asio::awaitable<void> stop(Publication farewell, std::chrono::milliseconds limit) = 0;
};

// ---- Durable state --------------------------------------------------------------------------
// Whatever cannot be written or read (a full disk) is a std::runtime_error with a sentence, except
// in accept(); nothing of the step was kept then.

struct StoredToken {
  std::string access;
  std::string refresh;
  Instant expires{};     ///< Instant{}: not known, the clock was wrong
  std::string previous;  ///< the refresh token before, until the access token has been taken
  bool refused = false;  ///< the vendor does not take the refresh token any more
  /// Of what it was got with (token_mark); empty: an earlier version, which made none, kept it.
  std::string mark = {};

  bool operator==(const StoredToken&) const = default;
};

/// A message that must reach the broker: an event or an outcome.
struct OutboxMessage {
  std::int64_t id = 0;  ///< given by the store
  std::string topic;
  std::string payload;
  std::string correlation_data;
};

/// A command as it stands in the journal.
struct JournalEntry {
  enum class Stage { accepted, started };
  std::int64_t id = 0;
  Stage stage = Stage::accepted;
  Instant arrived{};
  std::string topic;
  std::string payload;
  std::string response_topic;
  std::string correlation_data;
  std::optional<std::chrono::seconds> expires_in;
};

/// A stored answer, for a command that comes twice.
struct StoredOutcome {
  std::string payload;  ///< the command's payload, to tell a repetition from a clash
  std::string outcome;  ///< the outcome document
  Instant given{};      ///< when; left out: commit() takes the system's time
};

/// Stands where an account's name does for what the bridge announced of itself and its accounts. No
/// account is called so.
inline constexpr std::string_view kBridgeItself = "bridge";

/// What was left at the broker, to be taken back one day: an announcement, or, without components,
/// the topics of a device that is not announced from here, or of the account itself.
struct Announced {
  std::string topic;        ///< the announcement's; without components the availability's
  std::string device;       ///< vendor id; empty: the account itself
  std::string components;   ///< keys separated by blanks, each "key:platform"
};

/// Everything one step changes; committed as a whole or not at all.
struct Commit {
  struct FactsRow {
    std::string account, device, read, json;
  };
  std::vector<FactsRow> facts;
  std::vector<OutboxMessage> outbox;             ///< ids are filled in by commit()
  std::optional<std::int64_t> finished_command;  ///< its journal entry goes
  /// Remembered for an hour, for repetitions: key is "account/device/key/id".
  std::optional<std::pair<std::string, StoredOutcome>> outcome;
};

/// Under this name an account's list of devices is kept, as the facts of no device. A person who
/// signs in may be another one, so a sign-in forgets it.
inline constexpr const char* kKeptList = "list@";
inline constexpr const char* kNoDevice = "";

class Store {
 public:
  virtual ~Store() = default;

  virtual std::optional<StoredToken> token(const std::string& account) = 0;
  virtual void save_token(const std::string& account, const StoredToken& token) = 0;  ///< durable on return

  /// Wall-clock moments of an account's latest requests, oldest first; the same one may repeat.
  virtual std::vector<Instant> requests(const std::string& account) = 0;
  virtual void save_requests(const std::string& account, const std::vector<Instant>& moments) = 0;

  /// The accounts that announced() has rows of.
  virtual std::vector<std::string> announcers() = 0;
  virtual std::vector<Announced> announced(const std::string& account) = 0;
  virtual void save_announced(const std::string& account, const std::vector<Announced>& rows) = 0;
  virtual void forget_announced(const std::string& account, const std::string& topic) = 0;

  /// The durable facts of one read of one device, as JSON text; empty: none.
  virtual std::string facts(const std::string& account, const std::string& device,
                            const std::string& read) = 0;
  virtual void commit(Commit& step) = 0;  ///< durable on return

  virtual std::vector<OutboxMessage> outbox() = 0;
  virtual void delivered(std::int64_t outbox_id) = 0;

  /// Accepts a command. Callable from ANY thread, on a connection of its own; durable on return.
  /// Returns its number, or 0 when it could not be kept (the reason is in `journal_error`).
  virtual std::int64_t accept(const Arrival& arrival, Instant arrived) noexcept = 0;
  /// Why accept() returned 0 the last time, for people. Callable from any thread.
  virtual std::string journal_error() const { return {}; }
  virtual std::vector<JournalEntry> journal() = 0;
  virtual void mark_started(std::int64_t command) = 0;  ///< durable on return
  virtual std::optional<StoredOutcome> outcome(const std::string& key, Instant not_before) = 0;

  /// The reason the state file was set aside at the start; empty: it was fine.
  virtual std::string trouble() const = 0;
};

// ---- Telling people -------------------------------------------------------------------------

/// Journal priorities of systemd.
enum class Level { error = 3, warning = 4, notice = 5, info = 6, debug = 7 };

class Log {
 public:
  virtual ~Log() = default;
  /// One line for one thing that happened. `about` is where it belongs ("fleet", "mqtt"); the text
  /// holds no secret, no e-mail address and no query string (the sink redacts once more).
  virtual void say(Level level, std::string_view about, std::string_view text) = 0;
};

}  // namespace bridge
