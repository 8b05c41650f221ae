#include "io/paho_link.hpp"
#include "support/link_fixture.hpp"

namespace bridge {
namespace {

using namespace std::chrono_literals;
using SteadyClock = std::chrono::steady_clock;

class PahoLinkStop : public LinkTest {
 protected:
  void SetUp() override { broker.start(); }
  SteadyClock::duration time_to_stop() {
    const auto before = SteadyClock::now();
    stop();
    return SteadyClock::now() - before;
  }
  Mosquitto broker;
};

TEST_F(PahoLinkStop, PublishesTheFarewell) {
  connect(broker.url(), 5, {"test/set"});
  EXPECT_TRUE(delivered(message("test/availability", "online")));
  run(loop, link->stop(message("test/availability", "gone", 0, Retain::no), 2s));
  EXPECT_EQ(broker.retained("test/availability"), "gone");
  EXPECT_FALSE(link->is_connected());
  EXPECT_FALSE(link->has_room());
  EXPECT_FALSE(link->publish(message("test/a", "x"), nullptr));
}

TEST_F(PahoLinkStop, WaitsForWhatIsUnderWay) {
  connect(broker.url());
  int acknowledged = 0, sent = 0;
  while (link->publish(message("test/" + std::to_string(sent), "x"),
                       [&](bool taken) { acknowledged += taken; })) {
    ++sent;
  }
  stop();
  EXPECT_EQ(acknowledged, sent);
  EXPECT_EQ(sent, 16);
}

TEST_F(PahoLinkStop, SaysNothingAfterwards) {
  connect(broker.url(), 5, {"test/set"});
  stop();
  const auto connections = listener.connections.size();
  broker.publish({"-t", "test/set", "-m", "ON"});
  broker.kill();
  EXPECT_FALSE(
      wait_until([&] { return !listener.reasons.empty() || !listener.arrivals.empty(); }, 1s));
  EXPECT_EQ(listener.connections.size(), connections);
}

TEST_F(PahoLinkStop, ReturnsInTimeThoughTheBrokerHangs) {
  connect(broker.url());
  broker.freeze();
  std::vector<bool> answers;
  ASSERT_TRUE(link->publish(message("test/a", "x"), [&](bool taken) { answers.push_back(taken); }));
  const auto span = time_to_stop();
  EXPECT_GE(span, 1500ms);  // it did wait for the acknowledgement
  EXPECT_LT(span, 5s);      // the keep-alive would take 20
  EXPECT_EQ(answers, std::vector<bool>{false});
}

TEST_F(PahoLinkStop, ReturnsAtOnceWithoutAConnection) {
  broker.kill();
  make_link(broker.url());
  link->start(listener, {});
  ASSERT_TRUE(wait_until([&] { return !listener.reasons.empty(); }));
  EXPECT_LT(time_to_stop(), 1s);
}

TEST_F(PahoLinkStop, MayComeTwiceOrBeforeTheStart) {
  make_link(broker.url());
  stop();
  stop();
  EXPECT_FALSE(link->is_connected());
}

}  // namespace
}  // namespace bridge
