// What a token endpoint in trouble does to the quota, and to what is thought of it.

#include "support/oauth_world.hpp"

namespace bridge::test {
namespace {

// A vendor that answers 400 where its quota is used up, as it does for other failures too.
Result<Json> hides_its_quota(Reply reply) {
  auto judged = by_status(std::move(reply));
  if (judged || judged.error().status != 400) return judged;
  Error error = judged.error();
  error.pause_if_repeated = 1h;
  return error;
}

class TokenEndpoint : public OAuthTest {
 protected:
  TokenEndpoint() : OAuthTest(kAuthorizationCode) {
    account().mapper = &mapper;
    world.store.save_token("home", {"a0", "r1", world.clock.now() - 1s, "", false});
    const auto fine = world.vendor;
    world.vendor = [=, this](const std::string& request, const std::string& sent) {
      return bad_lists && request == "GET /v1/pumps" ? Answer{400, "", {}} : fine(request, sent);
    };
  }
  void TearDown() override { world.stop(); }  // before the mapper is gone

  Answer token_answer(const std::string&) override {
    return trouble ? *trouble : granted();
  }

  Mapper mapper = *account().mapper;
  std::optional<Answer> trouble;
  bool bad_lists = false;
};

TEST_F(TokenEndpoint, ThatFailsLeavesCommandsTheirPartOfTheQuota) {
  mapper.command_reserve = 5;
  account().quotas = std::vector<Quota>{{.requests = 14, .per = 1h}};
  life = "600";
  world.start();
  trouble = Answer{500, "", {}};
  world.advance(40min);
  EXPECT_EQ(world.requests.size(), 11U) << "tokens may take two of the five that are reserved";
  trouble.reset();
  world.command("kick", "PRESS");
  EXPECT_EQ(text(world.last_outcome(), "/outcome"), "done") << text(world.last_outcome(), "/message");
  EXPECT_EQ(world.requests.size(), 13U) << "its token and itself";
}

TEST_F(TokenEndpoint, ThatRefusesWithoutAWordIsTheFirstSignOfAHiddenQuota) {
  mapper.judge = hides_its_quota;
  account().every["meter"] = 24h;
  world.start();
  world.advance(53min + 30s);
  trouble = Answer{400, "", {}};
  bad_lists = true;
  world.advance(1min);
  EXPECT_EQ(tokens_asked(), 2U);
  EXPECT_EQ(reason(), "quota_exhausted") << "the list's is the second in a row";
  const auto before = world.requests.size();
  trouble.reset();
  bad_lists = false;
  world.advance(58min);
  EXPECT_EQ(world.requests.size(), before);
  world.advance(4min);
  EXPECT_EQ(reason(), "ok");
}

TEST_F(TokenEndpoint, ThatRefusesWithAWordIsNoSignOfAHiddenQuota) {
  mapper.judge = hides_its_quota;
  account().every["meter"] = 24h;
  world.start();
  world.advance(53min + 30s);
  trouble = Answer{400, R"({"error":"temporarily_unavailable"})", {}};
  bad_lists = true;
  world.advance(1min);
  EXPECT_EQ(tokens_asked(), 2U);
  EXPECT_EQ(reason(), "refused") << "the list's is the first";
}

TEST_F(TokenEndpoint, ThatRefusesTwiceWithoutAWordPausesTheAccount) {
  mapper.judge = hides_its_quota;
  trouble = Answer{400, "Bad Request", {}};
  world.start();
  world.advance(59min);
  EXPECT_EQ(tokens_asked(), 2U);
  EXPECT_EQ(reason(), "quota_exhausted");
}

TEST_F(TokenEndpoint, ThatGivesATokenShowsThatThereIsQuota) {
  mapper.judge = hides_its_quota;
  account().every["meter"] = 24h;
  world.start();
  world.advance(52min + 30s);
  bad_lists = true;
  world.advance(2min);
  EXPECT_EQ(tokens_asked(), 2U) << "between two lists";
  EXPECT_EQ(reason(), "refused");
}

TEST_F(TokenEndpoint, ThatRefusesWithoutAWordForAnHourHasLostTheConsent) {
  trouble = Answer{400, "", {}};
  world.start();
  world.advance(59min);
  EXPECT_EQ(reason(), "vendor_down");
  EXPECT_FALSE(world.store.token("home")->refused);
  world.advance(31min);
  EXPECT_EQ(reason(), "consent_revoked");
  EXPECT_TRUE(world.store.token("home")->refused);
  EXPECT_EQ(logged("run \"cloud2mqtt login home\""), 1U);
  const auto before = world.requests.size();
  world.advance(24h);
  EXPECT_EQ(world.requests.size(), before);
}

TEST_F(TokenEndpoint, ThatRefusesWithoutAWordAlsoAfterAHiddenQuotasPauseHasLostTheConsent) {
  mapper.judge = hides_its_quota;
  trouble = Answer{400, "", {}};
  world.start();
  world.advance(59min);
  EXPECT_EQ(reason(), "quota_exhausted");
  world.advance(5min);
  EXPECT_EQ(reason(), "consent_revoked");
  EXPECT_EQ(tokens_asked(), 3U);
}

TEST_F(TokenEndpoint, ThatSaysSomethingElseInBetweenHasNotLostTheConsent) {
  world.start();
  trouble = Answer{400, "", {}};
  world.advance(100min);
  trouble = Answer{500, "", {}};
  world.advance(31min);
  trouble = Answer{400, "", {}};
  world.advance(50min);
  EXPECT_EQ(reason(), "vendor_down");
  world.advance(60min);
  EXPECT_EQ(reason(), "consent_revoked");
}

TEST_F(TokenEndpoint, ThatRefusesWhileTheTokenStillLivesHasNotLostTheConsent) {
  life = "86400";
  world.start();
  trouble = Answer{400, "", {}};
  world.advance(23h + 55min);
  EXPECT_GE(tokens_asked(), 5U);
  EXPECT_EQ(reason(), "ok");
}

}  // namespace
}  // namespace bridge::test
