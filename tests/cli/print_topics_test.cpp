#include "cli/print_topics.hpp"

#include <gtest/gtest.h>

#include <boost/json/parse.hpp>
#include <map>
#include <set>
#include <sstream>

#include "io/config_file.hpp"
#include "registry.hpp"

namespace bridge {
namespace {

/// One account of every vendor, named like the vendor, without any secret.
Configuration every_vendor() {
  std::string text;
  for (const Mapper* mapper : mappers::all()) {
    const std::string name(mapper->name);
    std::string account = name;
    account.erase(std::remove(account.begin(), account.end(), '_'), account.end());
    text += "[accounts." + account + "]\nmapper = \"" + name + "\"\n";
    for (const Setting& setting : mapper->settings) {
      if (!setting.required) continue;
      const std::string_view example = setting.example.empty() ? "\"any\"" : setting.example;
      text += std::string(setting.key) + " = " + std::string(example) + "\n";
    }
  }
  ConfigRead read = read_config_text(text, "", mappers::all(), Referred::ignored);
  EXPECT_TRUE(read.problems.empty());
  return read.configuration;
}

std::string printed(const Configuration& configuration) {
  std::ostringstream out, trouble;
  EXPECT_EQ(print_topics(configuration, out, trouble), 0);
  EXPECT_EQ(trouble.str(), "");
  return out.str();
}

struct Line {
  std::string word, topic, document;
};

std::vector<Line> lines(const std::string& all) {
  std::vector<Line> result;
  std::istringstream stream(all);
  for (std::string text; std::getline(stream, text);) {
    std::istringstream words(text);
    Line line;
    words >> line.word >> line.topic >> std::ws;
    std::getline(words, line.document);
    result.push_back(line);
  }
  return result;
}

TEST(PrintTopics, ShowsTheBridgeItselfFirst) {
  const auto all = lines(printed(every_vendor()));
  ASSERT_GT(all.size(), 7U);
  EXPECT_EQ(all[0].word, "retained");
  EXPECT_EQ(all[0].topic, "cloud2mqtt/bridge/availability");
  EXPECT_EQ(all[3].word, "command");
  EXPECT_EQ(all[3].topic, "cloud2mqtt/bridge/request/poll");
  EXPECT_EQ(all[4].word, "live");
  EXPECT_EQ(all[4].topic, "cloud2mqtt/bridge/response/poll");
}

TEST(PrintTopics, AnnouncesTheBridgeBeforeItsAccountsAndThoseBeforeTheirDevices) {
  Configuration configuration = every_vendor();
  configuration.accounts.resize(1);
  std::vector<std::string> announced;
  for (const Line& line : lines(printed(configuration))) {
    if (line.topic.starts_with("homeassistant/device/")) announced.push_back(line.topic);
  }
  ASSERT_GT(announced.size(), 2U);
  EXPECT_EQ(announced[0], "homeassistant/device/cloud2mqtt_bridge/config");
  EXPECT_EQ(announced[1], "homeassistant/device/cloud2mqtt_account_" +
                              configuration.accounts[0].name + "/config");
}

TEST(PrintTopics, ShowsAnAnnouncementAndAStateOfEveryVendorsDevices) {
  std::map<std::string, int> announcements, states;
  for (const Line& line : lines(printed(every_vendor()))) {
    const bool own = line.topic.find("_account_") != std::string::npos ||
                     line.topic.ends_with("_bridge/config");
    const bool announcement = line.topic.starts_with("homeassistant/device/") && !own;
    const bool state = line.topic.ends_with("/state");
    if (!announcement && !state) continue;
    EXPECT_EQ(line.word, "retained");
    const Json document = boost::json::parse(line.document);
    EXPECT_TRUE(document.is_object()) << line.topic;
    if (announcement) {
      EXPECT_TRUE(document.as_object().contains("device")) << line.topic;
    }
    if (state) ++states[line.topic.substr(0, line.topic.find('/', 11))];
    if (announcement) ++announcements[line.topic];
  }
  EXPECT_EQ(states.size(), mappers::all().size()) << "every account has devices";
  EXPECT_GE(announcements.size(), mappers::all().size());
}

TEST(PrintTopics, ShowsEveryTopicOnce) {
  std::set<std::string> seen;
  for (const Line& line : lines(printed(every_vendor()))) {
    EXPECT_TRUE(seen.insert(line.topic).second) << line.topic;
    const bool is_command =
        line.topic.ends_with("/set") || line.topic.find("/request/") != std::string::npos;
    EXPECT_EQ(line.word == "command", is_command) << line.topic;
  }
}

TEST(PrintTopics, SaysTheSameEachTime) {
  EXPECT_EQ(printed(every_vendor()), printed(every_vendor()));
}

TEST(PrintTopics, AnnouncesNothingWhereThatIsSwitchedOff) {
  Configuration configuration = every_vendor();
  configuration.homeassistant.discovery = false;
  const std::string all = printed(configuration);
  EXPECT_EQ(all.find("homeassistant/"), std::string::npos);
  EXPECT_NE(all.find("/state "), std::string::npos);
}

TEST(PrintTopics, FollowsTheConfiguredTopics) {
  Configuration configuration = every_vendor();
  configuration.mqtt.base_topic = "home/cloud";
  configuration.homeassistant.prefix = "ha";
  for (const Line& line : lines(printed(configuration))) {
    EXPECT_TRUE(line.topic.starts_with("home/cloud/") || line.topic.starts_with("ha/device/"))
        << line.topic;
  }
}

TEST(PrintTopics, AnnouncesADeviceOfTwoAccountsOnce) {
  Configuration configuration = every_vendor();
  AccountConfiguration twin = configuration.accounts.front();
  twin.name = "twin";
  configuration.accounts.push_back(twin);
  std::set<std::string> announced;
  for (const Line& line : lines(printed(configuration))) {
    if (!line.topic.starts_with("homeassistant/")) continue;
    EXPECT_TRUE(announced.insert(line.topic).second) << line.topic;
  }
  EXPECT_NE(printed(configuration).find("cloud2mqtt/twin/"), std::string::npos);
}

TEST(PrintTopics, SaysWhenTheDocumentedAnswersMakeNoList) {
  static const auto refuse = [](Vendor& vendor, Fleet&) -> Task<void> {
    const auto answer = co_await vendor.get("/nothing");
    co_return answer.error();
  };
  Mapper broken = *mappers::all().front();
  broken.list = refuse;
  Configuration configuration = every_vendor();
  configuration.accounts.resize(1);
  configuration.accounts[0].mapper = &broken;
  std::ostringstream out, trouble;
  EXPECT_EQ(print_topics(configuration, out, trouble), 1);
  EXPECT_EQ(trouble.str(),
            configuration.accounts[0].name + ": no answer is documented for /nothing\n");
}

}  // namespace
}  // namespace bridge
