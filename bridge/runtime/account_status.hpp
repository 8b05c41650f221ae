#pragma once

#include <map>
#include <optional>
#include <string>

#include "bridge/result.hpp"
#include "core/quota_budget.hpp"
#include "core/topics.hpp"
#include "runtime/publisher.hpp"

namespace bridge {

/// How an account is: its availability and the reason, on two retained topics. The availability is
/// published at once; the reason by the next update(), otherwise at most once a minute.
class AccountStatus {
 public:
  AccountStatus(const Topics& topics, std::string account, Publisher& publisher, Clock& clock, Log& log);

  /// What an earlier process knew holds until the next read is due.
  void recalled();
  /// A read succeeded; `read` is its name, or "list". One read does not heal what another met.
  /// True when the account was down, or refused, over it: then the vendor is back. A command's has a
  /// share of the quota of its own: it says nothing about that of the polls.
  bool succeeded(std::string_view read, Purpose purpose);
  /// The vendor answered an attempt, if only with a failure of this read's own: it is not down.
  void answered(std::string_view read);
  /// An attempt failed. Says so in the log, once for a stretch of the same.
  void failed(std::string_view read, const Error& error);
  /// Something else stands in the way ("clock_wrong").
  void hindered(std::string reason, std::string message);
  void unhindered();

  /// Figures that go with the reason: requests left, and when the next one is due.
  void update(std::optional<int> quota_left, std::optional<Instant> next_poll);
  /// How many devices there are, and how many of them are offline.
  void set_devices(std::size_t all, std::size_t offline);
  /// When the token in use ends; nothing: nobody knows, or it does not.
  void set_token_expires(std::optional<Instant> moment) { token_expires_ = moment; }
  /// The periods in force, in seconds by the read's name: a JSON object.
  void set_periods(Json periods) { periods_ = std::move(periods); }
  /// A sentence about what the last list could not read; empty: it read all. It is the message while
  /// the account is well.
  void set_gaps(std::string gaps);
  /// Publishes both topics again, whatever was published before.
  void republish();

  const std::string& reason() const { return reason_; }
  std::optional<Instant> last_success() const { return last_success_; }
  /// A sentence about something that does not pass by itself, by what it is about; empty: it is over.
  void set_note(const std::string& about, const std::string& note);

 private:
  bool is_down() const;
  void become(std::string reason, std::string message, std::optional<bool> online);
  void publish();
  std::string document() const;

  const Topics& topics_;
  std::string account_;
  Publisher& publisher_;
  Clock& clock_;
  Log& log_;
  std::string reason_ = "starting";
  std::string message_;
  std::map<std::string, std::string> notes_;
  std::string gaps_;
  std::string hindrance_;
  Json periods_ = boost::json::object();
  std::optional<bool> online_;
  Instant since_;
  std::optional<Instant> last_success_;
  std::optional<int> quota_left_;
  std::optional<Instant> next_poll_;
  std::optional<Instant> token_expires_;
  std::chrono::milliseconds published_at_{};
  std::size_t devices_ = 0, offline_ = 0;
  bool is_unsaid_ = false;  // the reason changed
  std::map<std::string, int, std::less<>> failures_;  // attempts in a row, by read
};

}  // namespace bridge
