#include <gtest/gtest.h>

#include <algorithm>

#include "support/world.hpp"

namespace bridge::test {
namespace {

void add(Fleet& fleet, const Json& pump) {
  const std::string id = text(pump, "/id");
  const std::string parent = text(pump, "/parent");
  fleet.add({.kind = "pump", .id = id, .name = id, .parent = parent, .facts = pump});
}

Task<void> list_pumps(Vendor& vendor, Fleet& fleet) {
  const auto pumps = co_await vendor.get("/pumps");
  if (!pumps) co_return pumps.error();
  for (const Json& pump : items(at(*pumps, "/pumps"))) {
    if (flag(pump, "/unreadable")) {
      Error why(Errc::network, "may not be read");
      why.status = 500;
      fleet.unread(why, text(pump, "/id"));
    } else {
      add(fleet, pump);
    }
  }
  if (const auto total = number_at(*pumps, "/total")) {
    fleet.expect("pump", static_cast<std::size_t>(*total));
  }
  co_return success();
}

Task<void> list_pump(Vendor& vendor, const Device& device, Fleet& fleet) {
  const auto pump = co_await vendor.get("/pumps/" + device.id);
  if (!pump) co_return pump.error();
  add(fleet, *pump);
  co_return success();
}

class Listing : public testing::Test {
 protected:
  Listing() {
    mapper.list = list_pumps;
    mapper.list_one = list_pump;
    mapper.list_every = 1h;
    AccountConfiguration& account = world.configuration.accounts[0];
    account.mapper = &mapper;
    account.every["meter"] = 5min;
    world.vendor = [this](const std::string& request, const std::string&) -> Answer {
      if (request == "GET /pumps") return {200, pumps, {}};
      if (request == "GET /pumps/p1") return pump;
      if (request == "GET /pumps/p1/meter") return meter;
      return {200, "{}", {}};
    };
  }
  std::string reason(const std::string& place) const {
    return text(boost::json::parse(world.retained("cloud2mqtt/home/" + place + "status")),
                "/reason");
  }
  bool is_announced(const std::string& id) const {
    return !world.retained("homeassistant/device/cloud2mqtt_acme_" + id + "/config").empty();
  }

  World world;
  Mapper mapper = acme();
  std::string pumps = R"({"pumps":[{"id":"p1","speed":40},{"id":"p2","speed":40}]})";
  Answer pump{200, R"({"id":"p1","speed":55})", {}};
  Answer meter{200, "{}", {}};
};

TEST_F(Listing, ListsOneDeviceAfterACommandAndTakesNoneOut) {
  world.start();
  for (int round = 0; round < 5; ++round) {
    world.command("speed", "55");
    EXPECT_EQ(text(world.last_outcome(), "/outcome"), "confirmed");
  }
  EXPECT_EQ(world.asked("GET /pumps"), 1U);
  EXPECT_EQ(world.asked("GET /pumps/p1"), 5U);
  EXPECT_EQ(at(world.state("p1"), "/speed"), Json(55));
  EXPECT_TRUE(is_announced("p2"));
}

TEST_F(Listing, BringsTheNextListForwardWhenTheDeviceIsNotFoundAfterACommand) {
  world.start();
  pump = {404, "", {}};
  world.command("limit", "55");
  EXPECT_EQ(world.asked("GET /pumps"), 2U);
  EXPECT_EQ(reason(""), "ok") << "the account has no trouble";
}

TEST_F(Listing, BringsTheNextListForwardOnceWhenAReadFindsNoDevice) {
  world.start();
  meter = {404, "", {}};
  world.advance(6min);
  EXPECT_EQ(world.asked("GET /pumps"), 2U);
  EXPECT_EQ(reason("p1/"), "not_found");
  world.advance(30min);
  EXPECT_EQ(world.asked("GET /pumps"), 2U);
}

TEST_F(Listing, KeepsThePolitePeriodOfTheListAlsoThen) {
  world.configuration.accounts[0].base_url = "https://acme.example";
  mapper.list_shortest = 20min;
  world.start();
  meter = {404, "", {}};
  world.advance(19min);
  EXPECT_EQ(world.asked("GET /pumps"), 1U);
  world.advance(1min);
  EXPECT_EQ(world.asked("GET /pumps"), 2U);
}

TEST_F(Listing, CountsAnUnreadDeviceWithItsChildrenAndLetsItsFactsAge) {
  pumps = R"({"total":4,"pumps":[{"id":"p1","speed":40,"heard":"2026-05-08T11:50:00Z"},
              {"id":"p1c","parent":"p1"},{"id":"p2"},{"id":"p3"}]})";
  world.start();
  pumps = R"({"total":3,"pumps":[{"id":"p1","unreadable":true},{"id":"p3"}]})";
  world.advance(4h);
  EXPECT_TRUE(is_announced("p1"));
  EXPECT_TRUE(is_announced("p1c"));
  EXPECT_FALSE(is_announced("p2")) << "the lists were complete";
  EXPECT_EQ(reason("p1/"), "data_stale");
  EXPECT_EQ(at(world.state("p1"), "/speed"), Json(40));
}

