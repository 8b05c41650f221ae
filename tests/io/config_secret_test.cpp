#include <gtest/gtest.h>

#include "io/config_file.hpp"
#include "support/config_folder.hpp"

namespace bridge {
namespace {

using ConfigSecrets = ConfigFolder;

TEST_F(ConfigSecrets, AsksForAMissingSecretInAllItsForms) {
  expect_one(
      problems("[accounts.a]\nmapper = \"pumps\"\n"), 1,
      {"accounts.a.api_key is missing", "{ credential = \"pumps\" }", "{ file = ", "{ env = "});
}

TEST_F(ConfigSecrets, TakesEitherATokenOrAllThatASignInNeeds) {
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

TEST_F(ConfigSecrets, ReadsSecretsFromCredentialsFilesAndTheEnvironment) {
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

TEST_F(ConfigSecrets, SaysWhyASecretCannotBeHad) {
  write("empty", "\n");
  write("two", "one\ntwo\n");
  const auto key = [this](const std::string& form) {
    return problems("[accounts.a]\nmapper = \"pumps\"\napi_key = " + form + "\n");
  };
  expect_one(key("{ credential = \"word\" }"), 3,
             {"$CREDENTIALS_DIRECTORY is not set", "/etc/cloud2mqtt/credentials/word cannot be read",
              "{ env = "});
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

TEST_F(ConfigSecrets, WarnsOfALiteralSecretAndMoreWhereOthersMayReadTheFile) {
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

TEST_F(ConfigSecrets, NeverRepeatsASecretInWhatItSays) {
  setenv("BRIDGE_KEY", "line\nbreak-s3cret", 1);
  const ConfigRead read = this->read(
      "[mqtt]\npassword = \"hunter2\"\n[accounts.a]\nmapper = \"pumps\"\napi_key = { env = "
      "\"BRIDGE_KEY\" }\n");
  std::string all = said(read);
  for (const std::string& warning : read.configuration.warnings) all += warning;
  EXPECT_EQ(all.find("hunter2"), std::string::npos) << all;
  EXPECT_EQ(all.find("s3cret"), std::string::npos) << all;
}

TEST_F(ConfigSecrets, DoesNotLookAtSecretsAndCertificatesWhereTheyDoNotMatter) {
  const ConfigRead read = read_config_text(
      "[mqtt]\nusername = \"x\"\npassword = { credential = \"m\" }\nca_file = \"absent\"\n"
      "[accounts.a]\nmapper = \"pumps\"\napi_key = { file = \"absent\" }\n"
      "[accounts.b]\nmapper = \"loads\"\n",
      folder_, kMappers, Referred::ignored);
  EXPECT_EQ(said(read), "");
  EXPECT_EQ(read.configuration.accounts.size(), 2U);
}

TEST_F(ConfigSecrets, ListsEachSecretOnce) {
  const ConfigRead read =
      this->read(account("") + "[accounts.b]\nmapper = \"loads\"\ntoken = \"k-123\"\n");
  EXPECT_EQ(read.configuration.secrets, std::vector<std::string>{"k-123"});
}

}  // namespace
}  // namespace bridge
