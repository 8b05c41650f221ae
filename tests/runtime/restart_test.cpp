#include <gtest/gtest.h>

#include "support/world.hpp"

namespace bridge::test {
namespace {

constexpr std::string_view kMeter = "/pumps/{id}/meter", kDetails = "/pumps/{id}/details";
constexpr Read kReads[] = {{.facts = "meter", .every = 5min, .read = read_answer<kMeter>},
                           {.facts = "details", .every = 24h, .read = read_answer<kDetails>}};
constexpr Entity kRows[] = {watts("power", "Power", "/meter/power"), sensor("model", "Model", "/details/model")};
constexpr DeviceKind kKinds[] = {{.name = "pump", .reads = kReads, .entities = kRows}};

class Restart : public testing::Test {
 protected:
  Restart() {
    mapper.kinds = kKinds;
    mapper.list_every = 6h;
    world.configuration.accounts[0].mapper = &mapper;
    world.vendor = [](const std::string& request, const std::string&) -> Answer {
      if (request == "GET /pumps") return {200, R"({"pumps":[{"id":"p1"}]})", {}};
      if (request == "GET /pumps/p1/meter") return {200, R"({"power":5})", {}};
      if (request == "GET /pumps/p1/details") return {200, R"({"model":"A7"})", {}};
      return {200, "{}", {}};
    };
  }
  World world;
  Mapper mapper = acme();
};

TEST_F(Restart, AsksForNothingThatIsKnownAndNotDue) {
  world.start();
  world.stop();
  world.start();
  EXPECT_EQ(world.asked("GET /pumps"), 1U);
  EXPECT_EQ(world.asked("GET /pumps/p1/details"), 1U);
  EXPECT_EQ(world.asked("GET /pumps/p1/meter"), 2U);
  EXPECT_EQ(at(world.state(), "/model"), Json("A7"));
  EXPECT_EQ(world.retained("cloud2mqtt/home/availability"), "online");
  world.advance(6h + 1min);
  EXPECT_EQ(world.asked("GET /pumps"), 2U);
}

TEST_F(Restart, AsksForWhatBecameDueMeanwhile) {
  world.start();
  world.stop();
  world.advance(25h);
  world.start();
  EXPECT_EQ(world.asked("GET /pumps"), 2U);
  EXPECT_EQ(world.asked("GET /pumps/p1/details"), 2U);
}

TEST_F(Restart, AsksForTheListAtAnotherAddress) {
  world.start();
  world.stop();
  world.configuration.accounts[0].base_url = "http://127.0.0.1:2";
  world.start();
  EXPECT_EQ(world.asked("GET /pumps"), 2U);
}

TEST_F(Restart, AsksForTheListOfOtherCredentials) {
  world.start();
  world.stop();
  AccountConfiguration& account = world.configuration.accounts[0];
  account.settings = account.settings.with("token", "another");
  world.start();
  EXPECT_EQ(world.asked("GET /pumps"), 2U);
}

TEST_F(Restart, AsksForTheListOfAnotherChoiceOfDevices) {
  world.start();
  world.stop();
  world.configuration.accounts[0].devices.without = {"p9"};
  world.start();
  EXPECT_EQ(world.asked("GET /pumps"), 2U);
}

TEST_F(Restart, TakesCommandsForWhatItRecalls) {
  world.start();
  world.stop();
  world.start();
  world.command("nothing", "1");
  EXPECT_EQ(text(world.last_outcome(), "/outcome"), "rejected");
  world.command("nothing", "1", "p2");
  EXPECT_NE(text(world.last_outcome("p2"), "/message").find("no such device"), std::string::npos);
}

TEST_F(Restart, SaysNoStateBeforeEachReadWasTried) {
  world.start();
  const auto states = world.link->on("cloud2mqtt/home/p1/state");
  ASSERT_EQ(states.size(), 1U);
  EXPECT_EQ(at(world.state(), "/power"), Json(5));
  EXPECT_EQ(at(world.state(), "/model"), Json("A7"));
}

TEST_F(Restart, SaysAStateOfWhatIsKnownAfterHalfAMinute) {
  world.configuration.accounts[0].quotas = std::vector<Quota>{{.requests = 2, .per = 4min}};
  world.start();
  EXPECT_EQ(world.retained("cloud2mqtt/home/p1/state"), "");
  world.advance(41s);
  EXPECT_EQ(at(world.state(), "/power"), Json(5));
  EXPECT_EQ(at(world.state(), "/model"), Json());
}

}  // namespace
}  // namespace bridge::test
