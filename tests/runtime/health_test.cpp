#include <gtest/gtest.h>

#include <map>

#include "support/world.hpp"

namespace bridge::test {
namespace {

template <const std::string_view& what>
Task<Facts> read(Vendor& vendor, const Device& pump) {
  auto answer = co_await vendor.get("/pumps/" + pump.id + std::string(what));
  if (!answer) co_return answer.error();
  co_return Facts(std::move(*answer));
}

constexpr std::string_view kMeter = "/meter", kClock = "/clock";
constexpr Read kReads[] = {{.facts = "meter", .every = 1min, .read = read<kMeter>},
                           {.facts = "clock", .every = 1min, .read = read<kClock>}};
constexpr Entity kRows[] = {online("online", "Online")};
constexpr DeviceKind kKinds[] = {{.name = "pump", .reads = kReads, .entities = kRows}};

/// Two accounts, of which one has two pumps with histories.
class Health : public testing::Test {
 protected:
  Health() {
    mapper.kinds = kKinds;
    world.configuration.accounts[0].mapper = &mapper;
    world.vendor = [this](const std::string& request, const std::string&) -> Answer {
      if (request == "GET /pumps") return {200, R"({"pumps":[{"id":"p1"},{"id":"p2"}]})", {}};
      const auto found = counts.find(request);
      return {200, found == counts.end() ? "{}" : found->second, {}};
    };
  }
  Json health(const std::string& account, const std::string& figure) const {
    const Json all = boost::json::parse(world.retained("cloud2mqtt/bridge/health"));
    return at(all, "/accounts/" + account + '/' + figure);
  }

  Mapper mapper = acme();
  World world{{"home", "other"}};
  std::map<std::string, std::string> counts{
      {"GET /pumps/p1/meter", R"({"overlaps":2,"second_values":3,"lost":1})"},
      {"GET /pumps/p1/clock", R"({"second_values":10})"},
      {"GET /pumps/p2/meter", R"({"overlaps":5,"lost":null})"}};
};

TEST_F(Health, SumsWhatTheHistoriesOfAnAccountsDevicesCount) {
  world.start();
  world.advance(1min);
  EXPECT_EQ(health("home", "overlaps"), Json(7));
  EXPECT_EQ(health("home", "second_values"), Json(13));
  EXPECT_EQ(health("home", "lost"), Json(1));
  EXPECT_EQ(health("home", "devices"), Json(2));
  for (const char* figure : {"overlaps", "second_values", "lost"}) {
    EXPECT_EQ(health("other", figure), Json(0)) << figure;
  }
  counts["GET /pumps/p2/meter"] = R"({"overlaps":6,"lost":4})";
  world.advance(3min);
  EXPECT_EQ(health("home", "overlaps"), Json(8));
  EXPECT_EQ(health("home", "lost"), Json(5));
}

}  // namespace
}  // namespace bridge::test
