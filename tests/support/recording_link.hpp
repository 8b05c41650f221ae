#pragma once

// A broker connection that keeps what is said, and says what the test wants to come in.

#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "runtime/ports.hpp"

namespace bridge {

class RecordingLink : public MqttLink {
 public:
  explicit RecordingLink(boost::asio::io_context& loop) : loop_(loop) {}

  void start(LinkListener& listener, std::vector<std::string> all,
             std::vector<std::string> of_others) override {
    listener_ = &listener;
    filters = std::move(all);
    watched = std::move(of_others);
  }
  bool is_connected() const override { return connected_; }
  bool has_room() const override { return connected_ && room > 0; }

  bool publish(Publication message, std::function<void(bool)> done) override {
    if (!has_room()) return false;
    if (message.retain == Retain::yes) {
      retained[message.topic] = message.payload;
      if (message.payload.empty()) retained.erase(message.topic);
    }
    said.push_back(std::move(message));
    if (!acknowledges) return true;
    boost::asio::post(loop_, [done = std::move(done)] {
      if (done) done(true);
    });
    return true;
  }

  boost::asio::awaitable<void> stop(Publication farewell, std::chrono::milliseconds limit) override {
    stop_limit = limit;
    said.push_back(std::move(farewell));
    connected_ = false;
    co_return;
  }

  void connect() {
    connected_ = true;
    listener_->connected(LinkFacts{.client_id = "cloud2mqtt-test"});
  }
  void disconnect() {
    connected_ = false;
    listener_->disconnected("the test pulled the plug");
  }
  /// A message comes in as the network thread brings it: kept first, then told.
  void deliver(Arrival arrival) {
    keep(arrival);
    listener_->arrived(std::move(arrival));
  }
  /// The first half of it: the loop is busy, and hears of the message with arrive().
  void keep(Arrival& arrival) { arrival.journal = listener_->keep(arrival); }
  void arrive(Arrival arrival) { listener_->arrived(std::move(arrival)); }
  void deliver(std::string topic, std::string payload) {
    Arrival arrival;
    arrival.topic = std::move(topic);
    arrival.payload = std::move(payload);
    deliver(std::move(arrival));
  }

  /// Payloads said on one topic, oldest first.
  std::vector<std::string> on(std::string_view topic) const {
    std::vector<std::string> payloads;
    for (const Publication& each : said) {
      if (each.topic == topic) payloads.push_back(each.payload);
    }
    return payloads;
  }

  std::vector<Publication> said;
  std::map<std::string, std::string> retained;
  std::vector<std::string> filters;
  std::vector<std::string> watched;
  int room = 1'000'000;
  bool acknowledges = true;
  std::chrono::milliseconds stop_limit{};  ///< what stop() was given

 private:
  boost::asio::io_context& loop_;
  LinkListener* listener_ = nullptr;
  bool connected_ = false;
};

}  // namespace bridge
