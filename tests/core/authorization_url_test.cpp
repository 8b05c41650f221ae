#include "core/authorization_url.hpp"

#include <gtest/gtest.h>

namespace bridge {
namespace {

constexpr OAuth2 kOAuth2{.grant = OAuth2::Grant::authorization_code,
                         .token_path = "/oauth2/token/",
                         .authorize_path = "/oauth2/authorize",
                         .client_id = "public client",
                         .scope = "read write"};
constexpr OAuth2 kBare{.token_path = "/token", .authorize_path = "/authorize"};
constexpr Mapper kAcme{
    .name = "acme", .manufacturer = "Acme", .base_url = "", .auth = {.oauth2 = &kOAuth2}};
constexpr Mapper kOther{
    .name = "other", .manufacturer = "Acme", .base_url = "", .auth = {.oauth2 = &kBare}};

AccountConfiguration account(const Mapper& mapper) {
  AccountConfiguration made;
  made.mapper = &mapper;
  made.base_url = "https://api.example.com:8443/customer/v1";
  return made;
}

TEST(AuthorizationUrl, HangsOnTheOriginOfTheBaseUrl) {
  EXPECT_EQ(token_url_of(account(kAcme)), "https://api.example.com:8443/oauth2/token/");
  EXPECT_EQ(authorization_url(account(kAcme), {"http://127.0.0.1:8765/", "s", "c"}),
            "https://api.example.com:8443/oauth2/authorize?response_type=code"
            "&client_id=public%20client&redirect_uri=http%3A%2F%2F127.0.0.1%3A8765%2F"
            "&scope=read%20write&state=s&code_challenge=c&code_challenge_method=S256");
}

TEST(AuthorizationUrl, IsTheAccountsOwnWhereItSaysSo) {
  AccountConfiguration own = account(kOther);
  own.token_url = "http://127.0.0.1:1/t/";
  own.authorize_url = "http://127.0.0.1:2/a";
  own.settings = Settings(Json{{"client_id", "mine"}});
  EXPECT_EQ(token_url_of(own), "http://127.0.0.1:1/t/");
  EXPECT_EQ(authorization_url(own, {"r", "s", "c"}),
            "http://127.0.0.1:2/a?response_type=code&client_id=mine&redirect_uri=r&state=s"
            "&code_challenge=c&code_challenge_method=S256");
}

TEST(AuthorizationUrl, AClientWithASecretProvesItselfFormEncoded) {
  AccountConfiguration own = account(kOther);
  EXPECT_EQ(basic_credentials(own), "");
  own.settings = Settings(Json{{"client_id", "a b"}, {"client_secret", "c:d%"}});
  EXPECT_EQ(basic_credentials(own), "YSUyMGI6YyUzQWQlMjU=");  // a%20b:c%3Ad%25
}

TEST(Redirect, IsReadFromAnAddressOrATarget) {
  for (const char* address : {"http://127.0.0.1:8765/?code=a%2Fb&state=s1", "/?state=s1&code=a%2Fb",
                              "https://example.com/x?code=a%2Fb&state=s1#fragment"}) {
    const Redirect redirect = parse_redirect(address);
    EXPECT_EQ(redirect.code, "a/b") << address;
    EXPECT_EQ(redirect.state, "s1") << address;
    EXPECT_EQ(redirect.error, "") << address;
  }
}

TEST(Redirect, SaysWhatWentWrong) {
  const Redirect redirect =
      parse_redirect("/?error=access_denied&error_description=Not+you&state=s");
  EXPECT_EQ(redirect.error, "access_denied");
  EXPECT_EQ(redirect.error_description, "Not you");
  EXPECT_EQ(redirect.code, "");
}

TEST(Redirect, IsEmptyForWhatIsNone) {
  for (const char* text : {"", "garbage", "http://127.0.0.1:8765/", "code=a", "/?", "?code"}) {
    const Redirect redirect = parse_redirect(text);
    EXPECT_EQ(redirect.code + redirect.state + redirect.error, "") << text;
  }
}

}  // namespace
}  // namespace bridge
