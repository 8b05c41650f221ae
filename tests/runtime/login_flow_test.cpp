#include "runtime/login_flow.hpp"

#include "core/credential_mark.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <deque>

#include "support/oauth_world.hpp"

namespace bridge::test {
namespace {

constexpr OAuth2 kOAuth2{.grant = OAuth2::Grant::authorization_code,
                         .token_path = "/oauth2/token",
                         .authorize_path = "/oauth2/authorize",
                         .client_id = "public_client",
                         .login_hint = "Use the account of the app."};
constexpr Mapper kMapper{.name = "acme",
                         .manufacturer = "Acme",
                         .base_url = "https://acme.example/v1",
                         .auth = {.oauth2 = &kOAuth2}};

class TokenServer : public HttpClient {
 public:
  Task<HttpReply> send(HttpRequest request) override {
    requests.push_back(std::move(request));
    if (answers.empty()) co_return Error(Errc::network, "connection refused");
    HttpReply reply;
    reply.status = answers.front().first;
    reply.body = answers.front().second;
    answers.pop_front();
    co_return reply;
  }
  void close() override { is_closed = true; }

  std::deque<std::pair<int, std::string>> answers;
  std::vector<HttpRequest> requests;
  bool is_closed = false;
};

class Login : public testing::Test {
 protected:
  Login() {
    account.name = "home";
    account.mapper = &kMapper;
    account.base_url = kMapper.base_url;
    flow.emplace(LoginParts{account,
                            clock,
                            server,
                            "http://127.0.0.1:8765/",
                            "s1",
                            {"verifier", "challenge"},
                            [this](const std::string& sentence) { said.push_back(sentence); }});
    boost::asio::co_spawn(loop, wait(), boost::asio::detached);
    clock.settle();
  }
  ~Login() override {
    flow->give_up();
    clock.advance(1min);
  }

  boost::asio::awaitable<void> wait() { result = co_await flow->finish(); }

  std::string take(const std::string& query) {
    const std::string sentence = flow->take("http://127.0.0.1:8765/?" + query);
    clock.settle();
    return sentence;
  }

  boost::asio::io_context loop{1};
  ManualClock clock{loop};
  TokenServer server;
  AccountConfiguration account;
  std::vector<std::string> said;
  std::optional<LoginFlow> flow;
  std::optional<Result<StoredToken>> result;
};

constexpr const char* kTokens = R"({"access_token":"a1","refresh_token":"r1","expires_in":3600})";

TEST_F(Login, ExchangesTheCodeWithTheVerifier) {
  server.answers = {{200, kTokens}};
  EXPECT_EQ(take("code=c%2F1&state=s1"), "The sign-in has arrived: you may close this window.");
  ASSERT_TRUE(result && *result);
  EXPECT_EQ((*result)->access, "a1");
  EXPECT_EQ((*result)->refresh, "r1");
  EXPECT_EQ((*result)->expires, clock.now() + 1h);
  EXPECT_EQ((*result)->mark, token_mark(account));
  EXPECT_EQ(server.requests.at(0).body,
            "grant_type=authorization_code&code=c%2F1&redirect_uri=http%3A%2F%2F127.0.0.1%3A8765%2F"
            "&code_verifier=verifier&client_id=public_client");
}

TEST_F(Login, SendsTheChallengeAndTheState) {
  EXPECT_EQ(flow->address(),
            "https://acme.example/oauth2/authorize?response_type=code&client_id=public_client"
            "&redirect_uri=http%3A%2F%2F127.0.0.1%3A8765%2F&state=s1&code_challenge=challenge"
            "&code_challenge_method=S256");
}

TEST_F(Login, RefusesAnotherStateAndKeepsWaiting) {
  EXPECT_NE(take("code=c1&state=other").find("belongs to another sign-in"), std::string::npos);
  EXPECT_NE(take("code=c1").find("belongs to another sign-in"), std::string::npos);
  EXPECT_NE(take("error=access_denied").find("belongs to another sign-in"), std::string::npos);
  EXPECT_EQ(server.requests.size(), 0U);
  server.answers = {{200, kTokens}};
  take("code=c1&state=s1");
  EXPECT_TRUE(result && *result);
}

TEST_F(Login, SaysWhatToPasteWhereGarbageCame) {
  for (const char* garbage : {"garbage", "code", "x=1"}) {
    EXPECT_NE(take(garbage).find("paste all of it"), std::string::npos) << garbage;
  }
  EXPECT_FALSE(result);
}

TEST_F(Login, ExplainsADenialWithTheMappersHint) {
  const std::string sentence =
      take("error=access_denied&error_description=me%40example.com&state=s1");
  EXPECT_TRUE(sentence.starts_with("The vendor did not grant the sign-in: access_denied ("))
      << sentence;
  EXPECT_NE(sentence.find("Use the account of the app."), std::string::npos) << sentence;
  EXPECT_EQ(sentence.find('@'), std::string::npos) << sentence;
  EXPECT_EQ(take("error=server_error&state=s1").find("Use the account"), std::string::npos);
  EXPECT_FALSE(result) << "the person may try again";
}

TEST_F(Login, TakesOneSignInOnly) {
  server.answers = {{503, ""}};
  take("code=c1&state=s1");
  EXPECT_EQ(take("code=c2&state=s1"), "This sign-in has arrived already.");
}

TEST_F(Login, WaitsForAnotherCodeWhereOneIsRefused) {
  server.answers = {{400, R"({"error":"invalid_grant","error_description":"code c1 is used"})"},
                    {200, kTokens}};
  take("code=c1&state=s1");
  ASSERT_EQ(said.size(), 1U);
  EXPECT_NE(said[0].find("invalid_grant"), std::string::npos) << said[0];
  EXPECT_EQ(said[0].find("c1"), std::string::npos) << said[0];
  take("code=c2&state=s1");
  EXPECT_TRUE(result && *result);
}

TEST_F(Login, TriesAgainWhereTheEndpointStumbles) {
  server.answers = {{500, "<html>"}, {200, ""}, {200, kTokens}};
  take("code=c1&state=s1");
  EXPECT_FALSE(result);
  clock.advance(10s);
  EXPECT_TRUE(result && *result);
  EXPECT_EQ(server.requests.size(), 3U);
}

TEST_F(Login, EndsWhereTheEndpointStaysAway) {
  take("code=c1&state=s1");
  clock.advance(1min);
  ASSERT_TRUE(result && !*result);
  EXPECT_NE(result->error().message().find("connection refused. Nothing was changed"),
            std::string::npos);
}

TEST_F(Login, EndsAfterTenMinutes) {
  clock.advance(10min - 1s);
  EXPECT_FALSE(result);
  clock.advance(2s);
  ASSERT_TRUE(result && !*result);
  EXPECT_EQ(result->error().message(),
            "Nobody has signed in within ten minutes: nothing was changed.");
}

TEST_F(Login, EndsWhenThePersonGivesUp) {
  flow->give_up();
  clock.settle();
  ASSERT_TRUE(result && !*result);
  EXPECT_TRUE(server.is_closed);
  EXPECT_EQ(result->error().message(), "The login was broken off: nothing was changed.");
}

}  // namespace
}  // namespace bridge::test
