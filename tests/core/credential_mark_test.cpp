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

constexpr Setting kSignInSettings[] = {
    {.key = "email", .help = "An address."},
    {.key = "password", .help = "The password.", .type = SettingType::secret},
    {.key = "city", .help = "A city."}};
constexpr Mapper kBySignIn{.name = "acme",
                           .manufacturer = "Acme",
                           .base_url = "https://api.example.com",
                           .auth = {.sign_in_settings = "email password"},
                           .settings = kSignInSettings};

AccountConfiguration signing_in() {
  AccountConfiguration account;
  account.name = "home";
  account.mapper = &kBySignIn;
  account.base_url = "https://api.example.com/v1";
  account.settings = Settings(Json{{"email", "me@example.com"}, {"password", "p"}});
  return account;
}

TEST(TokenMark, IsAnotherOneForWhateverATokenIsGotWith) {
  const std::string first = token_mark(signing_in());
  const auto marked = [](auto change) {
    AccountConfiguration account = signing_in();
    change(account);
    return token_mark(account);
  };
  EXPECT_EQ(marked([](auto& account) { account.base_url = "https://api.example.com/v2"; }), first);
  EXPECT_EQ(marked([](auto& account) { account.proxy = "http://127.0.0.1:3128"; }), first);
  const auto set = [&](Json settings) {
    return marked([&](auto& account) { account.settings = Settings(std::move(settings)); });
  };
  EXPECT_EQ(set({{"email", "me@example.com"}, {"password", "p"}, {"city", "Bonn"}}), first);
  EXPECT_NE(set({{"email", "me@example.com"}, {"password", "q"}}), first);
  EXPECT_NE(set({{"email", "you@example.com"}, {"password", "p"}}), first);
  EXPECT_NE(marked([](auto& account) { account.base_url = "https://other.example.com/v1"; }), first);
  static constexpr Mapper kOther{.name = "other",
                                 .manufacturer = "Acme",
                                 .base_url = "https://api.example.com",
                                 .auth = {.sign_in_settings = "email password"},
                                 .settings = kSignInSettings};
  EXPECT_NE(marked([](auto& account) { account.mapper = &kOther; }), first);
}

TEST(TokenMark, OfAPersonsLoginDoesNotDependOnSecrets) {
  static constexpr OAuth2 kByPerson{.grant = OAuth2::Grant::authorization_code,
                                    .token_path = "/token"};
  static constexpr OAuth2 kByClient{.token_path = "/token"};
  static constexpr Mapper kPerson{.name = "acme",
                                  .manufacturer = "Acme",
                                  .base_url = "https://api.example.com",
                                  .auth = {.oauth2 = &kByPerson}};
  static constexpr Mapper kClient{.name = "acme",
                                  .manufacturer = "Acme",
                                  .base_url = "https://api.example.com",
                                  .auth = {.oauth2 = &kByClient}};
  const auto marked = [](const Mapper& mapper, const std::string& id, const std::string& secret,
                         const std::string& token_url = {}) {
    AccountConfiguration account = signing_in();
    account.mapper = &mapper;
    account.token_url = token_url;
    account.settings = Settings(Json{{"client_id", id}, {"client_secret", secret}});
    return token_mark(account);
  };
  EXPECT_EQ(marked(kPerson, "i", "s"), marked(kPerson, "i", "t"));
  EXPECT_NE(marked(kPerson, "i", "s"), marked(kPerson, "j", "s"));
  EXPECT_NE(marked(kPerson, "i", "s"), marked(kPerson, "i", "s", "https://id.example.com/token"));
  EXPECT_NE(marked(kClient, "i", "s"), marked(kClient, "i", "t"));
  EXPECT_NE(marked(kClient, "i", "s"), marked(kClient, "j", "s"));
}

}  // namespace
}  // namespace bridge
