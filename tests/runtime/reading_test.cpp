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
  co_return facts;
}

constexpr Read kReads[] = {{.facts = "measure", .every = 1h, .read = measure, .shortest = 10min}};
constexpr Entity kRows[] = {measurement("value", "Value", "/measure/value")};
constexpr DeviceKind kKinds[] = {{.name = "meter", .reads = kReads, .entities = kRows}};
constexpr Setting kSettings[] = {
    {.key = "token", .help = "A token.", .type = SettingType::secret}};
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
  EXPECT_GT(number_at(status, "/periods/measure").value_or(0), 3600);
}

}  // namespace
}  // namespace bridge::test
