#include <gtest/gtest.h>

#include "support/config_folder.hpp"

namespace bridge {
namespace {

using ConfigOAuth = ConfigFolder;

constexpr const char* kPool = "[accounts.pool]\nmapper = \"pools\"\n";
constexpr const char* kHeater =
    "[accounts.heater]\nmapper = \"heaters\"\nclient_id = \"i\"\nclient_secret = \"s\"\n";

TEST_F(ConfigOAuth, APersonsLoginNeedsNothingInTheFile) {
  const ConfigRead configuration = read(kPool);
  EXPECT_EQ(said(configuration), "");
  EXPECT_EQ(configuration.configuration.accounts.at(0).token_url, "");
}

TEST_F(ConfigOAuth, ClientCredentialsNeedBothParts) {
  EXPECT_EQ(problems(kHeater), "");
  const std::string none = problems("[accounts.heater]\nmapper = \"heaters\"\n");
  expect_one(none, 1, {"client_id is missing", "client_id = \"...\" and client_secret = {"});
  expect_one(problems("[accounts.heater]\nmapper = \"heaters\"\nclient_id = \"i\"\n"), 1,
             {"client_secret is missing: write client_secret = {"});
}

TEST_F(ConfigOAuth, TheAddressesMayBeElsewhere) {
  const ConfigRead configuration = read(std::string(kPool) +
                                        "token_url = \"https://login.example.com/t/\"\n"
                                        "authorize_url = \"http://127.0.0.1:80/a\"\n");
  EXPECT_EQ(said(configuration), "");
  EXPECT_EQ(configuration.configuration.accounts.at(0).token_url, "https://login.example.com/t/");
  EXPECT_EQ(configuration.configuration.accounts.at(0).authorize_url, "http://127.0.0.1:80/a");
}

TEST_F(ConfigOAuth, TheAddressesAreCheckedLikeTheBaseUrl) {
  expect_one(problems(std::string(kPool) + "token_url = \"http://login.example.com/t\"\n"), 3,
             {"token_url sends credentials unencrypted", "allow_http = true"});
  expect_one(problems(std::string(kPool) + "authorize_url = \"login.example.com\"\n"), 3,
             {"authorize_url must begin with https:// or http://"});
  EXPECT_EQ(problems(std::string(kPool) +
                     "allow_http = true\ntoken_url = \"http://login.example.com/t\"\n"),
            "");
}

TEST_F(ConfigOAuth, TheAddressesAreUnknownWhereTheyDoNothing) {
  expect_one(problems(std::string(kHeater) + "authorize_url = \"https://a.example.com\"\n"), 5,
             {"authorize_url"});
  expect_one(problems(account("token_url = \"https://a.example.com\"")), 4, {"token_url"});
}

}  // namespace
}  // namespace bridge
