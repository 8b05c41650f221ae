#pragma once

#include <mqtt/async_client.h>

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "io/listener_gate.hpp"
#include "io/paho_mailbox.hpp"
#include "io/paho_options.hpp"

namespace bridge {

/// Why an attempt to connect failed.
struct Refusal {
  int code = 0;          ///< the broker's, where it answered; else 0 or Paho's, which is negative
  bool timeout = false;  ///< nothing came within Paho's time limit
};

/// What the broker granted.
struct Welcome {
  bool session_present = false;
  int receive_maximum = 65535;  ///< unacknowledged messages it accepts
};

/// What a PahoClient tells. `attempt` is the one given to connect(). They run on the loop,
/// through the mailbox.
class PahoEvents {
 public:
  virtual ~PahoEvents() = default;
  virtual void on_welcome(int attempt, const Welcome& welcome) = 0;
  virtual void on_refusal(int attempt, const Refusal& refusal) = 0;
  /// The answer for one of the filters, by its index. A code of 128 and more is a refusal.
  virtual void on_subscribed(int attempt, std::size_t filter, int code) = 0;
  /// `code` is what the broker said when it ended the connection, or 0.
  virtual void on_loss(int attempt, int code) = 0;
  virtual void on_goodbye(int attempt) = 0;
  /// `code` is the broker's, or Paho's, which is negative.
  virtual void on_refused_message(const std::string& topic, int code) = 0;
  virtual void on_arrival(Arrival arrival) = 0;
};

/// One client of Paho for one version of MQTT, with all its callbacks. Paho holds its one global
/// lock while it calls them, so they copy, put it into the mailbox and return. Its functions are
/// called on the loop; its destruction sleeps and belongs on a thread of its own.
class PahoClient {
 public:
  /// `events` is used only through the mailbox. Throws mqtt::exception.
  PahoClient(const BrokerAddress& address, const std::string& id, int version, int most_queued,
             PahoEvents& events, std::shared_ptr<ListenerGate> gate,
             std::shared_ptr<PahoMailbox> mailbox);
  PahoClient(const PahoClient&) = delete;
  PahoClient& operator=(const PahoClient&) = delete;

  int version() const { return version_; }

  /// Begins to connect; false: Paho would not even try.
  bool connect(std::unique_ptr<mqtt::connect_options> options, int attempt);
  /// Subscribes to each with QoS 1, retain flags as published; to those from `watched` on without
  /// what is retained and without the own messages, as far as the version can.
  bool subscribe(const std::vector<std::string>& filters, std::size_t watched);
  void disconnect();

  enum class Sent { yes, not_connected, impossible };
  /// Its delivery comes through the mailbox, perhaps before this returns.
  Sent publish(Publication message, std::uintptr_t ticket);

 private:
  class Connecting;
  class Subscribing;
  class Publishing;
  class Leaving;

  void tell(std::function<void(PahoEvents&)> report);
  void take(const mqtt::message& message);

  const int version_;
  PahoEvents& events_;
  std::shared_ptr<ListenerGate> gate_;
  std::shared_ptr<PahoMailbox> mailbox_;
  std::atomic<int> attempt_ = 0;
  std::unique_ptr<mqtt::iaction_listener> connecting_;
  std::unique_ptr<mqtt::iaction_listener> subscribing_;
  std::unique_ptr<mqtt::iaction_listener> publishing_;
  std::unique_ptr<mqtt::iaction_listener> leaving_;
  mqtt::async_client client_;  // calls the listeners while it ends
  // Paho's own heap ends with its last client: what is freed after that leaks.
  const mqtt::properties json_properties_;
  const mqtt::properties text_properties_;
  std::unique_ptr<mqtt::connect_options> options_;
};

}  // namespace bridge
