#include "core/credential_mark.hpp"

#include <gtest/gtest.h>

namespace bridge {
namespace {

constexpr Setting kSettings[] = {
    {.key = "api_key", .help = "The key.", .type = SettingType::secret},
    {.key = "password", .help = "The password.", .type = SettingType::secret},
    {.key = "city", .help = "A city."}};
constexpr Mapper kAcme{.name = "acme",
                       .manufacturer = "Acme",
                       .base_url = "https://api.example.com",
                       .auth = {.key = "api_key"},
                       .settings = kSettings};

std::string mark(const std::string& account, Json settings) {
  AccountConfiguration configuration;
  configuration.name = account;
  configuration.mapper = &kAcme;
  configuration.settings = Settings(std::move(settings));
  return credential_mark(configuration);
}

TEST(CredentialMark, IsAnotherOneForOtherCredentials) {
  const std::string first = mark("home", {{"api_key", "key-1"}});
  EXPECT_EQ(mark("home", {{"api_key", "key-1"}}), first);
  EXPECT_EQ(mark("home", {{"api_key", "key-1"}, {"city", "Bonn"}}), first);
  EXPECT_NE(mark("home", {{"api_key", "key-2"}}), first);
  EXPECT_NE(mark("home", {{"password", "key-1"}}), first) << "another setting";
  EXPECT_NE(mark("cabin", {{"api_key", "key-1"}}), first) << "salted with the account's name";
}

TEST(CredentialMark, DoesNotHoldTheKey) {
  EXPECT_EQ(mark("home", {{"api_key", "key-1"}}).find("key-1"), std::string::npos);
}

}  // namespace
}  // namespace bridge
