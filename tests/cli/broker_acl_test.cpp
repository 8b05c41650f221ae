#include "cli/broker_acl.hpp"

#include <gtest/gtest.h>

namespace bridge {
namespace {

TEST(BrokerAcl, LetsTheBridgeWriteItsTopicsAndReadCommandsAlone) {
  const std::string lines = broker_acl({});
  const std::string bridge = lines.substr(0, lines.find("\n# Home Assistant"));
  EXPECT_NE(bridge.find("user cloud2mqtt\n"
                        "topic write cloud2mqtt/#\n"
                        "topic read cloud2mqtt/+/+/+/set\n"
                        "topic read cloud2mqtt/+/+/set\n"
                        "topic read cloud2mqtt/bridge/request/+\n"
                        "topic read cloud2mqtt/bridge/availability\n"
                        "topic read cloud2mqtt/bridge/info\n"
                        "topic write homeassistant/device/+/config\n"
                        "topic read homeassistant/status\n"),
            std::string::npos)
      << bridge;
}

TEST(BrokerAcl, FollowsTheConfiguredNames) {
  Configuration configuration;
  configuration.mqtt.username = "bridge";
  configuration.mqtt.base_topic = "home/cloud";
  configuration.homeassistant.prefix = "ha";
  configuration.homeassistant.status_topic = "ha/born";
  const std::string lines = broker_acl(configuration);
  for (const char* line : {"user bridge\n", "topic write home/cloud/#\n", "topic write ha/device/+/config\n",
                           "topic read ha/born\n", "topic write home/cloud/+/+/+/set\n"}) {
    EXPECT_NE(lines.find(line), std::string::npos) << line << lines;
  }
}

TEST(BrokerAcl, HasNothingOfHomeAssistantWithoutDiscovery) {
  Configuration configuration;
  configuration.homeassistant.discovery = false;
  EXPECT_EQ(broker_acl(configuration).find("homeassistant"), std::string::npos);
}

TEST(BrokerAcl, PermitsAnswersToResponseTopics) {
  Configuration configuration;
  configuration.mqtt.base_topic = "home/cloud";
  const std::string lines = broker_acl(configuration);
  EXPECT_NE(lines.find("topic write +/home/cloud/answers\n"), std::string::npos) << lines;
  EXPECT_NE(lines.find("topic read +/home/cloud/answers\n"), std::string::npos) << lines;
}

}  // namespace
}  // namespace bridge
