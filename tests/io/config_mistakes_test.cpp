#include <gtest/gtest.h>

#include "io/config_file.hpp"
#include "support/config_folder.hpp"

namespace bridge {
namespace {

using ConfigMistakes = ConfigFolder;

TEST_F(ConfigMistakes, ThatCannotBeReadIsAProblem) {
  const ConfigRead absent = read_config_file(folder_ + "/absent.toml", kMappers);
  expect_one(said(absent), 0, {"cannot be read: No such file or directory", "--config"});
  const ConfigRead folder = read_config_file(folder_, kMappers);
  expect_one(said(folder), 0, {"cannot be read: Is a directory"});
}

TEST_F(ConfigMistakes, ThatIsNoTomlIsAProblemWithItsLine) {
  expect_one(problems("[mqtt]\nurl = localhost\n"), 2, {"not TOML"});
  expect_one(problems("[mqtt\n"), 1, {"not TOML"});
  expect_one(problems("# \xff\n"), 1, {"not TOML"});
}

TEST_F(ConfigMistakes, RefusesAnEmptyFileBecauseThereIsNoAccount) {
  expect_one(problems(""), 0, {"there is no account: add [accounts.home]", "pumps, loads, pools or heaters"});
  expect_one(problems("[accounts]\n"), 1, {"there is no account"});
}

TEST_F(ConfigMistakes, RefusesTwoAccountsOfOneName) {
  expect_one(problems(account("") + account("")), 5,
             {"[accounts.fleet] stands here a second time", "rename one"});
  expect_one(problems("log_level = \"info\"\nlog_level = \"debug\"\n"), 2,
             {"log_level stands here a second time"});
}

TEST_F(ConfigMistakes, RefusesReservedAndBadAccountNames) {
  expect_one(problems("[accounts.bridge]\nmapper = \"pumps\"\napi_key = \"k\"\n"), 1,
             {"bridge is taken"});
  for (const char* name : {"Home", "\"my home\"", "1st", "_x", "\"a/b\"", "\"\"", "\"h+\""}) {
    const std::string text =
        "[accounts." + std::string(name) + "]\nmapper = \"pumps\"\napi_key = \"k\"\n";
    expect_one(problems(text), 1, {"lower-case letter"});
  }
  EXPECT_EQ(problems("[accounts.a-b_2]\nmapper = \"pumps\"\napi_key = \"k\"\n"), "");
}

TEST_F(ConfigMistakes, RefusesUnknownKeysWithASuggestion) {
  expect_one(problems("log_levle = \"info\"\n" + account("")), 1,
             {"the file has no key \"log_levle\": did you mean \"log_level\"?"});
  expect_one(problems("[mqtt]\nusernam = \"x\"\n" + account("")), 2,
             {"[mqtt] has no key \"usernam\": did you mean \"username\"?"});
  expect_one(problems("[homeassistant]\nxyzzy = 1\n" + account("")), 2,
             {"write discovery, prefix"});
  expect_one(problems("[mqqt]\n" + account("")), 1, {"did you mean \"mqtt\"?"});
  expect_one(problems(account("sumary = true")), 4, {"did you mean \"summary\"?"});
  expect_one(problems(account("every = { lists = \"1min\" }")), 4,
             {"[accounts.fleet.every] has no key \"lists\": did you mean \"list\"?"});
  expect_one(problems(account("quotas = [{ requests = 9, per = \"1s\", what = 1 }]")), 4,
             {"\"what\""});
}

TEST_F(ConfigMistakes, RefusesWrongTypes) {
  expect_one(problems("log_level = 3\n" + account("")), 1,
             {"log_level must be text in quotes, but it is a whole number"});
  expect_one(problems("mqtt = 5\n" + account("")), 1, {"mqtt must be a table"});
  expect_one(problems("accounts = 5\n"), 1, {"accounts must be a table"});
  expect_one(problems("[accounts]\nfleet = 5\n"), 2, {"must be a table: write [accounts.fleet]"});
  expect_one(problems("[homeassistant]\ndiscovery = \"yes\"\n" + account("")), 2,
             {"must be true or false", "leave the quotes out"});
  expect_one(problems(account("controls = \"pause\"")), 4, {"must be a list"});
  expect_one(problems(account("controls = [1]")), 4,
             {"an element of accounts.fleet.controls must be text"});
  expect_one(problems(account("every = \"1min\"")), 4, {"every must be a table"});
  expect_one(problems(account("quotas = 600")), 4, {"quotas must be a list"});
  expect_one(problems(account("quotas = [600]")), 4, {"must be { requests = 600"});
  expect_one(problems(account("commands_per_hour = 1.5")), 4, {"a number with a point"});
  expect_one(problems(account("note = 2026-01-01")), 4, {"a date or time"});
  expect_one(problems(account("note = \"\"")), 4, {"note is empty"});
}

TEST_F(ConfigMistakes, RefusesUnknownAndMissingMappers) {
  expect_one(problems("[accounts.a]\nmapper = \"pump\"\n"), 2,
             {"did you mean \"pumps\"?", "pumps, loads, pools or heaters"});
  expect_one(problems("[accounts.a]\nmapper = \"zzzzzzzz\"\n"), 2, {"write pumps, loads, pools or heaters"});
  expect_one(problems("[accounts.a]\nkey = 1\n"), 1, {"mapper is missing", "pumps, loads, pools or heaters"});
}

TEST_F(ConfigMistakes, RefusesBadDurations) {
  for (const char* span : {"\"5\"", "\"5m\"", "\"1.5h\"", "\"-1s\"", "\"\"", "60", "\"5 min\""}) {
    expect_one(problems(account("stale_after = " + std::string(span))), 4,
               {"is no duration: write"});
  }
  expect_one(problems(account("stale_after = \"500ms\"")), 4, {"must lie from 1s to 366d"});
  expect_one(problems(account("stale_after = \"400d\"")), 4, {"must lie from 1s to 366d"});
  expect_one(problems(account("every = { list = \"0s\" }")), 4, {"must lie from 1ms"});
  EXPECT_EQ(problems(account("command_spacing = \"0s\"")), "");
}

TEST_F(ConfigMistakes, RefusesBadAddresses) {
  for (const char* url :
       {"example.com", "ftp://example.com", "https://", "https:///v1", "https://ex ample",
        "https://example.com:0", "https://example.com:x", "https://u:p@example.com",
        "https://example.com/v1?x=1", "https://[::1", "https://example.com:70000"}) {
    expect_one(problems(account("base_url = \"" + std::string(url) + "\"")), 4,
               {"base_url", "write one such as \"https://api.example.com/v1\""});
  }
  expect_one(problems("[mqtt]\nurl = \"localhost:1883\"\n" + account("")), 2,
             {"must begin with mqtt:// or mqtts://"});
  expect_one(problems("[mqtt]\nurl = \"mqtt://localhost/path\"\n" + account("")), 2,
             {"must not have a path"});
  expect_one(problems(account("proxy = \"https://proxy.example.com\"")), 4,
             {"must begin with http://"});
  EXPECT_EQ(problems("[mqtt]\nurl = \"mqtt://[::1]:1883/\"\n" +
                     account("base_url = \"https://[2001:db8::1]:8443/v1\"")),
            "");
}

TEST_F(ConfigMistakes, RefusesUnencryptedHttpToOtherMachines) {
  expect_one(problems(account("base_url = \"http://api.example.com\"")), 4, {"allow_http = true"});
  EXPECT_EQ(problems(account("base_url = \"http://api.example.com\"\nallow_http = true")), "");
  EXPECT_EQ(problems(account("base_url = \"http://127.0.0.1:8080\"")), "");
}

TEST_F(ConfigMistakes, RefusesTopicsThatCannotBePublished) {
  for (const char* topic : {"a/+/b", "a#", "/a", "a/", "a//b", "$SYS/a", "a\\u0001"}) {
    expect_one(problems("[mqtt]\nbase_topic = \"" + std::string(topic) + "\"\n" + account("")), 2,
               {"mqtt.base_topic is", "write one such as"});
  }
  expect_one(problems("[homeassistant]\nprefix = \"/ha\"\n" + account("")), 2,
             {"homeassistant.prefix"});
  expect_one(problems("[homeassistant]\nstatus_topic = \"ha/#\"\n" + account("")), 2,
             {"wildcards"});
}

TEST_F(ConfigMistakes, RefusesUnknownLevelsAndVersions) {
  expect_one(problems("log_level = \"warn\"\n" + account("")), 1,
             {"one of error, warning, notice, info or debug"});
  for (const char* version : {"3", "\"3.1\"", "3.1", "true"}) {
    expect_one(problems("[mqtt]\nversion = " + std::string(version) + "\n" + account("")), 2,
               {"must be 5 or \"3.1.1\""});
  }
  EXPECT_EQ(read("[mqtt]\nversion = 5\n" + account("")).configuration.mqtt.version, 5);
  EXPECT_EQ(read("[mqtt]\nversion = 4\n" + account("")).configuration.mqtt.version, 4);
}

TEST_F(ConfigMistakes, RefusesIncompleteAndUnreadableCertificates) {
  write("cert.pem", "x");
  const std::string secure = "[mqtt]\nurl = \"mqtts://broker.example.com\"\n";
  expect_one(problems(secure + "cert_file = \"cert.pem\"\n" + account("")), 3, {"needs key_file"});
  expect_one(problems(secure + "key_file = \"cert.pem\"\n" + account("")), 3, {"needs cert_file"});
  expect_one(problems(secure + "ca_file = \"absent.pem\"\n" + account("")), 3,
             {"mqtt.ca_file names the file " + folder_ + "/absent.pem", "No such file"});
  expect_one(problems(account("ca_file = \".\"")), 4, {"Is a directory"});
}

TEST_F(ConfigMistakes, WarnsOfCertificatesWithoutEncryption) {
  write("ca.pem", "x");
  const ConfigRead read = this->read("[mqtt]\nca_file = \"ca.pem\"\n" + account(""));
  EXPECT_EQ(said(read), "");
  ASSERT_EQ(read.configuration.warnings.size(), 2U);
  EXPECT_TRUE(read.configuration.warnings[0].starts_with("line 2: mqtt.ca_file has no effect"));
}

TEST_F(ConfigMistakes, RefusesAPasswordWithoutAUserName) {
  expect_one(problems("[mqtt]\npassword = \"x\"\n" + account("")), 2, {"needs username"});
}

TEST_F(ConfigMistakes, HoldsSettingsAgainstTheMappersRows) {
  expect_one(problems(account("unit = \"atm\"")), 4,
             {"unit is \"atm\", but must be one of bar or psi"});
  expect_one(problems(account("controls = [\"pause\", \"nap\"]")), 4,
             {"is \"nap\", but must be one of pause, away or boost"});
  expect_one(problems(account("summary = 1")), 4, {"must be true or false"});
  expect_one(problems(account("life = \"long\"")), 4, {"is no duration"});
  EXPECT_EQ(problems(account("controls = []")), "");
}

TEST_F(ConfigMistakes, TellsHowTextIsWrittenWhereAValueIsNone) {
  expect_one(problems("[mqtt]\nurl = mqtt://localhost:1883\n"), 2,
             {"this is not TOML: text stands in straight quotes"});
  expect_one(problems("[mqtt]\nurl = \u201Cmqtt://localhost\u201D\n"), 2, {"straight quotes"});
}

TEST_F(ConfigMistakes, SaysHowAnAccountIsNamed) {
  expect_one(problems("[accounts]\nmapper = \"pumps\"\n"), 2, {"such as [accounts.home]"});
}

TEST_F(ConfigMistakes, ShowsHowQuotasAndPeriodsAreWritten) {
  expect_one(problems(account("quotas = { requests = 60, per = \"1min\" }")), 4,
             {"must be a list: write [{ requests = 600, per = \"1min\" }]"});
  expect_one(problems(account("every = \"5min\"")), 4, {"write every = { list = \"5min\" }"});
}

TEST_F(ConfigMistakes, RefusesWordsThatAreEmptyOrStandTwice) {
  expect_one(problems(account("controls = [\"pause\", \"pause\"]")), 4, {"stands there twice"});
  expect_one(problems(account("only_devices = [\"\"]")), 4, {"is empty: take it out"});
}

TEST_F(ConfigMistakes, RefusesAKeyWithTheWordOfTheHeader) {
  expect_one(problems("[accounts.a]\nmapper = \"pumps\"\napi_key = \"Bearer k-123\"\n"), 3,
             {"leave that word out"});
}

TEST_F(ConfigMistakes, WarnsWhereDevicesWouldBeOfflineMostOfTheTime) {
  const auto warned = [&](const std::string& line) {
    const ConfigRead read = this->read(account(line));
    EXPECT_EQ(said(read), "");
    std::string all;
    for (const std::string& each : read.configuration.warnings) all += each + "\n";
    return all.find("would be offline") != std::string::npos;
  };
  EXPECT_TRUE(warned("stale_after = \"30s\""));
  EXPECT_TRUE(warned("stale_after = \"5min\"\nevery = { list = \"10min\" }"));
  EXPECT_FALSE(warned("stale_after = \"5min\""));
}

TEST_F(ConfigMistakes, WarnsOfTheVendorsMachineWithAnotherPath) {
  const auto warned = [&](const std::string& url) {
    const ConfigRead read = this->read(account("base_url = \"" + url + "\""));
    EXPECT_EQ(said(read), "");
    std::string all;
    for (const std::string& each : read.configuration.warnings) all += each + "\n";
    return all.find("another path") != std::string::npos;
  };
  EXPECT_TRUE(warned("https://api.example.com"));
  EXPECT_FALSE(warned("https://api.example.com/v1/"));
  EXPECT_FALSE(warned("https://test.example.com"));
}

}  // namespace
}  // namespace bridge
