#include "io/config_file.hpp"

#include <gtest/gtest.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

namespace bridge {
namespace {

using namespace std::chrono_literals;

Task<Token> sign_in(Vendor&) { co_return Error(Errc::refused, "a test signs in nowhere"); }

constexpr Setting kPumpSettings[] = {
    {.key = "api_key", .help = "The key.", .type = SettingType::secret},
    {.key = "unit", .help = "The unit.", .type = SettingType::choice, .options = "bar psi"},
    {.key = "summary", .help = "More.", .type = SettingType::flag, .fallback = "false"},
    {.key = "life", .help = "How long.", .type = SettingType::span, .fallback = "14d"},
    {.key = "controls",
     .help = "Which.",
     .type = SettingType::list,
     .fallback = "pause",
     .options = "pause away boost"},
    {.key = "note", .help = "Any text.", .example = "\"hello\""}};
constexpr Setting kLoadSettings[] = {
    {.key = "email", .help = "The address."},
    {.key = "password", .help = "Word.", .type = SettingType::secret},
    {.key = "token", .help = "Token.", .type = SettingType::secret}};
constexpr Read kHubReads[] = {{.facts = "stats", .every = 5min, .shortest = 30s}};
constexpr Read kPumpReads[] = {
    {.facts = "summary", .every = 1h, .when = "summary", .shortest = 5min}};
constexpr DeviceKind kPumpKinds[] = {{.name = "hub", .reads = kHubReads},
                                     {.name = "pump", .reads = kPumpReads}};
constexpr Quota kQuotas[] = {{.requests = 5, .per = 1s}, {.requests = 120, .per = 1h}};
constexpr Mapper kPumps{.name = "pumps",
                        .manufacturer = "Pumps Ltd",
                        .base_url = "https://api.example.com/v1",
                        .auth = {.key = "api_key"},
                        .quotas = kQuotas,
                        .command_reserve = 5,
                        .list_every = 1min,
                        .list_shortest = 15s,
                        .kinds = kPumpKinds,
                        .settings = kPumpSettings};
constexpr Mapper kLoads{
    .name = "loads",
    .manufacturer = "Loads Ltd",
    .base_url = "https://loads.example.com",
    .auth = {.key = "token", .sign_in = sign_in, .sign_in_settings = "email password"},
    .list_every = 1min,
    .settings = kLoadSettings};
constexpr const Mapper* kMappers[] = {&kPumps, &kLoads};

/// A folder of this test alone, and environment variables that do not outlive it.
class ConfigFile : public testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = testing::TempDir() + "config_XXXXXX";
    folder_ = mkdtemp(pattern.data());
    for (const char* name :
         {"STATE_DIRECTORY", "XDG_STATE_HOME", "CREDENTIALS_DIRECTORY", "BRIDGE_KEY"}) {
      unsetenv(name);
    }
    setenv("HOME", "/home/someone", 1);
  }
  void TearDown() override {
    std::filesystem::remove_all(folder_);
    unsetenv("CREDENTIALS_DIRECTORY");
    unsetenv("BRIDGE_KEY");
    unsetenv("STATE_DIRECTORY");
    unsetenv("XDG_STATE_HOME");
  }

  std::string write(const std::string& name, const std::string& text, mode_t mode = 0600) {
    const std::string path = folder_ + "/" + name;
    std::ofstream(path) << text;
    chmod(path.c_str(), mode);
    return path;
  }

  ConfigRead read(const std::string& text) { return read_config_text(text, folder_, kMappers); }

  /// "LINE: text" of every problem, one a line.
  std::string problems(const std::string& text) { return said(read(text)); }

  static std::string said(const ConfigRead& read) {
    std::string all;
    for (const ConfigProblem& problem : read.problems) {
      all += std::to_string(problem.line) + ": " + problem.text + "\n";
    }
    return all;
  }

  /// An account without a mistake on its three lines, then `more`.
  static std::string account(const std::string& more) {
    return "[accounts.fleet]\nmapper = \"pumps\"\napi_key = \"k-123\"\n" + more + "\n";
  }