TEST_F(Listing, TakesNothingBackForAnUnreadDeviceThatWasNotReadSinceTheStart) {
  const std::string topic = "homeassistant/device/cloud2mqtt_acme_p1/config";
  world.store.save_announced("home", {{topic, "p1", "speed:number"}});
  world.link->retained[topic] = "{}";
  pumps = R"({"total":2,"pumps":[{"id":"p1","unreadable":true},{"id":"p3"}]})";
  world.start();
  world.advance(6h);
  EXPECT_TRUE(is_announced("p1"));
  pumps = R"({"pumps":[{"id":"p3"}]})";
  world.advance(4h);
  EXPECT_FALSE(is_announced("p1"));
}

TEST_F(Listing, BelievesAnEmptyListAfterADayAlone) {
  pumps = R"({"pumps":[{"id":"p1"},{"id":"p2"}]})";
  world.start();
  pumps = R"({"pumps":[]})";
  world.advance(23h);
  EXPECT_TRUE(is_announced("p1"));
  EXPECT_NE(world.retained("cloud2mqtt/home/status").find("lists none of 2 devices"), std::string::npos);
  world.advance(5h);
  EXPECT_FALSE(is_announced("p1"));
  EXPECT_FALSE(is_announced("p2"));
}

TEST_F(Listing, DoubtsAnEmptyListAfterTheStartToo) {
  const std::string topic = "homeassistant/device/cloud2mqtt_acme_p1/config";
  world.store.save_announced("home", {{topic, "p1", "speed:number"}});
  world.link->retained[topic] = "{}";
  pumps = R"({"pumps":[]})";
  world.start();
  world.advance(23h);
  EXPECT_TRUE(is_announced("p1"));
  world.advance(5h);
  EXPECT_FALSE(is_announced("p1"));
}

TEST_F(Listing, TakesNothingOutWhileAnElementHasNoId) {
  pumps = R"({"pumps":[{"id":"p1"},{"id":"p2"}]})";
  world.start();
  pumps = R"({"pumps":[{"id":"p1"},{"name":"which?"}]})";
  world.advance(26h);
  EXPECT_TRUE(is_announced("p2"));
}

TEST_F(Listing, SaysWhatCouldNotBeReadInTheStatusAndOnceInTheLog) {
  pumps = R"({"pumps":[{"id":"p1","unreadable":true},{"id":"p4","unreadable":true},{"id":"p3"}]})";
  world.start();
  world.advance(5h);
  const auto status = [&] { return boost::json::parse(world.retained("cloud2mqtt/home/status")); };
  const std::string gaps = "a part of the list could not be read: p1: may not be read; and 1 more";
  EXPECT_EQ(text(status(), "/message"), gaps);
  EXPECT_EQ(reason(""), "ok");
  EXPECT_EQ(std::count(world.log.begin(), world.log.end(), "home: " + gaps), 1);
  pumps = R"({"pumps":[{"id":"p1"},{"id":"p4"},{"id":"p3"}]})";
  world.advance(1h + 1min);
  EXPECT_EQ(at(status(), "/message"), Json());
}

