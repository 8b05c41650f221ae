#include "core/bridge_device.hpp"

#include <gtest/gtest.h>

#include <boost/json/parse.hpp>
#include <fstream>

#include "core/configuration.hpp"
#include "core/discovery_rules.hpp"
#include "core/json_text.hpp"

namespace bridge {
namespace {

const Topics kTopics("cloud2mqtt", "homeassistant");

Json announced(const Topics& topics = kTopics) {
  const Announcement made = bridge_announcement(topics, "0.1.0");
  EXPECT_EQ(made.left_out, std::vector<std::string>{});
  return boost::json::parse(made.document);
}

TEST(BridgeDevice, IsAsTheGoldenDocumentHasIt) {
  std::ifstream file(PROJECT_SOURCE_DIR "/tests/golden/bridge.json");
  const std::string content{std::istreambuf_iterator<char>(file), {}};
  const Json golden = boost::json::parse(content);
  const Announcement made = bridge_announcement(kTopics, "0.1.0");
  ASSERT_TRUE(golden.as_object().contains(made.topic)) << made.topic;
  EXPECT_EQ(made.document, json_text(golden.at(made.topic)));
}

TEST(BridgeDevice, BreaksNoRuleOfHomeAssistant) {
  const Announcement made = bridge_announcement(Topics("home/cloud 2", "ha"), "0.1.0");
  EXPECT_EQ(made.left_out, std::vector<std::string>{});
  for (const Finding& finding : discovery_findings(made.topic, boost::json::parse(made.document))) {
    ADD_FAILURE() << finding.component << ": " << finding.rule;
  }
  EXPECT_EQ(made.topic, "ha/device/home__2Fcloud__202_bridge/config");
}

TEST(BridgeDevice, ShowsItsConnectionEvenWhenEverythingElseIsUnavailable) {
  const Json document = announced();
  for (const auto& each : document.at("components").as_object()) {
    const Json* own = each.value().as_object().if_contains("availability");
    if (each.key() == "connectivity") {
      EXPECT_EQ(own, nullptr);
    } else {
      ASSERT_NE(own, nullptr) << each.key();
      EXPECT_EQ(at(*own, "/0/topic"), Json("cloud2mqtt/bridge/availability")) << each.key();
    }
  }
  EXPECT_FALSE(document.as_object().contains("availability")) << "all components would have it";
}

TEST(BridgeDevice, OffersEveryLogLevelAndNoRestart) {
  const Json options = at(announced(), "/components/log_level/options");
  EXPECT_EQ(options.as_array().size(), std::size(kLogLevels));
  EXPECT_EQ(at(options, "/0"), Json("error"));
  EXPECT_FALSE(announced().at("components").as_object().contains("restart"));
}

TEST(BridgeDevice, HasANameOfItsOwnUnderAnotherBaseTopic) {
  EXPECT_EQ(at(announced(), "/device/name"), Json("cloud2mqtt"));
  EXPECT_EQ(at(announced(Topics("home/cloud", "ha")), "/device/name"),
            Json("cloud2mqtt (home/cloud)"));
}

TEST(BridgeDevice, RemovesWhatIsGoneByAStub) {
  const Announcement made = bridge_announcement(kTopics, "0.1.0", {"restart:button"});
  const Json document = boost::json::parse(made.document);
  EXPECT_EQ(at(document, "/components/restart"), (Json{{"platform", "button"}}));
  EXPECT_EQ(made.components, bridge_announcement(kTopics, "0.1.0").components);
}

}  // namespace
}  // namespace bridge