  std::string folder_;
};

/// Holds that one sentence, beginning with its line, is the only problem and contains the parts.
void expect_one(const std::string& problems, int line,
                std::initializer_list<std::string_view> parts) {
  EXPECT_EQ(std::count(problems.begin(), problems.end(), '\n'), 1) << problems;
  EXPECT_TRUE(problems.starts_with(std::to_string(line) + ": ")) << problems;
  for (const std::string_view part : parts) {
    EXPECT_NE(problems.find(part), std::string::npos) << part << " is not in: " << problems;
  }
}

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

TEST_F(ConfigFile, ThatCannotBeReadIsAProblem) {
  const ConfigRead absent = read_config_file(folder_ + "/absent.toml", kMappers);
  expect_one(said(absent), 0, {"cannot be read: No such file or directory", "--config"});
  const ConfigRead folder = read_config_file(folder_, kMappers);
  expect_one(said(folder), 0, {"cannot be read: Is a directory"});
}

TEST_F(ConfigFile, ThatIsNoTomlIsAProblemWithItsLine) {
  expect_one(problems("[mqtt]\nurl = localhost\n"), 2, {"not TOML"});
  expect_one(problems("[mqtt\n"), 1, {"not TOML"});
  expect_one(problems("# \xff\n"), 1, {"not TOML"});
}

TEST_F(ConfigFile, RefusesAnEmptyFileBecauseThereIsNoAccount) {
  expect_one(problems(""), 0, {"there is no account: add [accounts.home]", "pumps or loads"});
  expect_one(problems("[accounts]\n"), 1, {"there is no account"});
}

TEST_F(ConfigFile, RefusesTwoAccountsOfOneName) {
  expect_one(problems(account("") + account("")), 5,
             {"[accounts.fleet] stands here a second time", "rename one"});
  expect_one(problems("log_level = \"info\"\nlog_level = \"debug\"\n"), 2,
             {"log_level stands here a second time"});
}

TEST_F(ConfigFile, RefusesReservedAndBadAccountNames) {
  expect_one(problems("[accounts.bridge]\nmapper = \"pumps\"\napi_key = \"k\"\n"), 1,
             {"bridge is taken"});
  for (const char* name : {"Home", "\"my home\"", "1st", "_x", "\"a/b\"", "\"\"", "\"h+\""}) {
    const std::string text =
        "[accounts." + std::string(name) + "]\nmapper = \"pumps\"\napi_key = \"k\"\n";
    expect_one(problems(text), 1, {"lower-case letter"});
  }
  EXPECT_EQ(problems("[accounts.a-b_2]\nmapper = \"pumps\"\napi_key = \"k\"\n"), "");
}

