#pragma once

#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "core/configuration.hpp"
#include "core/redeliveries.hpp"
#include "runtime/account.hpp"
#include "runtime/gate.hpp"
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
    /// Reads the configuration again and says in the log what it thinks of it. An error holds all
    /// that is wrong, without secrets.
    std::function<Result<Configuration>()> read_configuration;
  };
  Bridge(Configuration configuration, Ports ports);

  void start();
  /// Ends everything: polls at once, a running command within 4 s, then says offline.
  boost::asio::awaitable<void> stop();
  struct Reloaded {
    std::string trouble;                      ///< what is wrong with the file; empty: it is in force
    std::vector<std::string> restart_needed;  ///< the parts that only a new process takes up
  };
  /// Reads the configuration again. Accounts that are as they were do not notice; others stop,
  /// start, or are taken back.
  boost::asio::awaitable<Reloaded> reload();
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
  /// It came `age` ago; nothing: nobody knows.
  void take_command(const Address& address, const Arrival& arrival,
                    std::optional<std::chrono::milliseconds> age, bool was_started);
  void miss_key(const Address& address, const Arrival& arrival);
  bool came_before(const Arrival& arrival);
  /// A request of somebody who waits for its answer.
  struct Asked {
    std::string action;
    Json id;
    std::string response_topic;  // empty: none
    std::string correlation_data;
  };
  void take_request(const std::string& action, const Arrival& arrival);
  std::string obey(const std::string& action, const Json& request);
  std::string obey_poll(const Account* one);
  boost::asio::awaitable<void> obey_reload(Asked asked);
  void respond(const Asked& asked, const Reloaded& outcome);
  std::unique_ptr<Account> make_account(AccountConfiguration configuration);
  boost::asio::awaitable<void> take_over(Configuration next);
  std::vector<std::string> what_needs_a_restart(const Configuration& next) const;
  std::vector<Account*> leaving(const Configuration& next);
  boost::asio::awaitable<void> end(std::vector<Account*> accounts);
  void replace_accounts(const Configuration& next);
  void begin(const std::vector<Account*>& fresh);
  void deliver(const OutboxMessage& message);
  /// Takes the commands that were accepted and not answered: those of some accounts, or of all.
  void replay_journal(const std::set<std::string>& accounts = {});
  void say_info();
  std::string health() const;
  /// Somebody else said something on the bridge's own topics.
  void notice_twin(const Arrival& arrival);
  bool settle(const std::string& announcement, const std::string& device);
  Leftovers::Owner owner(const Announced& row) const;
  void collect_leftovers();
  Account* account(std::string_view name);
  CommandParts command_parts();

  Configuration configuration_;  // of accounts the one in force, and every secret there ever was
  Ports ports_;
  const std::string instance_;
  Topics topics_;
  Publisher publisher_;
  OwnDevices own_devices_;
  std::vector<std::unique_ptr<Account>> accounts_;
  Leftovers leftovers_;
  std::set<std::int64_t> on_the_way_;  // outbox messages
  Redeliveries redeliveries_;
  std::set<std::string> changing_;  // accounts whose commands wait in the journal
  std::int64_t heard_ = 0;  // the journal's latest row that came here; later ones are on their way
  Gate reloading_;
  std::unique_ptr<Alarm> health_wake_;
  std::unique_ptr<Alarm> greeting_;
  LinkFacts facts_;
  std::chrono::milliseconds started_{};
  std::string last_reason_;
  std::optional<std::chrono::milliseconds> twin_said_;  // when the log was told of another client
  bool greeting_pending_ = false;
  bool stopping_ = false;
  int running_ = 0;
};

}  // namespace bridge
