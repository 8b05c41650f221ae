#include <gtest/gtest.h>

#include "bridge/timestamp.hpp"
#include "support/world.hpp"

namespace bridge::test {
namespace {

Task<void> list_meters(Vendor& vendor, Fleet& fleet) {
  const auto meters = co_await vendor.get("/meters");
  if (!meters) co_return meters.error();
  for (const Json& meter : items(*meters)) {
    const std::string id = text(meter, "/id");
    const std::string kind = text(meter, "/kind");
    const std::string parent = text(meter, "/parent");
    fleet.add({.kind = kind, .id = id, .name = id, .parent = parent, .facts = meter});
  }
  co_return success();
}

Task<Facts> measure(Vendor& vendor, const Device& meter) {
  const auto answer = co_await vendor.get("/meters/" + meter.id + "/measure");
  if (!answer) co_return answer.error();
  Facts facts(at(*answer, "/own"));
  if (const auto again = parse_time(text(*answer, "/again"))) facts.again_at(*again);
  for (const Json& past : items(at(*answer, "/past"))) facts.past(detached(past));
  for (const Json& child : items(at(*answer, "/children"))) {
    facts.child(text(child, "/id"), Json{{"value", at(child, "/value")}});
  }
  co_return facts;
}

Task<Facts> read_past(Vendor& vendor, const Device& meter) {
  const auto answer = co_await vendor.get("/meters/" + meter.id + "/past");
  if (!answer) co_return answer.error();
  Facts facts(Json{{"until", at(*answer, "/until")}});
  for (const Json& past : items(at(*answer, "/past"))) facts.past(detached(past));
  co_return facts;
}

constexpr Read kReads[] = {{.facts = "probe", .every = 1h, .read = measure, .shortest = 10min}};
constexpr Read kCountReads[] = {
    {.facts = "measure", .every = 10min, .read = measure, .durable = true},
    {.facts = "past", .every = 5min, .read = read_past, .when = "past", .spare = true}};
constexpr Entity kRows[] = {measurement("value", "Value", "/measure/value")};
constexpr DeviceKind kKinds[] = {{.name = "meter", .reads = kReads, .entities = kRows},
                                 {.name = "counter", .reads = kCountReads, .entities = kRows},
                                 {.name = "channel", .entities = kRows}};
constexpr Setting kSettings[] = {
    {.key = "token", .help = "A token.", .type = SettingType::secret},
    {.key = "past", .help = "Read the past.", .type = SettingType::flag, .fallback = "false"}};
constexpr Mapper kMeters{.name = "meters",
                         .manufacturer = "Meters",
                         .base_url = "https://meters.example",
                         .auth = {.key = "token"},
                         .list_every = 24h,
                         .list = list_meters,
                         .kinds = kKinds,
                         .settings = kSettings};

class Again : public testing::Test {
 protected:
  void start(std::chrono::milliseconds after) {
    AccountConfiguration& account = world.configuration.accounts[0];
    account.mapper = &kMeters;
    world.vendor = [this, after](const std::string& request, const std::string&) -> Answer {
      if (request == "GET /meters") return {200, R"([{"id":"m1","kind":"meter"}])", {}};
      const std::string again = format_time(world.clock.now() + after);
      return {200, R"({"own":{"value":1},"again":")" + again + "\"}", {}};
    };
    world.start();
  }
  std::size_t asked() const { return world.asked("GET /meters/m1/measure"); }