TEST_F(ConfigFile, RefusesUnknownKeysWithASuggestion) {
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

TEST_F(ConfigFile, RefusesWrongTypes) {
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

TEST_F(ConfigFile, RefusesUnknownAndMissingMappers) {
  expect_one(problems("[accounts.a]\nmapper = \"pump\"\n"), 2,
             {"did you mean \"pumps\"?", "pumps or loads"});
  expect_one(problems("[accounts.a]\nmapper = \"zzzzzzzz\"\n"), 2, {"write pumps or loads"});
  expect_one(problems("[accounts.a]\nkey = 1\n"), 1, {"mapper is missing", "pumps or loads"});
}

TEST_F(ConfigFile, AsksForAMissingSecretInAllItsForms) {
  expect_one(
      problems("[accounts.a]\nmapper = \"pumps\"\n"), 1,
      {"accounts.a.api_key is missing", "{ credential = \"pumps\" }", "{ file = ", "{ env = "});
}

TEST_F(ConfigFile, TakesEitherATokenOrAllThatASignInNeeds) {
  const std::string loads = "[accounts.a]\nmapper = \"loads\"\n";
  EXPECT_EQ(problems(loads + "token = \"t\"\n"), "");
  EXPECT_EQ(problems(loads + "email = \"me@example.com\"\npassword = \"p\"\n"), "");
  expect_one(problems(loads), 1,
             {"token is missing", "or instead email = \"...\" and password = {"});
  expect_one(problems(loads + "email = \"me@example.com\"\n"), 1,
             {"password is missing: write password = { credential = \"loads\" }"});
  expect_one(problems(loads + "password = \"p\"\n"), 1,
             {"email is missing: write email = \"...\""});
}

TEST_F(ConfigFile, ReadsSecretsFromCredentialsFilesAndTheEnvironment) {
  write("word", "from-file\r\n");
  setenv("CREDENTIALS_DIRECTORY", folder_.c_str(), 1);
  setenv("BRIDGE_KEY", "from-env", 1);
  const auto key = [this](const std::string& form) {
    const ConfigRead read =
        this->read("[accounts.a]\nmapper = \"pumps\"\napi_key = " + form + "\n");
    EXPECT_EQ(said(read), "");
    EXPECT_TRUE(read.configuration.warnings.empty());
    return read.configuration.secrets.at(0);
  };
  EXPECT_EQ(key("{ credential = \"word\" }"), "from-file");
  write("cloud2mqtt_other", "from-folder\n");
  EXPECT_EQ(key("{ credential = \"other\" }"), "from-folder");
  EXPECT_EQ(key("{ file = \"word\" }"), "from-file");
  EXPECT_EQ(key("{ file = \"" + folder_ + "/word\" }"), "from-file");
  EXPECT_EQ(key("{ env = \"BRIDGE_KEY\" }"), "from-env");
}

TEST_F(ConfigFile, SaysWhyASecretCannotBeHad) {
  write("empty", "\n");
  write("two", "one\ntwo\n");
  const auto key = [this](const std::string& form) {
    return problems("[accounts.a]\nmapper = \"pumps\"\napi_key = " + form + "\n");
  };
  expect_one(key("{ credential = \"word\" }"), 3,
             {"$CREDENTIALS_DIRECTORY is not set", "{ env = "});
  expect_one(key("{ credential = \"../word\" }"), 3, {"no name of a credential"});
  expect_one(key("{ file = \"absent\" }"), 3, {folder_ + "/absent cannot be read: No such file"});
  expect_one(key("{ file = \"empty\" }"), 3, {"is empty"});
  expect_one(key("{ file = \"two\" }"), 3, {"line break"});
  expect_one(key("{ env = \"BRIDGE_KEY\" }"), 3, {"variable BRIDGE_KEY is not set"});
  expect_one(key("{ environment = \"BRIDGE_KEY\" }"), 3, {"\"environment\" is none of them"});
  expect_one(key("{ env = \"A\", file = \"b\" }"), 3, {"a secret is text in quotes or one of"});
  expect_one(key("{ env = 5 }"), 3, {"a secret is text in quotes or one of"});
  expect_one(key("5"), 3, {"a secret is text in quotes or one of"});
  expect_one(key("\"\""), 3, {"it is empty"});

  setenv("CREDENTIALS_DIRECTORY", folder_.c_str(), 1);
  expect_one(key("{ credential = \"absent\" }"), 3,
             {"put the secret into /etc/cloud2mqtt/credentials/absent"});
}

TEST_F(ConfigFile, WarnsOfALiteralSecretAndMoreWhereOthersMayReadTheFile) {
  const std::string open = write("open.toml", account(""), 0644);
  const auto loud = read_config_file(open, kMappers).configuration.warnings;
  ASSERT_EQ(loud.size(), 1U);
  EXPECT_TRUE(
      loud[0].starts_with("line 3: accounts.fleet.api_key stands in the file, which other users"))
      << loud[0];
  const std::string closed = write("closed.toml", account(""), 0600);
  const auto mild = read_config_file(closed, kMappers).configuration.warnings;
  ASSERT_EQ(mild.size(), 1U);
  EXPECT_TRUE(mild[0].starts_with("line 3: accounts.fleet.api_key stands in the file itself"))
      << mild[0];
}

TEST_F(ConfigFile, NeverRepeatsASecretInWhatItSays) {
  setenv("BRIDGE_KEY", "line\nbreak-s3cret", 1);
  const ConfigRead read = this->read(
      "[mqtt]\npassword = \"hunter2\"\n[accounts.a]\nmapper = \"pumps\"\napi_key = { env = "
      "\"BRIDGE_KEY\" }\n");
  std::string all = said(read);
  for (const std::string& warning : read.configuration.warnings) all += warning;
  EXPECT_EQ(all.find("hunter2"), std::string::npos) << all;
  EXPECT_EQ(all.find("s3cret"), std::string::npos) << all;
}

TEST_F(ConfigFile, DoesNotLookAtSecretsAndCertificatesWhereTheyDoNotMatter) {
  const ConfigRead read = read_config_text(
      "[mqtt]\nusername = \"x\"\npassword = { credential = \"m\" }\nca_file = \"absent\"\n"
      "[accounts.a]\nmapper = \"pumps\"\napi_key = { file = \"absent\" }\n"
      "[accounts.b]\nmapper = \"loads\"\n",
      folder_, kMappers, Referred::ignored);
  EXPECT_EQ(said(read), "");
  EXPECT_EQ(read.configuration.accounts.size(), 2U);
}

TEST_F(ConfigFile, RefusesBadDurations) {
  for (const char* span : {"\"5\"", "\"5m\"", "\"1.5h\"", "\"-1s\"", "\"\"", "60", "\"5 min\""}) {
    expect_one(problems(account("stale_after = " + std::string(span))), 4,
               {"is no duration: write"});
  }
  expect_one(problems(account("stale_after = \"500ms\"")), 4, {"must lie from 1s to 366d"});
  expect_one(problems(account("stale_after = \"400d\"")), 4, {"must lie from 1s to 366d"});
  expect_one(problems(account("every = { list = \"0s\" }")), 4, {"must lie from 1ms"});
  EXPECT_EQ(problems(account("command_spacing = \"0s\"")), "");
}

TEST_F(ConfigFile, RefusesBadAddresses) {
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

TEST_F(ConfigFile, RefusesUnencryptedHttpToOtherMachines) {
  expect_one(problems(account("base_url = \"http://api.example.com\"")), 4, {"allow_http = true"});
  EXPECT_EQ(problems(account("base_url = \"http://api.example.com\"\nallow_http = true")), "");
  EXPECT_EQ(problems(account("base_url = \"http://127.0.0.1:8080\"")), "");
}

TEST_F(ConfigFile, RefusesTopicsThatCannotBePublished) {
  for (const char* topic : {"a/+/b", "a#", "/a", "a/", "a//b", "$SYS/a", "a\\u0001"}) {
    expect_one(problems("[mqtt]\nbase_topic = \"" + std::string(topic) + "\"\n" + account("")), 2,
               {"mqtt.base_topic is", "write one such as"});
  }
  expect_one(problems("[homeassistant]\nprefix = \"/ha\"\n" + account("")), 2,
             {"homeassistant.prefix"});
  expect_one(problems("[homeassistant]\nstatus_topic = \"ha/#\"\n" + account("")), 2,
             {"wildcards"});
}

TEST_F(ConfigFile, RefusesUnknownLevelsAndVersions) {
  expect_one(problems("log_level = \"warn\"\n" + account("")), 1,
             {"one of error, warning, notice, info or debug"});
  for (const char* version : {"3", "\"3.1\"", "3.1", "true"}) {
    expect_one(problems("[mqtt]\nversion = " + std::string(version) + "\n" + account("")), 2,
               {"must be 5 or \"3.1.1\""});
  }
  EXPECT_EQ(read("[mqtt]\nversion = 5\n" + account("")).configuration.mqtt.version, 5);
  EXPECT_EQ(read("[mqtt]\nversion = 4\n" + account("")).configuration.mqtt.version, 4);
}

TEST_F(ConfigFile, RefusesIncompleteAndUnreadableCertificates) {
  write("cert.pem", "x");
  const std::string secure = "[mqtt]\nurl = \"mqtts://broker.example.com\"\n";
  expect_one(problems(secure + "cert_file = \"cert.pem\"\n" + account("")), 3, {"needs key_file"});
  expect_one(problems(secure + "key_file = \"cert.pem\"\n" + account("")), 3, {"needs cert_file"});
  expect_one(problems(secure + "ca_file = \"absent.pem\"\n" + account("")), 3,
             {"mqtt.ca_file names the file " + folder_ + "/absent.pem", "No such file"});
  expect_one(problems(account("ca_file = \".\"")), 4, {"Is a directory"});
}

TEST_F(ConfigFile, WarnsOfCertificatesWithoutEncryption) {
  write("ca.pem", "x");
  const ConfigRead read = this->read("[mqtt]\nca_file = \"ca.pem\"\n" + account(""));
  EXPECT_EQ(said(read), "");
  ASSERT_EQ(read.configuration.warnings.size(), 2U);
  EXPECT_TRUE(read.configuration.warnings[0].starts_with("line 2: mqtt.ca_file has no effect"));
}

TEST_F(ConfigFile, RefusesAPasswordWithoutAUserName) {
  expect_one(problems("[mqtt]\npassword = \"x\"\n" + account("")), 2, {"needs username"});
}

TEST_F(ConfigFile, HoldsSettingsAgainstTheMappersRows) {
  expect_one(problems(account("unit = \"atm\"")), 4,
             {"unit is \"atm\", but must be one of bar or psi"});
  expect_one(problems(account("controls = [\"pause\", \"nap\"]")), 4,
             {"is \"nap\", but must be one of pause, away or boost"});
  expect_one(problems(account("summary = 1")), 4, {"must be true or false"});
  expect_one(problems(account("life = \"long\"")), 4, {"is no duration"});
  EXPECT_EQ(problems(account("controls = []")), "");
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

TEST_F(ConfigFile, ListsEachSecretOnce) {
  const ConfigRead read =
      this->read(account("") + "[accounts.b]\nmapper = \"loads\"\ntoken = \"k-123\"\n");
  EXPECT_EQ(read.configuration.secrets, std::vector<std::string>{"k-123"});
}

/// The example with every setting switched on.
std::string uncommented(const std::string& example) {
  std::istringstream stream(example);
  std::string out;
  for (std::string line; std::getline(stream, line);) {
    const bool setting = line.size() > 1 && line[0] == '#' && line[1] != ' ';
    out += (setting ? line.substr(1) : line) + "\n";
  }
  return out;
}

TEST_F(ConfigFile, ExampleLacksNothingButAnAccount) {
  expect_one(problems(example_config(kMappers)), 0, {"there is no account"});
}

TEST_F(ConfigFile, ExampleShowsEverySettingRightly) {
  const std::string text = uncommented(example_config(kMappers));
  const ConfigRead read = read_config_text(text, folder_, kMappers, Referred::ignored);
  EXPECT_EQ(said(read), "") << text;
  EXPECT_EQ(read.configuration.accounts.size(), 2U);
  for (const char* key : {"state_directory",
                          "log_level",
                          "url",
                          "username",
                          "password",
                          "client_id",
                          "base_topic",
                          "ca_file",
                          "cert_file",
                          "key_file",
                          "version",
                          "discovery",
                          "prefix",
                          "status_topic",
                          "online_payload",
                          "base_url",
                          "every",
                          "quotas",
                          "stale_after",
                          "command_spacing",
                          "commands_per_hour",
                          "allow_http",
                          "proxy",
                          "unit",
                          "summary",
                          "life",
                          "controls",
                          "note",
                          "email",
                          "token"}) {
    EXPECT_NE(text.find("\n" + std::string(key) + " = "), std::string::npos) << key;
  }
}

TEST_F(ConfigFile, ExampleFitsAnOrdinaryTerminal) {
  std::istringstream stream(example_config(kMappers));
  for (std::string line; std::getline(stream, line);) EXPECT_LE(line.size(), 120U) << line;
}

}  // namespace
}  // namespace bridge