TEST_F(Listing, FailsWhenNothingOfTheListCanBeRead) {
  world.configuration.accounts[0].every["list"] = 1min;
  world.start();
  pumps = R"({"pumps":[{"id":"p1","unreadable":true},{"id":"p2","unreadable":true}]})";
  world.advance(5min);
  EXPECT_EQ(reason(""), "vendor_down");
  EXPECT_TRUE(is_announced("p1"));
}

constexpr std::string_view kMeter = "/pumps/{id}/meter", kDetails = "/pumps/{id}/details";
constexpr Read kTwoReads[] = {{.facts = "meter", .every = 1h, .read = read_answer<kMeter>},
                              {.facts = "details", .every = 1h, .read = read_answer<kDetails>}};
constexpr DeviceKind kTwoReadsKind[] = {{.name = "pump", .reads = kTwoReads}};

Task<void> list_pages(Vendor& vendor, Fleet& fleet) {
  for (const char* page : {"p1", "p2"}) {
    const auto pump = co_await vendor.get("/page/" + std::string(page));
    if (!pump) co_return pump.error();
    add(fleet, *pump);
  }
  co_return success();
}

TEST_F(Listing, ReadsOfEveryDeviceFirstWhatItsKindNamesFirst) {
  mapper.list = list_pages;
  mapper.list_one = nullptr;
  mapper.kinds = kTwoReadsKind;
  world.delay = 1s;  // the second device is found a second after the first
  world.vendor = [](const std::string& request, const std::string&) -> Answer {
    if (request.starts_with("GET /page/")) return {200, R"({"id":")" + request.substr(10) + "\"}", {}};
    return {200, "{}", {}};
  };
  world.start();
  world.advance(20s);
  std::vector<std::string> reads;
  for (const std::string& request : world.requests) {
    if (request.starts_with("home GET /pumps/")) reads.push_back(request.substr(16));
  }
  EXPECT_EQ(reads, (std::vector<std::string>{"p1/meter", "p2/meter", "p1/details", "p2/details"}));
}

TEST_F(Listing, LeavesOutWhatNobodyWants) {
  world.configuration.accounts[0].devices.without = {"p2"};
  pumps = R"({"pumps":[{"id":"p1"},{"id":"p2"}],"total":2})";
  world.start();
  world.advance(10h);
  EXPECT_TRUE(is_announced("p1"));
  EXPECT_FALSE(is_announced("p2"));
  EXPECT_EQ(world.retained("cloud2mqtt/home/p2/state"), "");
  EXPECT_EQ(world.asked("GET /pumps/p2/meter"), 0U) << "it costs nothing of the quota";
  EXPECT_EQ(reason(""), "ok") << "the vendor counts it, and that is no reason for doubt";
  world.command("speed", "55", "p2");
  EXPECT_EQ(text(world.last_outcome("p2"), "/outcome"), "rejected");
}

TEST_F(Listing, TakesWhatWasLeftOutFromTheBrokerAtOnce) {
  world.start();
  ASSERT_TRUE(is_announced("p2"));
  world.configuration.accounts[0].devices.only = {"p1"};
  world.reload();
  EXPECT_FALSE(is_announced("p2"));
  EXPECT_EQ(world.retained("cloud2mqtt/home/p2/state"), "");
  EXPECT_TRUE(is_announced("p1"));
}

TEST_F(Listing, LeavesADeviceOutWithItsParts) {
  world.configuration.accounts[0].devices.without = {"p1"};
  pumps = R"({"pumps":[{"id":"p1"},{"id":"p1-a","parent":"p1"},{"id":"p2"}]})";
  world.start();
  EXPECT_FALSE(is_announced("p1-a"));
  EXPECT_TRUE(is_announced("p2"));
}

