#pragma once

#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "core/configuration.hpp"
#include "runtime/account.hpp"
#include "runtime/leftovers.hpp"
#include "runtime/own_devices.hpp"

namespace bridge {

/// The whole service over its ports: accounts, publisher, what comes in and what is said about
/// the bridge itself.
class Bridge : public LinkListener {
 public:
  struct Ports {
    boost::asio::any_io_executor loop;
    MqttLink& link;
    Store& store;
    Clock& clock;
    Log& log;
    HttpClients clients;
    std::function<void(const std::string&)> tell_service;  ///< systemd's notifications
    std::function<bool(const std::string&)> set_log_level;
    std::function<std::int64_t()> memory_kib;
  };
  Bridge(const Configuration& configuration, Ports ports);

  void start();
  /// Ends everything: polls at once, a running command within 4 s, then says offline.
  boost::asio::awaitable<void> stop();
  /// Whether nothing of it runs any more.
  bool has_ended() const;

  /// The broker's last will, and the farewell of a clean stop.
  static Publication farewell(const Configuration& configuration);

  // LinkListener
  void connected(const LinkFacts& facts) override;
  void disconnected(const std::string& reason) override;
  void room() override { publisher_.pump(); }
  void arrived(Arrival arrival) override;
  std::int64_t keep(const Arrival& arrival) override;

 private:
  boost::asio::awaitable<void> say_health();
  boost::asio::awaitable<void> greet_home_assistant();
  void take_command(const Address& address, const Arrival& arrival, Instant arrived, bool was_started);
  bool came_before(const Arrival& arrival);
  void take_request(const std::string& action, const std::string& payload);
  void deliver(const OutboxMessage& message);
  void replay_journal();
  void say_info();
  std::string health() const;
  bool settle(const std::string& announcement, const std::string& device);
  Leftovers::Owner owner(const Announced& row) const;
  void collect_leftovers();
  Account* account(std::string_view name);
  CommandParts command_parts();

  const Configuration& configuration_;
  Ports ports_;
  Topics topics_;
  Publisher publisher_;
  OwnDevices own_devices_;
  std::string log_level_;
  std::vector<std::unique_ptr<Account>> accounts_;
  Leftovers leftovers_;
  std::set<std::int64_t> on_the_way_;  // outbox messages
  std::map<std::string, std::pair<std::chrono::milliseconds, std::uint64_t>> deliveries_;  // the latest by topic
  std::unique_ptr<Alarm> health_wake_;
  std::unique_ptr<Alarm> greeting_;
  LinkFacts facts_;
  std::chrono::milliseconds started_{};
  std::string last_reason_;
  bool greeting_pending_ = false;
  bool stopping_ = false;
  int running_ = 0;
};

}  // namespace bridge
