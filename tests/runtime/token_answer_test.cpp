// What token endpoints answer that is not in their documents, for both grants.

#include "support/oauth_world.hpp"

namespace bridge::test {
namespace {

class TokenAnswers : public OAuthTest {
 protected:
  explicit TokenAnswers(const OAuth2& oauth2) : OAuthTest(oauth2) {
    account().settings = Settings(Json{{"client_id", "id"}, {"client_secret", "s:cret"}});
    if (oauth2.grant == OAuth2::Grant::authorization_code) {
      world.store.save_token("home", {"a0", "r1", world.clock.now() - 1s, "", false});
    }
  }

  Answer token_answer(const std::string&) override { return given ? given() : granted(); }

  std::function<Answer()> given;
};

const OAuth2* const kGrants[] = {&kClientCredentials, &kAuthorizationCode};

const std::string kLives[] = {"",
                              R"(,"expires_in":null)",
                              R"(,"expires_in":"soon")",
                              R"(,"expires_in":"")",
                              R"(,"expires_in":0)",
                              R"(,"expires_in":0.0001)",
                              R"(,"expires_in":-3600)",
                              R"(,"expires_in":1e300)",
                              R"(,"expires_in":"1e300")",
                              R"(,"expires_in":18446744073709551615)",
                              R"(,"expires_in":true)",
                              R"(,"expires_in":[60])",
                              R"(,"expires_in":{"seconds":60})"};

const Answer kNoTokens[] = {{200, "[]", {}},
                            {200, "null", {}},
                            {200, "7", {}},
                            {200, R"("a1")", {}},
                            {200, "{}", {}},
                            {200, "", {}},
                            {200, R"({"access_token":""})", {}},
                            {200, R"({"access_token":["a1"]})", {}},
                            {200, "<!DOCTYPE html><title>Sorry</title>", {}},
                            {204, "", {}},
                            {302, "", {{"location", "https://elsewhere.example/"}}},
                            {302, R"({"access_token":"a1"})", {}},
                            {500, "", {}},
                            {500, "<html>Sorry</html>", {}},
                            {503, "[]", {}}};

/// A grant, and an answer of the endpoint, by their places.
using Places = std::tuple<std::size_t, std::size_t>;

class TokenLife : public TokenAnswers, public testing::WithParamInterface<Places> {
 protected:
  TokenLife() : TokenAnswers(*kGrants[std::get<0>(GetParam())]) {}
};

INSTANTIATE_TEST_SUITE_P(Answers, TokenLife,
                         testing::Combine(testing::Range<std::size_t>(0, std::size(kGrants)),
                                          testing::Range<std::size_t>(0, std::size(kLives))));

TEST_P(TokenLife, ThatIsNotSaidIsTheOneThatTheVendorDocuments) {
  const std::string& said = kLives[std::get<1>(GetParam())];
  SCOPED_TRACE(said);
  given = [&] {
    return Answer{200, R"({"access_token":"a)" + std::to_string(++granted_) + '"' + said + "}", {}};
  };
  world.start();
  EXPECT_EQ(text(status(), "/token_expires"), format_time(world.clock.now() + 1h));
  world.advance(53min);
  EXPECT_EQ(tokens_asked(), 1U);
  world.advance(2min);
  EXPECT_EQ(tokens_asked(), 2U);
  EXPECT_EQ(reason(), "ok");
  world.stop();
}

class TokenLifeSaid : public TokenAnswers, public testing::WithParamInterface<std::size_t> {
 protected:
  TokenLifeSaid() : TokenAnswers(*kGrants[GetParam()]) {}
};

INSTANTIATE_TEST_SUITE_P(Grants, TokenLifeSaid, testing::Range<std::size_t>(0, std::size(kGrants)));

TEST_P(TokenLifeSaid, AsTextIsANumber) {
  life = R"("7200")";
  world.start();
  EXPECT_EQ(text(status(), "/token_expires"), format_time(world.clock.now() + 2h));
}

class NoToken : public TokenAnswers, public testing::WithParamInterface<Places> {
 protected:
  NoToken() : TokenAnswers(*kGrants[std::get<0>(GetParam())]) {}
};

INSTANTIATE_TEST_SUITE_P(Answers, NoToken,
                         testing::Combine(testing::Range<std::size_t>(0, std::size(kGrants)),
                                          testing::Range<std::size_t>(0, std::size(kNoTokens))));

TEST_P(NoToken, PassesByItself) {
  const Answer& answer = kNoTokens[std::get<1>(GetParam())];
  SCOPED_TRACE(std::to_string(answer.status) + ' ' + answer.body);
  given = [&] { return answer; };
  world.start();
  world.advance(5min);
  EXPECT_EQ(reason(), "vendor_down");
  EXPECT_EQ(availability(), "offline");
  EXPECT_GE(tokens_asked(), 3U);
  EXPECT_LE(tokens_asked(), 12U) << "it backs off";
  EXPECT_EQ(lists(), 0U) << "nothing is asked without a token";
  given = nullptr;
  world.advance(15min);
  EXPECT_EQ(reason(), "ok");
  EXPECT_EQ(availability(), "online");
}

}  // namespace
}  // namespace bridge::test
