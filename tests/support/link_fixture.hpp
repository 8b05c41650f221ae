#pragma once

#include <gtest/gtest.h>

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <chrono>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "io/paho_link.hpp"
#include "support/mosquitto.hpp"
#include "support/run.hpp"

namespace bridge {

/// Writes down everything a link says.
class WritingListener : public LinkListener {
 public:
  void connected(const LinkFacts& facts) override {
    connections.push_back(facts);
    if (when_connected) when_connected();
  }
  void disconnected(const std::string& reason) override { reasons.push_back(reason); }
  void room() override {
    ++rooms;
    if (when_room) when_room();
  }
  void arrived(Arrival arrival) override { arrivals.push_back(std::move(arrival)); }
  std::int64_t keep(const Arrival& arrival) override {
    const std::lock_guard lock(mutex);
    keeper = std::this_thread::get_id();
    return when_kept ? when_kept(arrival) : 0;
  }

  std::vector<LinkFacts> connections;
  std::vector<std::string> reasons;
  std::vector<Arrival> arrivals;
  int rooms = 0;
  std::function<void()> when_connected;
  std::function<void()> when_room;
  std::mutex mutex;
  std::thread::id keeper;
  std::function<std::int64_t(const Arrival&)> when_kept;
};

class WritingLog : public Log {
 public:
  void say(Level level, std::string_view, std::string_view text) override {
    lines.emplace_back(level, text);
  }
  int count(Level level, const std::string& part) const {
    int found = 0;
    for (const auto& [of, text] : lines) {
      if (of == level && text.find(part) != std::string::npos) ++found;
    }
    return found;
  }

  std::vector<std::pair<Level, std::string>> lines;
};

inline Publication message(std::string topic, std::string payload, int qos = 1,
                           Retain retain = Retain::yes) {
  Publication made;
  made.topic = std::move(topic);
  made.payload = std::move(payload);
  made.qos = qos;
  made.retain = retain;
  made.json = false;
  return made;
}

/// A loop, a link on it, and what the link said.
class LinkTest : public testing::Test {
 protected:
  void make_link(const std::string& url, int version = 5) {
    configuration.url = url;
    configuration.version = version;
    if (configuration.client_id.empty()) configuration.client_id = "bridge-under-test";
    link = make_paho_link(loop, configuration, message("test/availability", "offline"), log);
  }

  void connect(const std::string& url, int version = 5, std::vector<std::string> filters = {}) {
    make_link(url, version);
    link->start(listener, std::move(filters));
    ASSERT_TRUE(wait_until([&] { return link->is_connected(); })) << reasons();
  }

  /// Runs the loop until the condition holds; false when it does not within half a minute.
  bool wait_until(const std::function<bool()>& condition,
                  std::chrono::seconds limit = std::chrono::seconds(30)) {
    const auto deadline = std::chrono::steady_clock::now() + limit;
    while (!condition()) {
      if (std::chrono::steady_clock::now() > deadline) return false;
      loop.restart();
      loop.run_one_for(std::chrono::milliseconds(20));
    }
    return true;
  }

  bool wait_for_arrivals(std::size_t count) {
    return wait_until([&] { return listener.arrivals.size() >= count; });
  }

  /// Publishes and waits for the answer.
  bool delivered(Publication publication) {
    int answer = -1;
    if (!link->publish(std::move(publication), [&](bool taken) { answer = taken; })) return false;
    return wait_until([&] { return answer != -1; }) && answer == 1;
  }

  void stop() { run(loop, link->stop(message("test/availability", "offline"), std::chrono::seconds(2))); }

  std::string reasons() const {
    std::string all;
    for (const std::string& reason : listener.reasons) all += reason + "\n";
    return all;
  }

  boost::asio::io_context loop{1};
  boost::asio::executor_work_guard<boost::asio::io_context::executor_type> busy{
      loop.get_executor()};
  MqttConfiguration configuration;
  WritingLog log;
  WritingListener listener;
  std::unique_ptr<MqttLink> link;
};

}  // namespace bridge