TEST_F(Listing, NamesAChosenDeviceThatTheVendorDoesNotList) {
  world.configuration.accounts[0].devices.without = {"p2", "p7"};
  world.start();
  world.advance(10h);
  const std::string said = R"(without_devices names "p7", which the vendor does not list)";
  EXPECT_EQ(std::ranges::count_if(world.log, [&](const std::string& line) {
              return line.find(said) != std::string::npos;
            }), 1);
  const Json status = boost::json::parse(world.retained("cloud2mqtt/home/status"));
  EXPECT_EQ(text(status, "/note"), said);
}

TEST_F(Listing, CountsTheDevicesAndThoseThatAreOffline) {
  world.start();
  meter = {404, "", {}};
  world.advance(10min);
  const Json status = boost::json::parse(world.retained("cloud2mqtt/home/status"));
  EXPECT_EQ(number_at(status, "/devices"), 2);
  EXPECT_EQ(number_at(status, "/devices_offline"), 1);
}

TEST_F(Listing, TakesNothingOutForAChoiceThatMayBeMistyped) {
  world.start();
  world.configuration.accounts[0].devices.only = {"P1"};
  world.reload();
  world.advance(1min);
  EXPECT_TRUE(is_announced("p1"));
  const Json status = boost::json::parse(world.retained("cloud2mqtt/home/status"));
  EXPECT_EQ(text(status, "/note"), R"(only_devices names "P1", which the vendor does not list)");
  EXPECT_EQ(text(status, "/reason"), "ok") << "nobody blames the vendor";
}

TEST_F(Listing, SaysThatAPartIsChosenByItsDevice) {
  world.configuration.accounts[0].devices.only = {"p1-a"};
  pumps = R"({"pumps":[{"id":"p1"},{"id":"p1-a","parent":"p1"}]})";
  world.start();
  const Json status = boost::json::parse(world.retained("cloud2mqtt/home/status"));
  EXPECT_EQ(text(status, "/note"), R"(only_devices names "p1-a", a part: name its device)");
}

TEST_F(Listing, TakesAnIdAlsoAsItStandsInTheTopics) {
  world.configuration.accounts[0].devices.without = {"p__202"};
  pumps = R"({"pumps":[{"id":"p1"},{"id":"p 2"}]})";
  world.start();
  world.advance(1min);
  EXPECT_EQ(world.retained("cloud2mqtt/home/p__202/state"), "");
  EXPECT_EQ(text(boost::json::parse(world.retained("cloud2mqtt/home/status")), "/note"), "");
}

TEST_F(Listing, NamesNoDeviceWhileAnotherCouldNotBeRead) {
  world.configuration.accounts[0].devices.without = {"p7"};
  pumps = R"({"pumps":[{"id":"p1"},{"id":"p7","unreadable":true},{"id":"p8","unreadable":true}]})";
  world.start();
  EXPECT_EQ(text(boost::json::parse(world.retained("cloud2mqtt/home/status")), "/note"), "");
}

TEST_F(Listing, ForgetsWhatItSaidOfADeviceThatIsListedLater) {
  world.configuration.accounts[0].devices.without = {"p7"};
  world.start();
  pumps = R"({"pumps":[{"id":"p1"},{"id":"p2"},{"id":"p7"}]})";
  world.advance(61min);
  EXPECT_EQ(text(boost::json::parse(world.retained("cloud2mqtt/home/status")), "/note"), "");
}

TEST_F(Listing, ReckonsWithWhatAListAsksForThoughNobodyWantsIt) {
  static constexpr Quota kHour[] = {{.requests = 60, .per = 1h}};
  mapper.quotas = kHour;
  mapper.list_per_device = 1;
  world.configuration.accounts[0].every["list"] = 10min;
  world.configuration.accounts[0].devices.only = {"p0"};
  pumps = R"({"pumps":[{"id":"p0"},{"id":"p1"},{"id":"p2"},{"id":"p3"},{"id":"p4"},{"id":"p5"},{"id":"p6"},{"id":"p7"},
                       {"id":"p8"},{"id":"p9"}]})";
  world.start();
  const Json status = boost::json::parse(world.retained("cloud2mqtt/home/status"));
  EXPECT_GT(number_at(status, "/periods/list"), 600) << "eleven requests every ten minutes are more than sixty an hour";
}

}  // namespace
}  // namespace bridge::test
