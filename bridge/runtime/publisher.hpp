#pragma once

#include <deque>
#include <functional>
#include <string>
#include <vector>

#include "core/device_registry.hpp"
#include "core/discovery.hpp"
#include "core/unknown_words.hpp"
#include "runtime/discovery_ledger.hpp"
#include "runtime/ports.hpp"

namespace bridge {

/// What of a device has to be said. A mask.
enum Say : std::uint8_t {
  kSayDiscovery = 1,
  kSayAvailability = 2,
  kSayState = 4,
  kSayAll = kSayDiscovery | kSayAvailability | kSayState,
};

/// One account towards the broker: where its devices are announced from, and what it announced.
struct AccountFace {
  Announcer announcer;
  DiscoveryLedger ledger;
  bool discovery = true;  ///< whether Home Assistant is told at all
};

/// Says everything on MQTT. Holds no payloads: a device waits in the queue as a pointer and is
/// rendered when the link has room, so ten changes while the broker is away cost one message, and
/// memory does not grow.
class Publisher {
 public:
  Publisher(MqttLink& link, Log& log) : link_(link), log_(log) {}

  /// Something of a device changed. `first`: before everything that waits.
  void say(AccountFace& face, const Record& record, std::uint8_t what, bool first = false);
  /// The device is gone: clears its topics, and its announcement; an empty one stays.
  void retract(const Topics& topics, const std::string& account, const std::string& device,
               const std::string& announcement, std::function<void(bool)> done);
  /// Says nothing more of an account.
  void drop(const AccountFace& face);
  /// A message of its own; leaves before the devices. `done` as in MqttLink::publish. Without a
  /// connection it is dropped, and `done` not called: the next connection says everything anyway.
  void send(Publication message, std::function<void(bool)> done = {});

  /// Sends as much as the link takes.
  void pump();
  /// The connection is new: what waits is obsolete, its owners say everything again.
  void forget();

  std::size_t waiting() const { return devices_.size() + messages_.size(); }
  std::uint64_t published() const { return published_; }

 private:
  struct Waiting {
    AccountFace* face;
    Record record;
  };
  struct Message {
    Publication publication;
    std::function<void(bool)> done;
  };

  bool publish_one(AccountFace& face, DeviceRecord& record);
  bool publish_discovery(AccountFace& face, DeviceRecord& record);
  bool publish_availability(AccountFace& face, DeviceRecord& record);
  bool publish_state(AccountFace& face, DeviceRecord& record);
  void say_unknown(const std::string& account, const DeviceRecord& record,
                   const std::vector<UnknownWord>& unknown);
  bool retained(std::string topic, std::string payload, int qos, bool json = true);

  MqttLink& link_;
  Log& log_;
  std::deque<Waiting> devices_;
  std::deque<Message> messages_;
  std::uint64_t published_ = 0;
  UnknownWords unknown_words_;
};

}  // namespace bridge
