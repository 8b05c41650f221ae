#include <gtest/gtest.h>

#include "core/credential_mark.hpp"
#include "support/oauth_world.hpp"

namespace bridge::test {
namespace {

class AuthorizationCode : public OAuthTest {
 protected:
  AuthorizationCode() : OAuthTest(kAuthorizationCode) {}

  /// What "cloud2mqtt login" leaves in the store: a token that has ended, so that it is renewed.
  void log_in(const std::string& refresh = "r1", const std::string& previous = "") {
    world.store.save_token("home", {"a0", refresh, world.clock.now() - 1s, previous, false});
  }

  Answer token_answer(const std::string& sent) override {
    refreshed_with.push_back(field(form_decoded(sent), "refresh_token"));
    return on_token ? on_token() : granted();
  }
  static Answer refused() {
    return {400,
            R"({"error":"invalid_grant","error_description":"withdrawn: r1 by me@example.com"})",
            {}};
  }

  std::function<Answer()> on_token;
  std::vector<std::string> refreshed_with;
};

TEST_F(AuthorizationCode, WaitsForAPersonWithoutAskingTheVendor) {
  world.start();
  world.advance(24h);
  EXPECT_EQ(world.requests.size(), 0U);
  EXPECT_EQ(reason(), "login_needed");
  EXPECT_EQ(availability(), "offline");
  EXPECT_EQ(logged("nobody has signed in yet: run \"cloud2mqtt login home\""), 1U);
  EXPECT_EQ(at(status(), "/token_expires"), Json());
  EXPECT_EQ(at(status(), "/next_poll"), Json()) << "nobody is asked";
}

TEST_F(AuthorizationCode, GoesOnAsSoonAsSomebodyHasSignedIn) {
  world.start();
  world.advance(10min);
  log_in();
  world.advance(5s);
  EXPECT_EQ(lists(), 1U);
  EXPECT_EQ(reason(), "ok");
  EXPECT_EQ(availability(), "online");
}

TEST_F(AuthorizationCode, RefreshesAsAPublicClientByAForm) {
  log_in("r/1");
  world.start();
  EXPECT_EQ(token_request().target, "/oauth2/token");
  EXPECT_EQ(token_request().body,
            "grant_type=refresh_token&refresh_token=r%2F1&client_id=public_client");
  EXPECT_EQ(header(token_request(), "Content-Type"), "application/x-www-form-urlencoded");
  EXPECT_EQ(header(token_request(), "Authorization"), "");
  EXPECT_EQ(text(status(), "/token_expires"), format_time(world.store.token("home")->expires));
  EXPECT_EQ(world.store.token("home")->expires, world.clock.now() + 1h);
}

TEST_F(AuthorizationCode, KeepsTheRefreshTokenThatAnAnswerLeavesOut) {
  log_in();
  world.start();
  world.advance(1h);
  EXPECT_EQ(refreshed_with, (std::vector<std::string>{"r1", "r1"}));
  EXPECT_EQ(world.store.token("home")->refresh, "r1");
}

TEST_F(AuthorizationCode, KeepsTheRefreshTokenWhereTheAnswersIsNone) {
  log_in();
  const std::vector<std::string> strange = {"null", "7", "true", "[\"r9\"]", "{}", "\"\""};
  on_token = [&] {
    const std::string next = strange[refreshed_with.size() % strange.size()];
    return granted(",\"refresh_token\":" + next + ",\"token_type\":7");
  };
  world.start();
  world.advance(8h);
  EXPECT_GE(refreshed_with.size(), 7U);
  for (const std::string& each : refreshed_with) EXPECT_EQ(each, "r1");
  EXPECT_EQ(world.store.token("home")->refresh, "r1");
  EXPECT_EQ(reason(), "ok");
}

TEST_F(AuthorizationCode, SavesANewRefreshTokenBeforeItsAccessTokenIsUsed) {
  log_in();
  on_token = [this] { return granted(R"(,"refresh_token":"r2")"); };
  std::optional<StoredToken> at_the_first_use;
  on_request = [&] {
    if (!at_the_first_use) at_the_first_use = MemoryStore(world.store).token("home");
  };
  world.start();
  ASSERT_TRUE(at_the_first_use);
  EXPECT_EQ(at_the_first_use->access, "a1");
  EXPECT_EQ(at_the_first_use->refresh, "r2");
  EXPECT_EQ(at_the_first_use->previous, "r1");
  EXPECT_EQ(world.store.token("home")->previous, "") << "it was taken: the old one has served";
}

TEST_F(AuthorizationCode, DoesNotUseWhatCameWithARefreshTokenThatCannotBeSaved) {
  log_in();
  on_token = [this] { return granted(R"(,"refresh_token":"r2")"); };
  world.store.refuses_tokens = true;
  EXPECT_THROW(world.start(), std::runtime_error);
  EXPECT_EQ(tokens_asked(), 1U);
  EXPECT_EQ(lists(), 0U);
}

TEST_F(AuthorizationCode, GoesOnWhereOnlyAnAccessTokenCannotBeSaved) {
  log_in();
  world.store.refuses_tokens = true;
  world.start();
  EXPECT_EQ(lists(), 1U);
  EXPECT_EQ(reason(), "ok");
  EXPECT_EQ(logged("the token is not kept for the next start: "), 1U);
}

TEST_F(AuthorizationCode, FallsBackToTheRefreshTokenBefore) {
  log_in("r2", "r1");
  on_token = [this] { return refreshed_with.back() == "r2" ? refused() : granted(); };
  world.start();
  EXPECT_EQ(refreshed_with, (std::vector<std::string>{"r2", "r1"}));
  EXPECT_EQ(world.store.token("home")->refresh, "r1");
  EXPECT_EQ(reason(), "ok");
}

TEST_F(AuthorizationCode, StopsAskingWhenTheConsentIsLost) {
  log_in();
  on_token = refused;
  world.start();
  world.advance(24h);
  EXPECT_EQ(tokens_asked(), 1U);
  EXPECT_EQ(reason(), "consent_revoked");
  EXPECT_EQ(availability(), "offline");
  EXPECT_EQ(logged("run \"cloud2mqtt login home\""), 1U);
  EXPECT_TRUE(world.store.token("home")->refused);
  EXPECT_EQ(at(status(), "/token_expires"), Json()) << "no token is taken";
  EXPECT_EQ(at(status(), "/next_poll"), Json());
  const std::string message = text(status(), "/message");
  EXPECT_NE(message.find("invalid_grant"), std::string::npos) << message;
  EXPECT_EQ(message.find("r1"), std::string::npos) << message;
  EXPECT_EQ(message.find('@'), std::string::npos) << message;
}

TEST_F(AuthorizationCode, ComesBackFromALostConsentByALogin) {
  log_in();
  on_token = refused;
  world.start();
  on_token = nullptr;
  world.advance(1h);
  log_in("r9");
  world.advance(5s);
  EXPECT_EQ(refreshed_with.back(), "r9");
  EXPECT_EQ(reason(), "ok");
  EXPECT_FALSE(world.store.token("home")->refused);
}

TEST_F(AuthorizationCode, AsksOnceMoreWhenAPersonWantsAPoll) {
  log_in();
  on_token = refused;
  world.start();
  world.link->deliver("cloud2mqtt/bridge/request/poll", "{}");
  world.advance(1h);
  EXPECT_EQ(tokens_asked(), 2U);
  EXPECT_EQ(reason(), "consent_revoked");
}

TEST_F(AuthorizationCode, TakesANewLoginThoughTheOldOneWorks) {
  log_in();
  world.start();
  log_in("r7");
  world.advance(5s);
  EXPECT_EQ(refreshed_with, (std::vector<std::string>{"r1", "r7"}));
}

TEST_F(AuthorizationCode, ALoginDuringARefreshWins) {
  log_in();
  world.delay = 10s;
  world.start();
  world.advance(5s);
  log_in("r7");
  world.advance(1min);
  EXPECT_EQ(refreshed_with, (std::vector<std::string>{"r1", "r7"}));
  EXPECT_EQ(world.store.token("home")->refresh, "r7");
  EXPECT_EQ(reason(), "ok");
}

TEST_F(AuthorizationCode, ALoginWhileANewTokenIsUsedForTheFirstTimeWins) {
  log_in();
  on_token = [this] {
    return refreshed_with.size() == 1 ? granted(R"(,"refresh_token":"r2")") : granted();
  };
  bool is_stored = false;
  on_request = [&] {
    if (!std::exchange(is_stored, true)) log_in("r9");
  };
  world.start();
  EXPECT_EQ(world.store.token("home")->refresh, "r9") << "it is not overwritten";
  world.advance(5s);
  EXPECT_EQ(refreshed_with, (std::vector<std::string>{"r1", "r9"}));
  EXPECT_EQ(logged("somebody has signed in"), 1U);
  EXPECT_EQ(reason(), "ok");
}

TEST_F(AuthorizationCode, ALoginJustWhenTheClockIsSetWins) {
  const Instant right = world.clock.now();
  world.clock.set_now(*parse_time("2000-01-01T00:00:00Z"));
  log_in();
  world.start();
  ASSERT_EQ(tokens_asked(), 1U);
  world.clock.set_now(right);
  log_in("r9");
  world.link->deliver("cloud2mqtt/bridge/request/poll", "{}");
  world.clock.settle();
  EXPECT_EQ(refreshed_with, (std::vector<std::string>{"r1", "r9"}));
  world.advance(5s);
  EXPECT_EQ(logged("somebody has signed in"), 1U) << "also when a request took it over";
}

TEST_F(AuthorizationCode, ALoginOfAnEarlierVersionIsMarkedAndKept) {
  log_in();
  world.start();
  EXPECT_EQ(reason(), "ok");
  EXPECT_EQ(world.store.token("home")->mark, token_mark(account()));
}

TEST_F(AuthorizationCode, ALoginAtAnotherPlaceIsNone) {
  log_in();
  world.start();
  world.stop();
  const std::size_t before = world.requests.size();
  account().base_url = "http://127.0.0.1:2/v1";
  world.start();
  EXPECT_EQ(world.requests.size(), before) << "the vendor there must not see these tokens";
  EXPECT_EQ(reason(), "login_needed");
  world.advance(10min);
  log_in("r9");
  world.advance(5s);
  EXPECT_EQ(refreshed_with.back(), "r9");
  EXPECT_EQ(reason(), "ok");
}

TEST_F(AuthorizationCode, ALoginForAnotherPlaceIsNotTakenOver) {
  world.start();
  world.store.save_token("home", {"a0", "r1", world.clock.now() - 1s, "", false, "another mark"});
  world.advance(10min);
  EXPECT_EQ(world.requests.size(), 0U);
  EXPECT_EQ(reason(), "login_needed");
}

class TokenTrouble : public AuthorizationCode, public testing::WithParamInterface<Answer> {};

INSTANTIATE_TEST_SUITE_P(Answers, TokenTrouble,
                         testing::Values(Answer{500, "<html>Sorry</html>", {}},
                                         Answer{500, R"({"error":"server_error"})", {}},
                                         Answer{502, "", {}}, Answer{200, "<!DOCTYPE html>", {}},
                                         Answer{200, "", {}},
                                         Answer{200, R"({"access_token":5})", {}},
                                         Answer{200, R"({"access_token":"a\nb"})", {}},
                                         Answer{400, R"({"error":"temporarily_unavailable"})", {}},
                                         Answer{401, R"({"error":"server_error"})", {}},
                                         Answer{400, "", {}}, Answer{400, "Bad Request", {}},
                                         Answer{400, R"({"error":"invalid_request"})", {}},
                                         Answer{400, R"({"error":{"message":"No pools"}})", {}},
                                         Answer{0, "", {}}, Answer{404, "", {}}));

TEST_P(TokenTrouble, PassesByItself) {
  log_in();
  on_token = [] { return GetParam(); };
  world.start();
  world.advance(5min);
  EXPECT_EQ(reason(), "vendor_down");
  EXPECT_EQ(availability(), "offline");
  EXPECT_GE(tokens_asked(), 3U);
  EXPECT_LE(tokens_asked(), 12U) << "it backs off";
  EXPECT_EQ(world.store.token("home")->refresh, "r1");
  on_token = nullptr;
  world.advance(15min);
  EXPECT_EQ(reason(), "ok");
  EXPECT_EQ(availability(), "online");
}

TEST_F(AuthorizationCode, SaysWhatTheVendorSaysOfATemporaryFailure) {
  log_in();
  on_token = [] { return Answer{400, R"({"error":{"message":"Cannot get the pools"}})", {}}; };
  world.start();
  world.advance(5min);
  const std::string message = text(status(), "/message");
  EXPECT_NE(message.find("POST /oauth2/token: "), std::string::npos) << message;
  EXPECT_NE(message.find("status 400: Cannot get the pools"), std::string::npos) << message;
  EXPECT_FALSE(world.store.token("home")->refused);
}

class LostConsent : public AuthorizationCode, public testing::WithParamInterface<Answer> {};

INSTANTIATE_TEST_SUITE_P(Answers, LostConsent,
                         testing::Values(Answer{400, R"({"error":"invalid_grant"})", {}},
                                         Answer{400, R"({"error":"invalid_client"})", {}},
                                         Answer{400, R"({"error":"unauthorized_client"})", {}},
                                         Answer{401, R"({"error":"invalid_client"})", {}},
                                         Answer{401, "", {}}));

TEST_P(LostConsent, WantsAPerson) {
  log_in();
  on_token = [] { return GetParam(); };
  world.start();
  world.advance(1h);
  EXPECT_EQ(tokens_asked(), 1U);
  EXPECT_EQ(reason(), "consent_revoked");
}

TEST_F(AuthorizationCode, ASlowAnswerPassesByItself) {
  log_in();
  world.delay = 31s;
  world.start();
  world.advance(5min);
  EXPECT_EQ(reason(), "vendor_down");
  world.delay = 0s;
  world.advance(15min);
  EXPECT_EQ(reason(), "ok");
}

TEST_F(AuthorizationCode, GoesOnWithATokenThatStillLivesWhileRefreshingFails) {
  log_in();
  world.start();
  on_token = [] { return Answer{500, "", {}}; };
  world.advance(58min);
  EXPECT_GE(tokens_asked(), 3U);
  EXPECT_EQ(lists(), 59U);
  EXPECT_EQ(reason(), "ok");
  world.advance(10min);
  EXPECT_EQ(reason(), "vendor_down");
}

TEST_F(AuthorizationCode, TokensCountAgainstTheQuota) {
  log_in();
  account().quotas = std::vector<Quota>{{.requests = 30, .per = 1h}};
  world.start();
  world.advance(61s);
  world.link->disconnect();
  world.link->connect();  // says the status as it is now
  EXPECT_EQ(number_at(status(), "/quota_left"), 30 - static_cast<double>(world.requests.size()));
  EXPECT_EQ(world.store.requests("home").size(), world.requests.size());
  EXPECT_EQ(tokens_asked(), 1U);
}

TEST_F(AuthorizationCode, A429PausesTheWholeAccount) {
  log_in();
  on_token = [] { return Answer{429, "", {{"retry-after", "600"}}}; };
  world.start();
  on_token = nullptr;
  world.advance(9min);
  EXPECT_EQ(tokens_asked(), 1U);
  EXPECT_EQ(reason(), "rate_limited");
  world.advance(2min);
  EXPECT_EQ(reason(), "ok");
}

TEST_F(AuthorizationCode, AWrongClockSavesTheTokenWithoutItsEnd) {
  log_in();
  const Instant right = world.clock.now();
  world.store.save_token("home", {"a0", "r1", Instant{}, "", false});
  world.clock.set_now(*parse_time("2000-01-01T00:00:00Z"));
  on_token = [this] { return granted(R"(,"refresh_token":"r2")"); };
  world.start();
  EXPECT_EQ(world.store.token("home")->refresh, "r2");
  EXPECT_EQ(world.store.token("home")->expires, Instant{});
  EXPECT_EQ(at(status(), "/token_expires"), Json());
  world.clock.set_now(right);
  world.advance(2min);
  EXPECT_EQ(tokens_asked(), 1U);
  EXPECT_GT(world.store.token("home")->expires, right + 57min);
  EXPECT_LE(world.store.token("home")->expires, right + 1h);
  EXPECT_EQ(text(status(), "/token_expires"), format_time(world.store.token("home")->expires));
}

TEST_F(AuthorizationCode, AWrongClockDoesNotEndAStoredToken) {
  world.store.save_token("home", {"a1", "r1", world.clock.now() + 1h, "", false});
  granted_ = 1;
  world.clock.set_now(*parse_time("2000-01-01T00:00:00Z"));
  world.start();
  world.advance(10min);
  EXPECT_EQ(tokens_asked(), 0U);
  EXPECT_GE(lists(), 10U);
}

TEST_F(AuthorizationCode, A401IsRefreshedAndRepeatedOnce) {
  log_in();
  world.start();
  dead = "Bearer a1";
  world.advance(61s);
  EXPECT_EQ(tokens_asked(), 2U);
  EXPECT_EQ(reason(), "ok");
}

}  // namespace
}  // namespace bridge::test