  World world;
};

TEST_F(Again, ReadsWhenTheFactsSayThatItIsWorthIt) {
  start(25min);
  world.advance(24min);
  EXPECT_EQ(asked(), 1U);
  world.advance(1min);
  EXPECT_EQ(asked(), 2U);
  world.advance(25min);
  EXPECT_EQ(asked(), 3U);
}

TEST_F(Again, WaitsForOnePeriodAtMost) {
  start(5h);
  world.advance(1h);
  EXPECT_EQ(asked(), 2U);
}

TEST_F(Again, KeepsTheShortestPeriodExceptOnThisMachine) {
  world.configuration.accounts[0].base_url = "https://meters.example";
  start(1min);
  world.advance(9min);
  EXPECT_EQ(asked(), 1U);
  world.advance(1min);
  EXPECT_EQ(asked(), 2U);
}

TEST_F(Again, IsPoliteAlsoWhenAskedToPollNow) {
  Mapper meters = kMeters;
  meters.list_shortest = 5min;
  world.configuration.accounts[0].base_url = "https://meters.example";
  start(55min);
  world.configuration.accounts[0].mapper = &meters;
  world.reload();
  const auto lists = world.asked("GET /meters"), reads = asked();
  const auto poll = [&] {
    world.link->deliver("cloud2mqtt/bridge/request/poll", "");
    world.clock.settle();
  };
  for (int press = 0; press < 5; ++press) poll();
  world.advance(4min);
  EXPECT_EQ(world.asked("GET /meters"), lists);
  world.advance(1min);
  EXPECT_EQ(world.asked("GET /meters"), lists + 1) << "once, as soon as is polite";
  EXPECT_EQ(asked(), reads);
  world.advance(5min);
  EXPECT_EQ(asked(), reads + 1);
  world.advance(30min);
  poll();
  EXPECT_EQ(world.asked("GET /meters"), lists + 2) << "at once: the last one is long ago";
  EXPECT_EQ(asked(), reads + 2);
  world.stop();
}

TEST_F(Again, FollowsAShorterMomentOnThisMachine) {
  start(1min);
  world.advance(1min);
  EXPECT_EQ(asked(), 2U);
}

TEST_F(Again, KeepsItsPeriodWhereTheMomentIsPast) {
  start(-1min);
  world.advance(3h);
  EXPECT_GE(asked(), 3U);
  EXPECT_LE(asked(), 4U);
}

TEST_F(Again, KeepsThePeriodThatTheQuotaStretched) {
  world.configuration.accounts[0].quotas = {{.requests = 1, .per = 2h}};
  start(10min);
  world.advance(40h);
  EXPECT_LE(asked(), 20U);
  const Json status = boost::json::parse(world.retained("cloud2mqtt/home/status"));
  EXPECT_GT(number_at(status, "/periods/probe").value_or(0), 3600);
}

class Counting : public testing::Test {
 protected:
  Counting() {
    AccountConfiguration& account = world.configuration.accounts[0];
    account.mapper = &kMeters;
    account.settings = Settings(Json{{"token", "key-1"}, {"past", true}});
    world.vendor = [this](const std::string& request, const std::string&) -> Answer {
      if (request == "GET /meters") return {200, meters, {}};
      if (request.ends_with("/measure")) return measured;
      if (request.ends_with("/past")) return past;
      return {404, "", {}};
    };
  }
  std::string reason(const std::string& device) const {
    const std::string status = world.retained("cloud2mqtt/home/" + device + "/status");
    return status.empty() ? "nothing" : text(boost::json::parse(status), "/reason");
  }
  std::vector<std::string> history() const {
    return world.link->on("cloud2mqtt/home/c1/history");
  }

  World world;
  std::string meters = R"([{"id":"c1","kind":"counter"},{"id":"ch1","kind":"channel",
                            "parent":"c1"},{"id":"lamp","kind":"channel","parent":"c1"}])";
  Answer measured{200, R"({"own":{"value":1},"children":[{"id":"ch1","value":5}]})", {}};
  Answer past{200, R"({"until":1,"past":[{"ph":7.1}]})", {}};
};

TEST_F(Counting, SaysThePastOnceOnTheHistoryTopicAndNeverRetainsIt) {
  measured.body = R"({"own":{},"past":[{"ph":7.2,"time":"2026-05-08T10:00:00Z"},{"ph":7.3}]})";
  world.configuration.accounts[0].settings = Settings(Json{{"token", "key-1"}});
  world.start();
  EXPECT_EQ(history(), (std::vector<std::string>{R"({"ph":7.2,"time":"2026-05-08T10:00:00Z"})",
                                                 R"({"ph":7.3})"}));
  for (const Publication& said : world.link->said) {
    if (!said.topic.ends_with("/history")) continue;
    EXPECT_EQ(said.retain, Retain::no);
    EXPECT_EQ(said.qos, 1);
  }
}

TEST_F(Counting, KeepsThePastUntilTheBrokerHasIt) {
  world.link->acknowledges = false;
  world.start();
  ASSERT_EQ(world.store.outbox().size(), 1U);
  EXPECT_EQ(world.store.outbox().front().topic, "cloud2mqtt/home/c1/history");
  EXPECT_EQ(world.store.outbox().front().payload, R"({"ph":7.1})");
}

