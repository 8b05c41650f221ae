// What a token endpoint in trouble does to the quota, and to what is thought of it.

#include "support/oauth_world.hpp"

namespace bridge::test {
namespace {

class TokenEndpoint : public OAuthTest {
 protected:
  TokenEndpoint() : OAuthTest(kAuthorizationCode) {
    account().mapper = &mapper;
    world.store.save_token("home", {"a0", "r1", world.clock.now() - 1s, "", false});
    world.vendor = [this, fine = world.vendor](const std::string& request, const std::string& sent) {
      return bad_lists && request == "GET /v1/pumps" ? Answer{400, "", {}} : fine(request, sent);
    };
  }
  void TearDown() override { world.stop(); }  // before the mapper is gone

  Answer token_answer(const std::string&) override { return trouble ? *trouble : granted(); }

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

}  // namespace
}  // namespace bridge::test
