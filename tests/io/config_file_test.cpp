#include "io/config_file.hpp"

#include <gtest/gtest.h>

#include <sstream>

#include "support/config_folder.hpp"

namespace bridge {
namespace {

using ConfigFile = ConfigFolder;

TEST_F(ConfigFile, IsShortInItsShortestForm) {
  const ConfigRead read = this->read(account(""));
  ASSERT_EQ(said(read), "");
  const Configuration& configuration = read.configuration;
  EXPECT_EQ(configuration.mqtt.url, "mqtt://localhost:1883");
  EXPECT_EQ(configuration.mqtt.version, 5);
  EXPECT_EQ(configuration.mqtt.base_topic, "cloud2mqtt");
  EXPECT_TRUE(configuration.homeassistant.discovery);
  EXPECT_EQ(configuration.log_level, "info");
  ASSERT_EQ(configuration.accounts.size(), 1U);
  const AccountConfiguration& fleet = configuration.accounts[0];
  EXPECT_EQ(fleet.name, "fleet");
  EXPECT_EQ(fleet.mapper, &kPumps);
  EXPECT_EQ(fleet.base_url, "https://api.example.com/v1");
  EXPECT_FALSE(fleet.quotas);
  EXPECT_FALSE(fleet.stale_after);
  EXPECT_FALSE(fleet.command_spacing);
  EXPECT_EQ(fleet.commands_per_hour, 0);
  EXPECT_EQ(configuration.secrets, std::vector<std::string>{"k-123"});
}

TEST_F(ConfigFile, MayGiveEverything) {
  write("mqtt-word", "s3cret\n");
  write("ca.pem", "x");
  write("cert.pem", "x");
  write("key.pem", "x");
  const ConfigRead read = this->read(R"(
state_directory = "/var/lib/bridge"
log_level = "debug"
[mqtt]
url = "mqtts://broker.example.com:8883"
username = "bridge"
password = { file = "mqtt-word" }
client_id = "me"
base_topic = "home/cloud"
ca_file = "ca.pem"
cert_file = "cert.pem"
key_file = "key.pem"
version = "3.1.1"
[homeassistant]
discovery = false
prefix = "ha"
status_topic = "ha/status"
online_payload = "here"
[accounts.fleet]
mapper = "pumps"
api_key = "k-123"
base_url = "http://192.0.2.7:8080/v2/"
allow_http = true
proxy = "http://proxy.example.com:3128"
ca_file = "ca.pem"
every = { list = "2min", stats = "10min" }
quotas = [{ requests = 600, per = "1min" }]
stale_after = "3h"
command_spacing = "500ms"
commands_per_hour = 12
unit = "psi"
summary = true
life = "90s"
controls = ["away", "boost"]
note = "any"
)");
  ASSERT_EQ(said(read), "");
  const Configuration& all = read.configuration;
  EXPECT_EQ(all.state_directory, "/var/lib/bridge");
  EXPECT_EQ(all.log_level, "debug");
  EXPECT_EQ(all.mqtt.password, "s3cret");
  EXPECT_EQ(all.mqtt.username, "bridge");
  EXPECT_EQ(all.mqtt.client_id, "me");
  EXPECT_EQ(all.mqtt.base_topic, "home/cloud");
  EXPECT_EQ(all.mqtt.ca_file, folder_ + "/ca.pem");
  EXPECT_EQ(all.mqtt.cert_file, folder_ + "/cert.pem");
  EXPECT_EQ(all.mqtt.key_file, folder_ + "/key.pem");
  EXPECT_EQ(all.mqtt.version, 4);
  EXPECT_FALSE(all.homeassistant.discovery);
  EXPECT_EQ(all.homeassistant.prefix, "ha");
  EXPECT_EQ(all.homeassistant.status_topic, "ha/status");
  EXPECT_EQ(all.homeassistant.online_payload, "here");
  const AccountConfiguration& fleet = all.accounts.at(0);
  EXPECT_EQ(fleet.base_url, "http://192.0.2.7:8080/v2");
  EXPECT_EQ(fleet.proxy, "http://proxy.example.com:3128");
  EXPECT_EQ(fleet.ca_file, folder_ + "/ca.pem");
  EXPECT_EQ(fleet.every.at("list"), 2min);
  EXPECT_EQ(fleet.every.at("stats"), 10min);
  ASSERT_EQ(fleet.quotas->size(), 1U);
  EXPECT_EQ(fleet.quotas->front().requests, 600);
  EXPECT_EQ(fleet.quotas->front().per, 60s);
  EXPECT_EQ(fleet.stale_after, 3h);
  EXPECT_EQ(fleet.command_spacing, 500ms);
  EXPECT_EQ(fleet.commands_per_hour, 12);
  EXPECT_EQ(fleet.settings.text("unit"), "psi");
  EXPECT_TRUE(fleet.settings.flag("summary"));
  EXPECT_EQ(fleet.settings.value("life"), Json(90));
  EXPECT_EQ(fleet.settings.value("controls"), (Json{"away", "boost"}));
  EXPECT_EQ(fleet.settings.text("api_key"), "k-123");
  EXPECT_EQ(all.secrets, (std::vector<std::string>{"s3cret", "k-123"}));
}

TEST_F(ConfigFile, FillsInTheMappersFallbacks) {
  const Settings settings = read(account("")).configuration.accounts.at(0).settings;
  EXPECT_EQ(settings.value("summary"), Json(false));
  EXPECT_EQ(settings.value("life"), Json(14 * 24 * 3600));
  EXPECT_EQ(settings.value("controls"), boost::json::value(boost::json::array{"pause"}));
  EXPECT_FALSE(settings.has("unit"));
  EXPECT_FALSE(settings.has("note"));
}

TEST_F(ConfigFile, SaysEverythingThatIsWrongAtOnceInTheOrderOfTheFile) {
  const std::string said = problems(R"(log_levle = "info"
[mqtt]
url = 5
password = { env = "BRIDGE_KEY" }
[accounts.bridge]
mapper = "pumps"
api_key = "k"
every = { lst = "1min" }
[accounts.home]
mapper = "lods"
[accounts.fleet]
mapper = "pumps"
unit = "atm"
)");
  std::vector<int> lines;
  std::istringstream stream(said);
  for (std::string line; std::getline(stream, line);) lines.push_back(std::stoi(line));
  EXPECT_EQ(lines, (std::vector<int>{1, 3, 4, 4, 5, 8, 10, 11, 13})) << said;
}

TEST_F(ConfigFile, RaisesImpolitePeriodsToTheShortestOneAndWarns) {
  const ConfigRead read =
      this->read(account("quotas = []\nevery = { list = \"1s\", stats = \"30s\" }"));
  EXPECT_EQ(said(read), "");
  EXPECT_EQ(read.configuration.accounts[0].every.at("list"), 15s);
  EXPECT_EQ(read.configuration.accounts[0].every.at("stats"), 30s);
  ASSERT_EQ(read.configuration.warnings.size(), 2U);
  EXPECT_EQ(
      read.configuration.warnings[0],
      "line 5: accounts.fleet.every.list is 1s, shorter than is polite to the vendor; 15s is used");
}

TEST_F(ConfigFile, PermitsAnyPeriodOnThisMachine) {
  const ConfigRead read = this->read(
      account("base_url = \"http://127.0.0.1:9/v1\"\nquotas = []\nevery = { list = \"500ms\" }"));
  EXPECT_EQ(said(read), "");
  EXPECT_EQ(read.configuration.accounts[0].every.at("list"), 500ms);
  EXPECT_EQ(read.configuration.warnings.size(), 1U) << "only the literal secret";
}

TEST_F(ConfigFile, RefusesBadQuotas) {
  expect_one(problems(account("quotas = [{ requests = 0, per = \"1min\" }]")), 4,
             {"must lie from 1"});
  expect_one(problems(account("quotas = [{ requests = 5, per = \"100ms\" }]")), 4,
             {"must lie from 1s"});
  expect_one(problems(account("quotas = [{ requests = 5, per = \"1500ms\" }]")), 4,
             {"whole seconds"});
  expect_one(problems(account("quotas = [{ requests = 5 }]")), 4, {"per is missing"});
  EXPECT_TRUE(read(account("quotas = []")).configuration.accounts[0].quotas->empty());
}

TEST_F(ConfigFile, RefusesAPlanThatOneDeviceDoesNotFitWithTheArithmetic) {
  expect_one(problems(account("every = { list = \"30s\" }")), 4,
             {"[accounts.fleet]: even one device does not fit the quota of 120 requests in 1h",
              "list every 30s is 120", "stats every 5min is 12", "together 132",
              "polls may take 115", "5 are kept for commands"});
  EXPECT_EQ(
      problems(account("every = { list = \"30s\" }\nquotas = [{ requests = 600, per = \"1h\" }]")),
      "");
  expect_one(problems(account("quotas = [{ requests = 10, per = \"1h\" }]")), 4,
             {"10 requests in 1h"});
}

TEST_F(ConfigFile, KeepsTheStateOfTheSystemsConfigurationWhereTheServiceDoes) {
  const auto directory = [this](const std::string& folder) {
    return read_config_text(account(""), folder, kMappers).configuration.state_directory;
  };
  EXPECT_EQ(directory("/etc/cloud2mqtt"), "/var/lib/cloud2mqtt");
  EXPECT_EQ(directory("/home/someone"), "/home/someone/.local/state/cloud2mqtt");
}

TEST_F(ConfigFile, KeepsItsStateWhereSystemdOrTheUserWants) {
  const auto directory = [this](const std::string& more) {
    return read(more + account("")).configuration.state_directory;
  };
  EXPECT_EQ(directory(""), "/home/someone/.local/state/cloud2mqtt");
  setenv("XDG_STATE_HOME", "/xdg", 1);
  EXPECT_EQ(directory(""), "/xdg/cloud2mqtt");
  setenv("STATE_DIRECTORY", "/var/lib/cloud2mqtt:/var/lib/other", 1);
  EXPECT_EQ(directory(""), "/var/lib/cloud2mqtt");
  EXPECT_EQ(directory("state_directory = \"/elsewhere\"\n"), "/elsewhere");
  EXPECT_EQ(directory("state_directory = \"here\"\n"), folder_ + "/here");
  unsetenv("STATE_DIRECTORY");
  unsetenv("XDG_STATE_HOME");
  unsetenv("HOME");
  expect_one(problems(account("")), 0, {"write state_directory = "});
}

TEST_F(ConfigFile, ChoosesDevices) {
  const ConfigRead read = this->read(account("only_devices = [\"p1\", \"p2\"]\nwithout_devices = [\"p3\"]"));
  ASSERT_EQ(said(read), "");
  const DeviceChoice& devices = read.configuration.accounts[0].devices;
  EXPECT_EQ(devices.only, (DeviceChoice::Ids{"p1", "p2"}));
  EXPECT_EQ(devices.without, DeviceChoice::Ids{"p3"});
}

}  // namespace
}  // namespace bridge
