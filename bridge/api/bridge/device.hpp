#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "bridge/json.hpp"
#include "bridge/result.hpp"

namespace bridge {

/// A moment of wall-clock time, to the millisecond.
using Instant = std::chrono::sys_time<std::chrono::milliseconds>;

/// A thing the vendor knows: a pump, a controller, a meter, a channel.
struct Device {
  std::string_view kind;  ///< names a DeviceKind of the mapper
  std::string id;         ///< the vendor's id, as it stands; "hub" for the account's own device
  std::string name;       ///< what the owner calls it
  std::string parent;     ///< id of the device it hangs on; empty for none
  Json facts = boost::json::object();  ///< everything known: one member per read ("/list/...")
};

/// One element of a vendor's device list. The facts stay the caller's: they are copied only when
/// they differ from what is known.
struct Listed {
  std::string_view kind;
  std::string_view id;
  std::string_view name;  ///< empty: the id
  std::string_view parent = {};
  const Json& facts;
};

/// What a list function fills, page by page, so that a fleet never stands in memory twice.
class Fleet {
 public:
  virtual ~Fleet() = default;

  /// Takes one device: compares, and publishes it when it changed.
  virtual void add(const Listed& device) = 0;

  /// A part of the list could not be read; the log and the account's status say why. A device that
  /// is listed by its `id` stands as it was, with its children, and the list is complete. Without an
  /// id nothing is taken out by this list, and what is missing three times in a row is offline. A
  /// list to which nothing was added has then failed.
  virtual void unread(const Error& why, std::string_view id) = 0;
  void unread(const Error& why) { unread(why, {}); }

  /// The vendor's own count of a kind. A list with another count is not complete: it removes none.
  virtual void expect(std::string_view kind, std::size_t total) = 0;
};

/// What a read brings home: the facts of its device, perhaps of its children, and events.
class Facts {
 public:
  Facts(Json own) : own_(std::move(own)) {}  // NOLINT: a read's answer usually is the facts

  /// Facts of another device of the same account, under the same read's name.
  void child(std::string id, Json facts) { children_.emplace_back(std::move(id), std::move(facts)); }

  /// Something that happened once: published on the event topic of `key`, never retained. It is
  /// kept until the broker has it, from the same transaction that moves a durable read's cursor.
  void event(std::string_view key, Json what) { events_.emplace_back(key, std::move(what)); }

  /// A value of the past, with the vendor's time, on the history topic: never retained, kept until
  /// the broker has it, like an event.
  void past(Json what) { history_.push_back(std::move(what)); }

  /// When this read is worth repeating, where the facts themselves say so; the period is then the
  /// longest wait.
  void again_at(Instant moment) { again_ = moment; }

  void replace(Json own) { own_ = std::move(own); }
  const Json& own() const { return own_; }
  const std::vector<std::pair<std::string, Json>>& children() const { return children_; }
  const std::vector<std::pair<std::string_view, Json>>& events() const { return events_; }
  const std::vector<Json>& history() const { return history_; }
  std::optional<Instant> again() const { return again_; }

 private:
  Json own_;
  std::vector<std::pair<std::string, Json>> children_;
  std::vector<std::pair<std::string_view, Json>> events_;
  std::vector<Json> history_;
  std::optional<Instant> again_;
};

}  // namespace bridge
