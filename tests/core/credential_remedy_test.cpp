#include "core/credential_remedy.hpp"

#include <gtest/gtest.h>

namespace bridge {
namespace {

Task<Token> sign_in(Vendor&) { co_return Token{}; }

constexpr Auth kEither{.key = "token", .sign_in = sign_in, .sign_in_settings = "email password"};
constexpr OAuth2 kCredentials{.token_path = "/token"};
constexpr OAuth2 kPerson{.grant = OAuth2::Grant::authorization_code, .token_path = "/token"};

std::string remedy(const Auth& auth, boost::json::object settings = {}) {
  Mapper mapper{};
  mapper.auth = auth;
  AccountConfiguration account;
  account.name = "home";
  account.mapper = &mapper;
  account.settings = Settings(Json(std::move(settings)));
  return credential_remedy(account);
}

TEST(CredentialRemedy, NamesTheSettingsThatAreInUseAndNoValue) {
  EXPECT_EQ(remedy(kEither, {{"token", "topsecret"}}),
            "put a new key where accounts.home.token points, and reload (restart, where it is a credential)");
  EXPECT_EQ(remedy(kEither, {{"email", "e"}, {"password", "p"}}),
            "mend accounts.home.email and accounts.home.password, and reload (restart, where it is a credential)");
  EXPECT_EQ(remedy({.oauth2 = &kCredentials}),
            "mend accounts.home.client_id and accounts.home.client_secret, and reload (restart, where it is a credential)");
}

TEST(CredentialRemedy, IsNoneWhereAPersonSignsIn) { EXPECT_EQ(remedy({.oauth2 = &kPerson}), ""); }

}  // namespace
}  // namespace bridge
