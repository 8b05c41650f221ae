#include "io/paho_options.hpp"

#include <gtest/gtest.h>

#include "io/paho_reason.hpp"

namespace bridge {
namespace {

TEST(BrokerAddress, TakesHostAndPortFromTheUrl) {
  EXPECT_EQ(broker_address("mqtt://broker.example.com:1884").uri(),
            "tcp://broker.example.com:1884");
  EXPECT_EQ(broker_address("mqtts://broker.example.com:8884/").uri(),
            "ssl://broker.example.com:8884");
}

TEST(BrokerAddress, KnowsTheUsualPorts) {
  EXPECT_EQ(broker_address("mqtt://localhost").uri(), "tcp://localhost:1883");
  EXPECT_EQ(broker_address("mqtts://localhost").uri(), "ssl://localhost:8883");
}

TEST(BrokerAddress, LeavesTheBracketsToTheUri) {
  const BrokerAddress address = broker_address("mqtt://[::1]:1884");
  EXPECT_EQ(address.host, "::1");
  EXPECT_EQ(address.port, "1884");
  EXPECT_EQ(address.uri(), "tcp://[::1]:1884");
  EXPECT_EQ(broker_address("mqtt://[::1]").text(), "[::1]:1883");
}

TEST(BrokerAddress, ShowsNoUser) {
  EXPECT_EQ(broker_address("mqtt://someone:secret@localhost:1883").text(), "localhost:1883");
}

TEST(ClientId, IsTheConfiguredOne) {
  MqttConfiguration configuration;
  configuration.client_id = "mine";
  EXPECT_EQ(client_id(configuration), "mine");
}

TEST(ClientId, IsTheBaseTopicAndEightRandomDigits) {
  MqttConfiguration configuration;
  configuration.base_topic = "home/clouds";
  const std::string id = client_id(configuration);
  EXPECT_EQ(id.substr(0, 12), "home-clouds-");
  EXPECT_EQ(id.size(), 20U);
  EXPECT_EQ(id.find_first_not_of("0123456789abcdef", 12), std::string::npos);
  EXPECT_NE(id, client_id(configuration));
}

TEST(BrokerReason, SaysTheSameForBothVersions) {
  EXPECT_EQ(broker_reason(5), "the broker refused user name or password");
  EXPECT_EQ(broker_reason(5), broker_reason(135));
  EXPECT_EQ(broker_reason(4), broker_reason(134));
  EXPECT_TRUE(refuses_version(1));
  EXPECT_TRUE(refuses_version(132));
  EXPECT_FALSE(refuses_version(135));
}

TEST(BrokerReason, NamesACodeItDoesNotKnow) {
  EXPECT_EQ(broker_reason(131), "the broker gave reason code 131");
  EXPECT_EQ(broker_reason(0), "");
  EXPECT_EQ(broker_reason(-1), "");
}

}  // namespace
}  // namespace bridge
