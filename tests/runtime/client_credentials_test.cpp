#include <gtest/gtest.h>

#include "core/base64.hpp"
#include "support/oauth_world.hpp"

namespace bridge::test {
namespace {

class ClientCredentials : public OAuthTest {
 protected:
  ClientCredentials() : OAuthTest(kClientCredentials) {
    life = "36000";
    account().settings = Settings(Json{{"client_id", "id 1"}, {"client_secret", "s:cret"}});
    world.configuration.secrets = {"s:cret"};
  }

  Answer token_answer(const std::string& sent) override {
    return on_token ? on_token(sent) : granted();
  }

  std::function<Answer(const std::string&)> on_token;
};

TEST_F(ClientCredentials, AreSentByHttpBasicToThePathOfTheOrigin) {
  world.start();
  const HttpRequest& request = token_request();
  EXPECT_EQ(request.method, Method::post);
  EXPECT_EQ(request.target, "/oauth2/token/");
  EXPECT_EQ(header(request, "Authorization"), "Basic " + base64("id%201:s%3Acret"));
  EXPECT_EQ(header(request, "Content-Type"), "application/json");
  EXPECT_EQ(request.body, R"({"grant_type":"client_credentials"})");
  EXPECT_EQ(reason(), "ok");
  EXPECT_EQ(availability(), "online");
}

TEST_F(ClientCredentials, AreSentAsAFormWhereJsonIsRefused) {
  on_token = [this](const std::string& sent) -> Answer {
    if (sent.find('{') != sent.npos) return {400, R"({"error":"unsupported_grant_type"})", {}};
    return granted();
  };
  world.start();
  EXPECT_EQ(header(token_request(), "Content-Type"), "application/x-www-form-urlencoded");
  EXPECT_EQ(token_request().body, "grant_type=client_credentials");
  EXPECT_EQ(tokens_asked(), 2U);
  EXPECT_EQ(reason(), "ok");
  world.advance(9h + 1min);
  EXPECT_EQ(tokens_asked(), 3U) << "what was refused once is not tried again";
}

TEST_F(ClientCredentials, AreUsedAgainAtNineTenthsOfATokensLife) {
  world.start();
  world.advance(9h - 1min);
  EXPECT_EQ(tokens_asked(), 1U);
  world.advance(2min);
  EXPECT_EQ(tokens_asked(), 2U);
  EXPECT_EQ(reason(), "ok");
}

TEST_F(ClientCredentials, HoldUpNoCommandByAnEndpointThatDoesNotAnswerWhileTheTokenLives) {
  account().every["meter"] = 24h;
  world.start();
  world.advance(9h - 1s);
  world.delay = 1h;
  world.advance(2s);
  EXPECT_EQ(tokens_asked(), 2U) << "a poll's, which waits";
  world.delay = 0s;
  world.command("kick", "PRESS");
  EXPECT_EQ(text(world.last_outcome(), "/outcome"), "done");
  EXPECT_EQ(tokens_asked(), 2U);
  world.advance(1min);
  EXPECT_EQ(reason(), "ok");
}

TEST_F(ClientCredentials, AreNotUsedByACommandForWhichTheTokenLivesLongEnough) {
  life = "950";
  account().every["meter"] = 24h;
  world.start();
  world.advance(855s + 1ms);
  world.command("kick", "PRESS");
  EXPECT_EQ(text(world.last_outcome(), "/outcome"), "done");
  EXPECT_EQ(tokens_asked(), 1U);
  world.advance(1min);
  EXPECT_EQ(tokens_asked(), 2U) << "the next poll's";
}

TEST_F(ClientCredentials, AreUsedByACommandThatTheTokenMayNotOutlive) {
  life = "60";
  account().every["meter"] = 24h;
  world.start();
  world.advance(54s + 1ms);
  world.command("kick", "PRESS");
  EXPECT_EQ(text(world.last_outcome(), "/outcome"), "done");
  EXPECT_EQ(tokens_asked(), 2U);
}

TEST_F(ClientCredentials, AreUsedAgainOnceAfterA401) {
  world.start();
  dead = "Bearer a1";
  world.advance(61s);
  EXPECT_EQ(tokens_asked(), 2U);
  EXPECT_EQ(reason(), "ok");
}

TEST_F(ClientCredentials, ThatAreRefusedAreTriedHourly) {
  on_token = [](const std::string&) { return Answer{401, R"({"error":"invalid_client"})", {}}; };
  world.start();
  EXPECT_EQ(reason(), "unauthorized");
  const std::string message = text(status(), "/message");
  EXPECT_TRUE(message.ends_with("; mend accounts.home.client_id and accounts.home.client_secret, and reload (restart, where it is a credential)")) << message;
  EXPECT_EQ(availability(), "offline");
  EXPECT_EQ(tokens_asked(), 1U);
  world.advance(59min);
  EXPECT_EQ(tokens_asked(), 1U);
  EXPECT_EQ(logged("invalid_client"), 1U);
  on_token = nullptr;
  world.advance(2min);
  EXPECT_EQ(reason(), "ok");
}

TEST_F(ClientCredentials, OutliveARestartAsAToken) {
  world.start();
  world.stop();
  world.start();
  EXPECT_EQ(tokens_asked(), 1U);
  EXPECT_EQ(reason(), "ok");
}

TEST_F(ClientCredentials, ThatAreOthersGetATokenOfTheirOwn) {
  world.start();
  world.stop();
  account().settings = Settings(Json{{"client_id", "id 1"}, {"client_secret", "another"}});
  world.start();
  EXPECT_EQ(tokens_asked(), 2U);
  EXPECT_EQ(header(token_request(), "Authorization"), "Basic " + base64("id%201:another"));
}

TEST_F(ClientCredentials, GoOnWithATokenThatCannotBeKept) {
  world.store.refuses_tokens = true;
  world.start();
  world.advance(9h + 5min);
  EXPECT_EQ(reason(), "ok");
  EXPECT_EQ(tokens_asked(), 2U) << "it is good for its life";
  EXPECT_EQ(logged("the token is not kept for the next start: "), 1U);
  EXPECT_FALSE(world.store.token("home"));
  world.store.refuses_tokens = false;
  world.advance(9h);
  EXPECT_TRUE(world.store.token("home"));
}

TEST_F(ClientCredentials, GetOneTokenForAllThatWaitForIt) {
  world.start();
  world.advance(30s);
  dead = "Bearer a1";
  world.delay = 2s;
  world.link->deliver("cloud2mqtt/bridge/request/poll", "{}");
  world.command("kick", "PRESS");
  world.advance(30s);
  EXPECT_GE(lists(), 2U);
  EXPECT_EQ(text(world.last_outcome(), "/outcome"), "done");
  EXPECT_EQ(tokens_asked(), 2U);
}

TEST_F(ClientCredentials, WithAWrongClockAreForThisProcessOnly) {
  const Instant right = world.clock.now();
  world.clock.set_now(*parse_time("2000-01-01T00:00:00Z"));
  world.start();
  EXPECT_EQ(at(status(), "/token_expires"), Json());
  EXPECT_FALSE(world.store.token("home"));
  world.clock.set_now(right);
  world.advance(2min);
  EXPECT_EQ(tokens_asked(), 1U) << "a clock that was set does not end a token";
  ASSERT_TRUE(world.store.token("home"));
  const auto ends = world.store.token("home")->expires;
  EXPECT_LT(right + 9h, ends);
  EXPECT_LE(ends, right + 10h);
}

TEST_F(ClientCredentials, MayBeAskedForElsewhere) {
  account().token_url = "http://127.0.0.1:2/oauth2/token/?x";
  world.start();
  EXPECT_EQ(world.sent.front().first, "http://127.0.0.1:2");
  EXPECT_EQ(world.sent.front().second.target, "/oauth2/token/?x");
  EXPECT_EQ(world.sent.back().first, "http://127.0.0.1:1/v1");
  EXPECT_EQ(reason(), "ok");
}

TEST_F(ClientCredentials, AreNotInAnyMessage) {
  on_token = [](const std::string& sent) -> Answer {
    const std::string basic = sent.substr(0, sent.find('{'));
    return {401,
            R"({"error":"invalid_client","error_description":"no s:cret of )" + basic +
                R"( me@example.com"})",
            {}};
  };
  world.start();
  std::string all = world.retained("cloud2mqtt/home/status");
  for (const std::string& line : world.log) all += line;
  EXPECT_NE(all.find("invalid_client"), std::string::npos);
  for (const std::string& secret :
       {std::string("s:cret"), base64("id%201:s%3Acret"), std::string("me@")}) {
    EXPECT_EQ(all.find(secret), std::string::npos) << secret << " in " << all;
  }
}

}  // namespace
}  // namespace bridge::test
