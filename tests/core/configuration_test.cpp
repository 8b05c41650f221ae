#include "core/configuration.hpp"

#include <gtest/gtest.h>

namespace bridge {
namespace {

TEST(Loopback, IsThisMachineInEverySpelling) {
  for (const char* url : {"http://localhost", "http://LOCALHOST:8080/v1",
                          "http://127.0.0.1:8080/v1", "mqtt://127.8.9.10", "http://[::1]:80/",
                          "https://user:word@localhost/x", "http://127.0.0.1?x=1"}) {
    EXPECT_TRUE(is_loopback(url)) << url;
  }
}

TEST(Loopback, IsNoOtherMachine) {
  for (const char* url :
       {"http://example.com", "http://localhost.example.com", "http://127.0.0.1.example.com",
        "http://128.0.0.1", "http://127.0.0", "http://127.0.0.256", "http://127.0.0.1.",
        "http://[::2]", "http://example.com/@localhost", "http://localhost@example.com",
        "localhost", "", "http://", "http://[::1", "http://127.0.0.-1"}) {
    EXPECT_FALSE(is_loopback(url)) << url;
  }
}

TEST(Polite, IsThePeriodOfTheMapperExceptOnThisMachine) {
  AccountConfiguration account;
  account.base_url = "https://api.example.com";
  EXPECT_EQ(polite(account, std::chrono::minutes(5)), std::chrono::minutes(5));
  account.base_url = "http://127.0.0.1:8080/v1";
  EXPECT_EQ(polite(account, std::chrono::minutes(5)), std::chrono::milliseconds(0));
}

TEST(TakesLogins, IsWhatAPersonSignsInForWithoutAKey) {
  static constexpr OAuth2 kByPerson{.grant = OAuth2::Grant::authorization_code,
                                    .token_path = "/token"};
  static constexpr OAuth2 kByClient{.token_path = "/token"};
  Mapper mapper;
  AccountConfiguration account;
  account.mapper = &mapper;
  EXPECT_FALSE(takes_logins(account));
  mapper.auth = Auth{.key = "api_key", .oauth2 = &kByClient};
  EXPECT_FALSE(takes_logins(account));
  mapper.auth = Auth{.key = "api_key", .oauth2 = &kByPerson};
  EXPECT_TRUE(takes_logins(account));
  EXPECT_EQ(configured_key(account), "");
  account.settings = Settings(Json{{"api_key", "key-1"}});
  EXPECT_FALSE(takes_logins(account));
  EXPECT_EQ(configured_key(account), "key-1");
}

TEST(Secrets, AreKeptOnceHoweverOftenTheyAreReadAgain) {
  std::vector<std::string> known{"key-1", "password"};
  for (int reload = 0; reload < 3; ++reload) add_secrets(known, {"password", "key-2"});
  EXPECT_EQ(known, (std::vector<std::string>{"key-1", "password", "key-2"}));
}

}  // namespace
}  // namespace bridge
