#include "io/paho_link.hpp"

#include "support/link_fixture.hpp"

namespace bridge {
namespace {

using namespace std::chrono_literals;

class PahoLinkMessages : public LinkTest {
 protected:
  PahoLinkMessages() { broker.start(); }
  Mosquitto broker;
};

class PahoLinkVersions : public PahoLinkMessages, public testing::WithParamInterface<int> {};
INSTANTIATE_TEST_SUITE_P(Mqtt, PahoLinkVersions, testing::Values(5, 4),
                         [](const auto& chosen) { return "V" + std::to_string(chosen.param); });

TEST_P(PahoLinkVersions, SubscribesAndReceivesWhatIsRetained) {
  broker.publish({"-t", "test/a/set", "-m", "21.5", "-q", "1", "-r"});
  connect(broker.url(), GetParam(), {"test/+/set", "other/#"});
  ASSERT_TRUE(wait_for_arrivals(1));
  EXPECT_EQ(listener.arrivals[0].topic, "test/a/set");
  EXPECT_EQ(listener.arrivals[0].payload, "21.5");
  EXPECT_TRUE(listener.arrivals[0].retained);
  ASSERT_EQ(listener.connections.size(), 1U);
  EXPECT_EQ(listener.connections[0].mqtt_version, GetParam());
  EXPECT_FALSE(listener.connections[0].session_present);
  EXPECT_EQ(log.count(Level::notice, GetParam() == 5 ? "with MQTT 5" : "with MQTT 3.1.1"), 1);
}

TEST_P(PahoLinkVersions, PublishesRetainedMessagesWithEitherQos) {
  connect(broker.url(), GetParam());
  EXPECT_TRUE(delivered(message("test/state", "one", 1)));
  EXPECT_TRUE(delivered(message("test/other", "two", 0)));
  EXPECT_EQ(broker.retained("test/state"), "one");
  EXPECT_EQ(broker.retained("test/other"), "two");
}

TEST_P(PahoLinkVersions, DeliversFiveHundredMessagesWithoutStalling) {
  connect(broker.url(), GetParam());
  int sent = 0, acknowledged = 0;
  const auto send = [&] {
    while (sent < 500 && link->has_room()) {
      const auto done = [&](bool taken) { acknowledged += taken; };
      ASSERT_TRUE(link->publish(message("test/" + std::to_string(sent++), "x"), done));
    }
  };
  listener.when_room = send;
  send();
  EXPECT_TRUE(wait_until([&] { return acknowledged == 500; }, 10s)) << acknowledged;
  EXPECT_EQ(broker.retained("test/499"), "x");
}

TEST_P(PahoLinkVersions, KeepsTheWindowAndSaysWhenThereIsRoom) {
  connect(broker.url(), GetParam());
  broker.freeze();
  int sent = 0, acknowledged = 0;
  const auto done = [&](bool taken) { acknowledged += taken; };
  while (sent < 1000 && link->publish(message("test/a", "x"), done)) ++sent;
  EXPECT_EQ(sent, 16);
  EXPECT_FALSE(link->has_room());
  EXPECT_EQ(listener.rooms, 0);
  broker.thaw();
  EXPECT_TRUE(wait_until([&] { return acknowledged == 16; }));
  EXPECT_TRUE(link->has_room());
  EXPECT_GE(listener.rooms, 1);
}

TEST_F(PahoLinkMessages, BoundsTheMessagesThatAreNotAcknowledged) {
  connect(broker.url());
  int sent = 0, written = 0;
  const auto done = [&](bool taken) { written += taken; };
  while (sent < 1000 && link->publish(message("test/a", "x", 0), done)) ++sent;
  EXPECT_EQ(sent, 64);
  EXPECT_TRUE(wait_until([&] { return written == sent; }));
  EXPECT_TRUE(link->has_room());
}

TEST_F(PahoLinkMessages, TellsLiveRetainedMessagesFromOthersWithMqtt5) {
  connect(broker.url(), 5, {"test/set"});
  broker.publish({"-t", "test/set", "-m", "live", "-r"});
  broker.publish({"-t", "test/set", "-m", "plain"});
  ASSERT_TRUE(wait_for_arrivals(2));
  EXPECT_TRUE(listener.arrivals[0].retained);
  EXPECT_FALSE(listener.arrivals[1].retained);
}

TEST_P(PahoLinkVersions, HearsOfItsOwnTopicsWhatOthersSayFromNowOn) {
  broker.publish({"-t", "test/availability", "-m", "before", "-q", "1", "-r"});
  make_link(broker.url(), GetParam());
  link->start(listener, {"test/set"}, {"test/availability"});
  ASSERT_TRUE(wait_until([&] { return link->is_connected(); })) << reasons();
  EXPECT_TRUE(delivered(message("test/availability", "own")));
  broker.publish({"-t", "test/availability", "-m", "other", "-q", "1", "-r"});
  broker.publish({"-t", "test/set", "-m", "end", "-q", "1"});
  ASSERT_TRUE(wait_until([&] { return !listener.arrivals.empty() && listener.arrivals.back().payload == "end"; }));
  std::string live;
  for (const Arrival& each : listener.arrivals) live += each.retained ? "" : each.payload + ' ';
  EXPECT_EQ(live, GetParam() == 5 ? "other end " : "own other end ");
}

TEST_F(PahoLinkMessages, SendsContentTypeFormatAndCorrelationData) {
  connect(broker.url());
  const auto observer =
      broker.subscribe({"-V", "5", "-t", "test/#", "-C", "2", "-F", "%t %p %q %C %F %D"});
  ASSERT_TRUE(
      wait_until([&] { return broker.log().find("Sending SUBACK to auto") != std::string::npos; }));
  Publication publication = message("test/outcome", "{}", 1, Retain::no);
  publication.json = true;
  publication.correlation_data = "abc";
  EXPECT_TRUE(delivered(publication));
  EXPECT_TRUE(delivered(message("test/availability", "online", 0, Retain::no)));
  EXPECT_EQ(observer->line(), "test/outcome {} 0 application/json 1 abc");
  EXPECT_EQ(observer->line(), "test/availability online 0  1 ");
}

TEST_F(PahoLinkMessages, HandsOverWhereTheAnswerGoesAndWhenItIsTooLate) {
  connect(broker.url(), 5, {"test/set"});
  broker.publish({"-V",
                  "5",
                  "-t",
                  "test/set",
                  "-m",
                  "ON",
                  "-q",
                  "1",
                  "-D",
                  "publish",
                  "response-topic",
                  "answers/1",
                  "-D",
                  "publish",
                  "correlation-data",
                  "a b",
                  "-D",
                  "publish",
                  "message-expiry-interval",
                  "3600"});
  ASSERT_TRUE(wait_for_arrivals(1));
  const Arrival& arrival = listener.arrivals[0];
  EXPECT_EQ(arrival.response_topic, "answers/1");
  EXPECT_EQ(arrival.correlation_data, "a b");
  ASSERT_TRUE(arrival.expires_in);
  EXPECT_GT(*arrival.expires_in, 3500s);
  EXPECT_LE(*arrival.expires_in, 3600s);
}

TEST_P(PahoLinkVersions, KeepsAMessageBeforeItIsAcknowledged) {
  const std::string acknowledgement = "Received PUBACK from bridge-under-test";
  std::string log_while_kept;
  listener.when_kept = [&](const Arrival&) -> std::int64_t {
    // The broker has dealt with everything sent before this once it has dealt with this.
    broker.publish({"-t", "elsewhere", "-m", "x", "-q", "1"});
    log_while_kept = broker.log();
    return 42;
  };
  connect(broker.url(), GetParam(), {"test/set"});
  broker.publish({"-t", "test/set", "-m", "ON", "-q", "1"});
  ASSERT_TRUE(wait_for_arrivals(1));
  EXPECT_EQ(listener.arrivals[0].journal, 42);
  EXPECT_NE(listener.keeper, std::this_thread::get_id());
  EXPECT_NE(log_while_kept.find("elsewhere"), std::string::npos);
  EXPECT_EQ(log_while_kept.find(acknowledgement), std::string::npos);
  EXPECT_TRUE(wait_until([&] { return broker.log().find(acknowledgement) != std::string::npos; }));
}

TEST_P(PahoLinkVersions, ReportsAMessageThatCannotBeSent) {
  connect(broker.url(), GetParam());
  int answer = -1;
  EXPECT_TRUE(link->publish(message("test/\xff", "x"), [&](bool taken) { answer = taken; }));
  EXPECT_TRUE(wait_until([&] { return answer != -1; }));
  EXPECT_EQ(answer, 1);
  EXPECT_EQ(log.count(Level::error, "its topic is not valid"), 1);
  EXPECT_TRUE(delivered(message("test/a", "x")));
}

TEST_F(LinkTest, IsDoneWithAMessageThatTheBrokerRefuses) {
  TemporaryDirectory directory;
  std::ofstream(directory.file("acl")) << "topic read #\ntopic write test/allowed\n";
  Mosquitto::Options options;
  options.settings = {"acl_file " + directory.file("acl")};
  Mosquitto broker(options);
  broker.start();
  connect(broker.url());
  // Mosquitto 2.0.11 also ends the connection over it, before or after its answer is read.
  bool is_over = false;
  for (int attempt = 0; attempt < 50 && !is_over; ++attempt) {
    ASSERT_TRUE(wait_until([&] { return link->is_connected(); }));
    is_over = delivered(message("test/forbidden", "x"));
  }
  EXPECT_TRUE(is_over);
  EXPECT_GT(log.count(Level::error, "test/forbidden was refused"), 0);
  EXPECT_GT(log.count(Level::error, "\"cloud2mqtt acl\" prints the lines"), 0);
  bool is_allowed = false;
  for (int attempt = 0; attempt < 50 && !is_allowed; ++attempt) {
    ASSERT_TRUE(wait_until([&] { return link->is_connected(); }));
    is_allowed = delivered(message("test/allowed", "x"));
  }
  EXPECT_TRUE(is_allowed);
}

}  // namespace
}  // namespace bridge
