#include "cli/discovery_preview.hpp"

#include <gtest/gtest.h>

#include <sstream>

namespace bridge {
namespace {

constexpr Entity kRows[] = {watts("power", "Power", "/list/power"), press("poke", "Poke", nullptr)};
constexpr DeviceKind kKinds[] = {{.name = "pump", .entities = kRows}};
constexpr Mapper kAcme{.name = "acme", .manufacturer = "Acme", .base_url = "", .auth = {}, .kinds = kKinds};

class DiscoveryPreview : public testing::Test {
 protected:
  DiscoveryPreview() {
    configuration.accounts.resize(1);
    configuration.accounts[0].name = "home";
    configuration.accounts[0].mapper = &kAcme;
  }
  std::string said(const std::string& account, Announced row) const {
    std::ostringstream out;
    print_discovery_changes(configuration, {{account, {std::move(row)}}}, out);
    return out.str();
  }
  const std::string topic = "homeassistant/device/cloud2mqtt_acme_p1/config";
  Configuration configuration;
};

TEST_F(DiscoveryPreview, KeepsWhatIsAsItWas) {
  const std::string all = said("home", {topic, "p1", "power:sensor poke:button"});
  EXPECT_TRUE(all.starts_with("0 to be removed, 1 documents stay.")) << all;
}

TEST_F(DiscoveryPreview, NamesTheDocumentsOfAnAccountThatIsGone) {
  EXPECT_NE(said("cabin", {topic, "p1", "power:sensor"})
                .find("remove " + topic + ": there is no account cabin any more\n1 to be removed"),
            std::string::npos);
}

TEST_F(DiscoveryPreview, NamesAnEntityThatNoKindHas) {
  EXPECT_NE(said("home", {topic, "p1", "power:sensor flow:sensor"}).find("remove " + topic + " flow:sensor: "),
            std::string::npos);
  EXPECT_NE(said("home", {topic, "p1", "power:number"}).find(" power:number: "), std::string::npos);
}

TEST_F(DiscoveryPreview, NamesADocumentThatHasAnotherTopicNow) {
  configuration.homeassistant.prefix = "ha";
  EXPECT_NE(said("home", {topic, "p1", "power:sensor"}).find("announced as ha/device/"), std::string::npos);
  configuration.homeassistant.discovery = false;
  EXPECT_NE(said("home", {topic, "p1", "power:sensor"}).find("discovery is switched off"), std::string::npos);
}

TEST_F(DiscoveryPreview, LeavesTheBridgesOwnAndTopicsWithoutAnAnnouncementAlone) {
  EXPECT_TRUE(said("bridge", {topic, "p1", "power:sensor"}).starts_with("0 to be removed, 0 "));
  EXPECT_TRUE(said("cabin", {"cloud2mqtt/cabin/availability", "", ""}).starts_with("0 to be removed, 0 "));
}

}  // namespace
}  // namespace bridge
