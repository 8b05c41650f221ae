#include <algorithm>
#include <cstdlib>

#include "io/paho_link.hpp"
#include "support/fake_broker.hpp"
#include "support/link_fixture.hpp"

namespace bridge {
namespace {

using namespace std::chrono_literals;

class PahoLinkConnection : public LinkTest {
 protected:
  bool heard(const std::string& reason) const {
    return std::find(listener.reasons.begin(), listener.reasons.end(), reason) !=
           listener.reasons.end();
  }
};

class PahoLinkReconnection : public PahoLinkConnection, public testing::WithParamInterface<int> {};
INSTANTIATE_TEST_SUITE_P(Mqtt, PahoLinkReconnection, testing::Values(5, 4),
                         [](const auto& chosen) { return "V" + std::to_string(chosen.param); });

TEST_P(PahoLinkReconnection, ConnectsOnceTheBrokerIsThere) {
  Mosquitto broker;
  make_link(broker.url(), GetParam());
  link->start(listener, {"test/set"});
  EXPECT_FALSE(link->has_room());
  EXPECT_FALSE(link->publish(message("test/a", "x"), nullptr));
  ASSERT_TRUE(wait_until([&] { return listener.reasons.size() >= 2; }));
  EXPECT_EQ(listener.reasons[0], "connection refused");
  EXPECT_EQ(listener.reasons[1], "connection refused");
  EXPECT_EQ(log.count(Level::warning, "connection refused"), 1);
  EXPECT_TRUE(listener.connections.empty());
  broker.start();
  EXPECT_TRUE(wait_until([&] { return listener.connections.size() == 1; }));
}

TEST_P(PahoLinkReconnection, ComesBackAfterTheBrokerWasKilled) {
  Mosquitto broker;
  broker.start();
  connect(broker.url(), GetParam(), {"test/set"});
  broker.freeze();
  std::vector<bool> answers;
  for (const int qos : {1, 1, 1}) {
    const auto done = [&](bool taken) { answers.push_back(taken); };
    ASSERT_TRUE(link->publish(message("test/a", "lost", qos), done));
  }
  broker.kill();
  ASSERT_TRUE(wait_until([&] { return !listener.reasons.empty(); }));
  EXPECT_EQ(answers, (std::vector<bool>{false, false, false}));
  EXPECT_FALSE(link->is_connected());

  broker.start();
  ASSERT_TRUE(wait_until([&] { return listener.connections.size() == 2; })) << reasons();
  EXPECT_EQ(answers.size(), 3U);
  EXPECT_TRUE(delivered(message("test/a", "again")));
  EXPECT_EQ(broker.retained("test/a"), "again");
  broker.publish({"-t", "test/set", "-m", "ON", "-q", "1"});
  EXPECT_TRUE(wait_for_arrivals(1));
}

TEST_P(PahoLinkReconnection, FillsTheWindowAgainAfterItWasFullWhenTheBrokerWasKilled) {
  Mosquitto broker;
  broker.start();
  connect(broker.url(), GetParam());
  broker.freeze();
  int sent = 0, lost = 0;
  while (link->publish(message("test/a", "x"), [&](bool taken) { lost += !taken; })) ++sent;
  broker.kill();
  ASSERT_TRUE(wait_until([&] { return lost == sent; }));
  broker.start();
  ASSERT_TRUE(wait_until([&] { return listener.connections.size() == 2; }));
  int acknowledged = 0;
  const auto done = [&](bool taken) { acknowledged += taken; };
  ASSERT_TRUE(wait_until([&] { return link->has_room(); }));
  ASSERT_TRUE(wait_until([&] {
    while (link->publish(message("test/a", "x"), done)) {
      if (acknowledged > 100) break;
    }
    return acknowledged > 100;
  }));
}

TEST_F(PahoLinkConnection, CountsWhatPahoSendsAgainInAStandingSession) {
  FakeBroker broker(5);
  connect(broker.url());
  int sent = 0, lost = 0;
  while (link->publish(message("test/a", "x"), [&](bool taken) { lost += !taken; })) ++sent;
  ASSERT_TRUE(wait_until([&] { return broker.waiting() == 16; }));
  broker.cut();
  ASSERT_TRUE(wait_until([&] { return listener.connections.size() == 2; }));
  EXPECT_TRUE(listener.connections[1].session_present);
  EXPECT_EQ(lost, sent);
  ASSERT_TRUE(wait_until([&] { return broker.waiting() == 16; })) << broker.waiting();
  EXPECT_FALSE(link->publish(message("test/a", "y"), nullptr));
  EXPECT_EQ(listener.rooms, 0);
  broker.acknowledge();
  EXPECT_TRUE(wait_until([&] { return listener.rooms == 1; }));
  EXPECT_TRUE(link->publish(message("test/a", "y"), nullptr));
  EXPECT_EQ(lost, sent);
  link.reset();
}

TEST_F(PahoLinkConnection, SaysWhyTheBrokerEndedTheConnection) {
  FakeBroker broker(5);
  connect(broker.url());
  broker.disconnect(139);
  ASSERT_TRUE(wait_until([&] { return listener.connections.size() == 2; }));
  EXPECT_EQ(reasons(), "the broker is shutting down\n");
  link.reset();
}

TEST_P(PahoLinkReconnection, SaysThatThePasswordIsWrong) {
  Mosquitto::Options options;
  options.anonymous = false;
  options.user = "bridge";
  options.password = "right";
  Mosquitto broker(options);
  broker.start();
  configuration.username = "bridge";
  configuration.password = "wrong";
  make_link(broker.url(), GetParam());
  link->start(listener, {});
  ASSERT_TRUE(wait_until([&] { return listener.reasons.size() >= 2; }));
  const std::string expected =
      "the broker refused user name or password: check username and password under [mqtt]";
  EXPECT_EQ(listener.reasons[0], expected);
  EXPECT_EQ(listener.reasons[1], expected);
  EXPECT_EQ(log.count(Level::error, expected), 1);
  EXPECT_EQ(log.lines.size(), 1U);
}

TEST_P(PahoLinkReconnection, SaysThatAPasswordIsMissing) {
  Mosquitto::Options options;
  options.anonymous = false;
  options.user = "bridge";
  options.password = "right";
  Mosquitto broker(options);
  broker.start();
  make_link(broker.url(), GetParam());
  link->start(listener, {});
  ASSERT_TRUE(wait_until([&] { return !listener.reasons.empty(); }));
  const std::string expected =
      "the broker refused user name or password: set username and password under [mqtt]";
  EXPECT_EQ(listener.reasons[0], expected);
  EXPECT_EQ(log.count(Level::error, expected), 1);
}

TEST_P(PahoLinkReconnection, SaysThatAnotherClientHasItsId) {
  Mosquitto broker;
  broker.start();
  connect(broker.url(), GetParam());
  const std::string expected =
      "another client uses the client id \"bridge-under-test\": give this one another client_id "
      "under [mqtt]";
  // A broker may say so with MQTT 5; else it shows by the third time.
  for (std::size_t time = 1; time <= 3 && log.count(Level::error, expected) == 0; ++time) {
    ASSERT_TRUE(wait_until([&] { return link->is_connected(); })) << reasons();
    broker.publish({"-i", "bridge-under-test", "-t", "test/a", "-m", "x"});
    ASSERT_TRUE(wait_until([&] { return listener.reasons.size() == time; })) << reasons();
  }
  EXPECT_EQ(log.count(Level::error, expected), 1) << reasons();
}

TEST_F(PahoLinkConnection, SaysThatAnotherClientHasItsIdWhereTheBrokerDoes) {
  FakeBroker broker(5);
  connect(broker.url());
  broker.disconnect(142);
  ASSERT_TRUE(wait_until([&] { return listener.connections.size() == 2; }));
  EXPECT_EQ(reasons(),
            "another client uses the client id \"bridge-under-test\": give this one another "
            "client_id under [mqtt]\n");
  EXPECT_EQ(log.count(Level::error, "another client uses the client id"), 1);
  link.reset();
}

TEST_F(PahoLinkConnection, TakesOneBrokenConnectionForNoOthersDoing) {
  FakeBroker broker(5);
  connect(broker.url());
  broker.cut();
  ASSERT_TRUE(wait_until([&] { return listener.connections.size() == 2; }));
  EXPECT_EQ(reasons(), "the connection broke\n");
  link.reset();
}

TEST_P(PahoLinkReconnection, ConnectsWithUserNameAndPassword) {
  Mosquitto::Options options;
  options.anonymous = false;
  options.user = "bridge";
  options.password = "right";
  Mosquitto broker(options);
  broker.start();
  configuration.username = "bridge";
  configuration.password = "right";
  connect(broker.url(), GetParam());
  EXPECT_TRUE(delivered(message("test/a", "x")));
}

TEST_F(PahoLinkConnection, SaysThatThereIsNoSuchHost) {
  make_link("mqtt://no-such-host.invalid:1883");
  link->start(listener, {});
  ASSERT_TRUE(wait_until([&] { return !listener.reasons.empty(); }));
  EXPECT_TRUE(heard("host name not found") || heard("the name server does not answer"))
      << reasons();
}

TEST_F(PahoLinkConnection, FallsBackToMqtt311WhenTheBrokerRefusesMqtt5) {
  FakeBroker broker(4);
  connect(broker.url());
  EXPECT_EQ(listener.connections.at(0).mqtt_version, 4);
  EXPECT_TRUE(listener.reasons.empty()) << reasons();
  EXPECT_EQ(log.count(Level::notice, "MQTT 3.1.1"), 2);
  link.reset();
}

TEST_F(PahoLinkConnection, NamesARefusedSubscriptionAndConnectsAllTheSame) {
  FakeBroker broker(4);
  connect(broker.url(), 4, {"test/set", "forbidden/#"});
  EXPECT_EQ(log.count(Level::error, "subscription to forbidden/#"), 1);
  EXPECT_EQ(log.count(Level::error, "test/set"), 0);
  link.reset();
}

TEST_F(PahoLinkConnection, KeepsItsSessionForAShortAbsence) {
  Mosquitto broker;
  broker.start();
  connect(broker.url(), 5, {"test/set"});
  stop();
  broker.publish({"-t", "test/set", "-m", "ON", "-q", "1"});
  link.reset();
  connect(broker.url(), 5, {"test/set"});
  EXPECT_TRUE(listener.connections.back().session_present);
  EXPECT_TRUE(wait_for_arrivals(1));
}

TEST_F(PahoLinkConnection, HearsARetainedMessageOfItsAbsenceOnce) {
  Mosquitto broker;
  broker.start();
  connect(broker.url(), 5, {"test/set"});
  stop();
  broker.publish({"-t", "test/set", "-m", "ON", "-q", "1", "-r"});
  link.reset();
  connect(broker.url(), 5, {"test/set"});
  broker.publish({"-t", "test/set", "-m", "end", "-q", "1"});
  ASSERT_TRUE(wait_for_arrivals(2));
  EXPECT_EQ(listener.arrivals[0].payload, "ON");
  EXPECT_TRUE(listener.arrivals[0].retained);
  EXPECT_EQ(listener.arrivals[1].payload, "end");
}

TEST_F(PahoLinkConnection, TakesNoNoticeOfAProxyInTheEnvironment) {
  ::setenv("http_proxy", "http://127.0.0.1:9", 1);
  Mosquitto broker;
  broker.start();
  connect(broker.url());
  EXPECT_EQ(::getenv("http_proxy"), nullptr);
}

TEST_F(PahoLinkConnection, MayBeDestroyedInEveryState) {
  Mosquitto broker;
  make_link(broker.url());
  link.reset();
  make_link(broker.url());
  link->start(listener, {});
  link.reset();
  make_link(broker.url());
  link->start(listener, {});
  ASSERT_TRUE(wait_until([&] { return !listener.reasons.empty(); }));
  link.reset();
  broker.start();
  connect(broker.url());
  ASSERT_TRUE(link->publish(message("test/a", "x"), nullptr));
  link.reset();
  const std::size_t heard_before = listener.connections.size() + listener.reasons.size();
  loop.restart();
  loop.poll();
  EXPECT_EQ(listener.connections.size() + listener.reasons.size(), heard_before);
}

}  // namespace
}  // namespace bridge
