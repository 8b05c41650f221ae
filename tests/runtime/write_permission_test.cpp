#include <gtest/gtest.h>

#include "support/world.hpp"

namespace bridge::test {
namespace {

Task<Json> set_relay(Vendor& vendor, const Device& pump, Json on) {
  Json body = {{"on", std::move(on)}};
  co_return co_await vendor.put("/pumps/" + pump.id, std::move(body));
}

Task<Json> kick(Vendor& vendor, const Device& pump, Json) {
  Json none;
  co_return co_await vendor.post("/pumps/" + pump.id + "/kick", std::move(none));
}

constexpr Entity kRows[] = {
    toggle("relay", "Relay", "/list/on", set_relay).only_with("writable"),
    state_of("relay", "Relay", "/list/on", DeviceClass::none).only_without("writable"),
    press("kick", "Kick", kick).once(),
};
constexpr DeviceKind kKinds[] = {{.name = "pump", .entities = kRows}};
constexpr Setting kSettings[] = {
    {.key = "token", .help = "A token.", .type = SettingType::secret},
    {.key = "writable", .help = "May write.", .type = SettingType::flag, .fallback = "true"}};

const std::string kDiscovery = "homeassistant/device/cloud2mqtt_acme_p1/config";

class WritePermission : public testing::Test {
 protected:
  WritePermission() {
    mapper.kinds = kKinds;
    mapper.settings = kSettings;
    mapper.write_permission = "writable";
    AccountConfiguration& account = world.configuration.accounts[0];
    account.mapper = &mapper;
    account.command_spacing = 5s;
    account.settings = Settings(Json{{"token", "key-1"}, {"writable", true}});
    world.vendor = [this](const std::string& request, const std::string&) -> Answer {
      if (request == "GET /pumps") {
        return {200, R"({"pumps":[{"id":"p1","on":true},{"id":"p2"}]})", {}};
      }
      return {request.starts_with("PUT") ? writing : 200, "{}", {}};
    };
  }
  std::string platform() const {
    return text(boost::json::parse(world.retained(kDiscovery)), "/components/relay/platform");
  }
  std::string note() const {
    return text(boost::json::parse(world.retained("cloud2mqtt/home/status")), "/note");
  }
  bool is_logged(std::string_view words) const {
    return std::any_of(world.log.begin(), world.log.end(), [&](const std::string& line) {
      return line.find(words) != std::string::npos;
    });
  }

  World world;
  Mapper mapper = acme();
  int writing = 403;
};

TEST_F(WritePermission, TurnsControlsIntoStatesWhenTheVendorRefusesToBeWrittenTo) {
  world.start();
  ASSERT_EQ(platform(), "switch");
  world.link->said.clear();
  world.command("relay", "OFF");
  EXPECT_EQ(text(world.last_outcome(), "/outcome"), "failed");
  EXPECT_EQ(text(world.last_outcome(), "/reason"), "refused");
  const auto documents = world.link->on(kDiscovery);
  ASSERT_EQ(documents.size(), 2U) << "what it was is taken away first";
  EXPECT_EQ(at(boost::json::parse(documents[0]), "/components/relay"),
            (Json{{"platform", "switch"}}));
  EXPECT_EQ(platform(), "binary_sensor");
  EXPECT_EQ(at(world.state(), "/relay"), Json(true));
  EXPECT_TRUE(is_logged("refuses to let these credentials write"));
  world.advance(2min);
  EXPECT_NE(note().find("refuses to let these credentials write"), std::string::npos);
}

TEST_F(WritePermission, RejectsWhatWaitsForAControlAndWhatStillComes) {
  world.start();
  writing = 200;
  world.command("relay", "ON", "p2");
  world.command("relay", R"({"value":"OFF","id":"waits"})", "p2");
  world.command("kick", R"({"value":"PRESS","id":"kick"})", "p2");
  writing = 403;
  world.command("relay", "OFF", "p1");
  EXPECT_EQ(text(world.last_outcome("p1"), "/outcome"), "failed");
  const Json waited = world.last_outcome("p2");
  EXPECT_EQ(text(waited, "/id"), "waits");
  EXPECT_EQ(text(waited, "/outcome"), "rejected");
  EXPECT_NE(text(waited, "/message").find("refuses to let"), std::string::npos);
  world.advance(20s);
  EXPECT_EQ(text(world.last_outcome("p2"), "/id"), "kick");
  EXPECT_EQ(text(world.last_outcome("p2"), "/outcome"), "done") << "the mapper does not guard it";
  world.command("relay", "ON", "p2");
  EXPECT_EQ(text(world.last_outcome("p2"), "/outcome"), "rejected");
  EXPECT_EQ(world.asked("PUT /pumps/p2"), 1U);
}

TEST_F(WritePermission, StaysAwayAfterARestartAndAlthoughItIsConfigured) {
  world.start();
  world.command("relay", "OFF");
  world.stop();
  writing = 200;
  world.start();
  EXPECT_EQ(platform(), "binary_sensor");
  world.advance(2min);
  EXPECT_FALSE(note().empty());
  world.command("relay", "OFF");
  EXPECT_EQ(text(world.last_outcome(), "/outcome"), "rejected");
  EXPECT_EQ(world.asked("PUT /pumps/p1"), 1U);
}

TEST_F(WritePermission, ComesBackWithOtherCredentials) {
  world.start();
  world.command("relay", "OFF");
  world.stop();
  writing = 200;
  world.configuration.accounts[0].settings =
      Settings(Json{{"token", "key-2"}, {"writable", true}});
  world.start();
  EXPECT_EQ(platform(), "switch");
  world.command("relay", "OFF");
  EXPECT_EQ(text(world.last_outcome(), "/outcome"), "done");
}

TEST_F(WritePermission, StoresNoCredential) {
  world.start();
  world.command("relay", "OFF");
  const std::string stored = world.store.facts("home", "", "write_refused");
  EXPECT_FALSE(stored.empty());
  EXPECT_EQ(stored.find("key-1"), std::string::npos);
}

TEST_F(WritePermission, IsNotLostOverAnotherRefusal) {
  writing = 422;
  world.start();
  world.command("relay", "OFF");
  EXPECT_EQ(text(world.last_outcome(), "/outcome"), "failed");
  EXPECT_EQ(platform(), "switch");
}

}  // namespace
}  // namespace bridge::test