TEST_F(Counting, ReadsThePastFreelyWithoutQuotas) {
  world.start();
  world.advance(1h);
  EXPECT_GE(world.asked("GET /meters/c1/past"), 11U);
}

// 8 an hour: 6 measures and a list a day are planned, one request is left.
TEST_F(Counting, ReadsThePastOnlyFromWhatTheOtherReadsLeaveAndNeverHoldsThemUp) {
  world.configuration.accounts[0].quotas = {{.requests = 8, .per = 1h}};
  world.start();
  world.advance(10h);
  EXPECT_GE(world.asked("GET /meters/c1/past"), 9U);
  EXPECT_LE(world.asked("GET /meters/c1/past"), 11U);
  EXPECT_GE(world.asked("GET /meters/c1/measure"), 59U);
  EXPECT_EQ(reason("c1"), "ok");
  EXPECT_EQ(world.retained("cloud2mqtt/home/availability"), "online");
  for (const std::string& line : world.log) {
    EXPECT_EQ(line.find("quota"), std::string::npos) << line;
    EXPECT_EQ(line.find("allowed"), std::string::npos) << line;
  }
}

TEST_F(Counting, DoesNotReadThePastWhereTheOtherReadsTakeAll) {
  world.configuration.accounts[0].quotas = {{.requests = 3, .per = 1h}};
  world.start();
  world.advance(5h);
  EXPECT_EQ(world.asked("GET /meters/c1/past"), 0U);
  EXPECT_GE(world.asked("GET /meters/c1/measure"), 13U);
}

TEST_F(Counting, IsAsItWasWhenThePastCannotBeReadAndSaysSoOnce) {
  for (const int status : {0, 500}) {
    past = {status, "", {}};
    world.log.clear();
    world.start();
    world.advance(2h);
    EXPECT_GE(world.asked("GET /meters/c1/past"), 8U);
    EXPECT_EQ(world.retained("cloud2mqtt/home/availability"), "online") << status;
    EXPECT_EQ(text(boost::json::parse(world.retained("cloud2mqtt/home/status")), "/reason"), "ok");
    EXPECT_EQ(reason("c1"), "ok");
    const std::string said = status == 0 ? "/past: connection refused" : "/past: the vendor answered";
    EXPECT_EQ(std::count_if(world.log.begin(), world.log.end(),
                            [&](const std::string& line) { return line.find(said) != line.npos; }),
              1);
    world.stop();
  }
}

TEST_F(Counting, ShowsAChildsDurableFactsAtOnceAfterARestart) {
  world.start();
  EXPECT_EQ(at(world.state("ch1"), "/value"), Json(5));
  world.stop();
  measured = {0, "", {}};
  world.link->said.clear();
  world.start();
  const auto states = world.link->on("cloud2mqtt/home/ch1/state");
  ASSERT_FALSE(states.empty());
  EXPECT_EQ(states.front(), R"({"value":5})");
}

TEST_F(Counting, KeepsAChildsFactsAlsoWhereOnlyTheyChanged) {
  world.start();
  measured.body = R"({"own":{"value":1},"children":[{"id":"ch1","value":6}]})";
  world.advance(11min);
  EXPECT_EQ(world.store.facts("home", "ch1", "measure"), R"({"value":6})");
}

TEST_F(Counting, CallsTheChildrenOfflineThatAFailingReadFeeds) {
  world.start();
  measured = {422, "", {}};
  world.advance(31min);
  EXPECT_EQ(reason("c1"), "read_failed");
  EXPECT_EQ(reason("ch1"), "parent_offline");
  EXPECT_EQ(world.retained("cloud2mqtt/home/ch1/availability"), "offline");
  EXPECT_EQ(reason("lamp"), "ok") << "no read of its parent feeds it";

  measured = {200, R"({"own":{"value":1},"children":[{"id":"ch1","value":5}]})", {}};
  world.advance(11min);
  EXPECT_EQ(reason("c1"), "ok");
  EXPECT_EQ(reason("ch1"), "ok");
}

}  // namespace
}  // namespace bridge::test
