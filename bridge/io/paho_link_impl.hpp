#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <functional>
#include <memory>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "core/configuration.hpp"
#include "io/in_flight.hpp"
#include "io/listener_gate.hpp"
#include "io/paho_client.hpp"
#include "io/paho_mailbox.hpp"
#include "io/paho_options.hpp"
#include "io/reaper.hpp"
#include "io/refused_messages.hpp"
#include "runtime/ports.hpp"

namespace bridge {

/// The connection as a state machine on the loop. paho_dialing.cpp has how it comes and goes,
/// paho_link.cpp what is sent over it.
class PahoLink final : public MqttLink, public PahoEvents {
 public:
  PahoLink(boost::asio::io_context& loop, const MqttConfiguration& configuration, Publication will,
           Log& log);
  ~PahoLink() override;

  void start(LinkListener& listener, std::vector<std::string> filters,
             std::vector<std::string> watched) override;
  bool is_connected() const override { return state_ == State::up; }
  bool has_room() const override;
  bool publish(Publication message, std::function<void(bool)> done) override;
  boost::asio::awaitable<void> stop(Publication farewell, std::chrono::milliseconds limit) override;

  void on_welcome(int attempt, const Welcome& welcome) override;
  void on_refusal(int attempt, const Refusal& refusal) override;
  void on_subscribed(int attempt, std::size_t filter, int code) override;
  void on_loss(int attempt, int code) override;
  void on_goodbye(int attempt) override;
  void on_refused_message(const std::string& topic, int code) override;
  void on_arrival(Arrival arrival) override;

 private:
  enum class State {
    idle,
    waiting,   // for the next attempt
    retiring,  // the next attempt is due, but the former client has not ended yet
    connecting,
    diagnosing,  // the attempt failed; why is being found out
    subscribing,
    up,
    leaving,  // stop() waits for the farewell
    stopped,
  };

  void attempt();
  void fall_back();
  void diagnose();
  void explain(int attempt, const std::string& reason);
  void give_up_attempt();
  void stand();
  void watch();
  void say_refused();
  void lose(const std::string& reason, Level level = Level::warning);
  void fail(const std::string& reason, Level level = Level::warning);
  std::string reason_of(int code) const;
  void retry(const std::string& reason);
  void retire();
  void release_client(std::function<void()> after);
  bool send(Publication message, std::function<void(bool)> done);
  void settle(const PahoMailbox::Deliveries& deliveries);
  boost::asio::awaitable<void> say_goodbye(Publication farewell, std::chrono::milliseconds limit);
  boost::asio::awaitable<void> wait_for_change();
  void finish();
  void after(boost::asio::steady_timer& timer, std::chrono::milliseconds span,
             void (PahoLink::*then)());
  std::chrono::milliseconds next_delay();
  void say(Level level, const std::string& text) { log_.say(level, "mqtt", text); }

  const MqttConfiguration configuration_;
  const BrokerAddress address_;
  const std::string client_id_;
  const Publication will_;
  Log& log_;
  LinkListener* listener_ = nullptr;
  std::vector<std::string> filters_;
  std::size_t first_watched_ = 0;  // of them

  State state_ = State::idle;
  int version_;
  int attempt_ = 0;
  Welcome welcome_;
  std::size_t unanswered_filters_ = 0;
  std::chrono::steady_clock::time_point up_since_;
  int failures_ = 0;
  int brief_ = 0;  // connections in a row that broke within seconds
  std::string last_reason_;
  std::set<std::string> refused_filters_;
  RefusedMessages refused_messages_;
  InFlight in_flight_;
  mutable bool room_wanted_ = false;
  bool client_ending_ = false;
  bool gone_ = false;  // the goodbye was sent
  std::vector<int> broker_sockets_;

  boost::asio::steady_timer retry_timer_;
  boost::asio::steady_timer limit_timer_;
  boost::asio::steady_timer watch_timer_;
  boost::asio::steady_timer change_timer_;
  std::minstd_rand random_{std::random_device{}()};
  std::shared_ptr<ListenerGate> gate_ = std::make_shared<ListenerGate>();
  std::shared_ptr<PahoMailbox> mailbox_;
  std::shared_ptr<int> alive_ = std::make_shared<int>(0);
  Reaper reaper_;
  std::unique_ptr<PahoClient> client_;
};

}  // namespace bridge
