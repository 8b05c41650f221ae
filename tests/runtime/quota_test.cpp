#include <gtest/gtest.h>

#include "support/world.hpp"

namespace bridge::test {
namespace {

// A vendor that answers 400 where its quota is used up, as it does for other failures too.
Result<Json> judge(Reply reply) {
  auto judged = by_status(std::move(reply));
  if (judged || judged.error().status != 400) return judged;
  Error error = judged.error();
  error.pause_if_repeated = 1h;
  return error;
}

constexpr QuotaHeaders kHeaders[] = {
    {.per = 1s, .limit = "x-tps-limit", .remaining = "x-tps-left", .reset = "x-tps-reset"},
    {.per = 24h, .limit = "x-tpd-limit", .remaining = "x-tpd-left", .reset = "x-tpd-reset"}};

class Quotas : public testing::Test {
 protected:
  Quotas() {
    mapper.judge = judge;
    mapper.quota_headers = kHeaders;
    world.configuration.accounts[0].mapper = &mapper;
    fine = world.vendor;
    world.vendor = [this](const std::string& request, const std::string& body) {
      const Answer broken{400, "", {}};
      if (request == "GET /pumps" && bad_lists) return broken;
      if (request.ends_with("/meter") && bad_meters) return broken;
      if (request.starts_with("PUT") && bad_commands) return broken;
      Answer answer = fine(request, body);
      answer.headers = headers;
      return answer;
    };
  }
  std::string status(const std::string& pointer = "/reason") const {
    return text(boost::json::parse(world.retained("cloud2mqtt/home/status")), pointer);
  }

  World world;
  Mapper mapper = acme();
  std::function<Answer(const std::string&, const std::string&)> fine;
  std::vector<std::pair<std::string, std::string>> headers;
  bool bad_lists = false;
  bool bad_meters = false;
  bool bad_commands = false;
};

TEST_F(Quotas, TakeTheSecondHiddenRefusalInARowForAnHoursPause) {
  world.start();
  bad_lists = true;
  world.advance(61s);
  EXPECT_EQ(status(), "refused") << "the first is this read's own";
  world.advance(1min);
  EXPECT_EQ(status(), "quota_exhausted");
  EXPECT_EQ(world.retained("cloud2mqtt/home/availability"), "online");
  bad_lists = false;
  const auto before = world.requests.size();
  world.advance(59min);
  EXPECT_EQ(world.requests.size(), before);
  world.advance(3min);
  EXPECT_GT(world.requests.size(), before);
  EXPECT_EQ(status(), "ok");
}

TEST_F(Quotas, ForgetAHiddenRefusalAfterAnySuccess) {
  world.configuration.accounts[0].every["list"] = 1min;
  world.configuration.accounts[0].every["meter"] = 1min;
  world.start();
  bad_meters = true;
  world.advance(30min);
  EXPECT_EQ(status(), "ok");
  EXPECT_GE(world.asked("GET /pumps/p1/meter"), 29U);
}

TEST_F(Quotas, CountACommandsHiddenRefusalAndTellTheNextWhenToComeAgain) {
  world.start();
  bad_commands = true;
  world.command("kick", "PRESS");
  world.command("limit", "50");
  EXPECT_EQ(text(world.last_outcome(), "/reason"), "refused");
  world.command("limit", "55");
  EXPECT_EQ(text(world.last_outcome(), "/reason"), "rate_limited");
  EXPECT_EQ(text(world.last_outcome(), "/outcome"), "failed");
  EXPECT_EQ(text(world.last_outcome(), "/retry_at"), "2026-05-08T13:00:00.000Z");
  bad_commands = false;
  world.command("limit", "60");
  EXPECT_EQ(text(world.last_outcome(), "/outcome"), "failed");
  EXPECT_EQ(text(world.last_outcome(), "/retry_at"), "2026-05-08T13:00:00.000Z");
  world.advance(61s);
  EXPECT_EQ(status(), "quota_exhausted");
}

TEST_F(Quotas, TellTheVendorsWordFromTheirOwnCount) {
  world.configuration.accounts[0].quotas = {{.requests = 4, .per = 1h}};
  world.start();
  world.command("limit", "50");  // takes what the next polls would have had
  world.advance(30min);
  EXPECT_EQ(status(), "quota_exhausted");
  EXPECT_EQ(world.retained("cloud2mqtt/home/availability"), "online");
}

TEST_F(Quotas, AreNotBackBecauseACommandHasAShareOfItsOwn) {
  mapper.command_reserve = 2;
  headers = {{"x-tpd-limit", "1000"}, {"x-tpd-left", "5"}, {"x-tpd-reset", "7200.5"}};
  world.start();
  headers.clear();
  world.advance(1h);
  ASSERT_EQ(status(), "quota_exhausted");
  world.command("limit", "50");
  EXPECT_EQ(text(world.last_outcome(), "/outcome"), "done");
  EXPECT_EQ(status(), "quota_exhausted");
  EXPECT_EQ(std::count(world.log.begin(), world.log.end(), "home: works again"), 0);
  EXPECT_EQ(status("/next_poll"), "2026-05-08T14:00:00.500Z") << "when the vendor's window ends";
  world.advance(62min);
  EXPECT_EQ(status(), "ok");
}

TEST_F(Quotas, KeepToWhatTheVendorSaysThatRemains) {
  headers = {{"x-tpd-limit", "1000"}, {"x-tpd-left", "3"}, {"x-tpd-reset", "7200.5"}};
  world.start();
  headers.clear();
  world.advance(119min);
  EXPECT_LE(world.requests.size(), 5U);
  EXPECT_EQ(status(), "quota_exhausted");
  EXPECT_EQ(status("/quota_left"), "0");
  world.advance(10min);
  EXPECT_EQ(status(), "ok");
}

TEST_F(Quotas, ShowTheVendorsOwnCountOfWhatIsLeft) {
  headers = {{"x-tpd-limit", "1000"}, {"x-tpd-left", "777"}, {"x-tpd-reset", "7200"}};
  world.start();
  world.advance(90s);
  EXPECT_EQ(status("/quota_left"), "777");
}

TEST_F(Quotas, HearTheVendorAlsoInARefusalWithoutRetryAfter) {
  world.start();
  const auto working = fine;
  fine = [](const std::string&, const std::string&) { return Answer{429, "", {}}; };
  headers = {{"x-tpd-left", "0"}, {"x-tpd-reset", "1800"}};
  world.advance(61s);
  EXPECT_EQ(status(), "rate_limited");
  fine = working;
  headers.clear();
  const auto before = world.requests.size();
  world.advance(29min);
  EXPECT_EQ(world.requests.size(), before);
  world.advance(2min);
  EXPECT_GT(world.requests.size(), before);
}

TEST_F(Quotas, KeepAVendorsPauseThroughARestartAReloadAndAPollOnRequest) {
  world.start();
  const auto working = fine;
  fine = [](const std::string&, const std::string&) { return Answer{429, "", {}}; };
  headers = {{"retry-after", "600"}};
  world.advance(61s);
  fine = working;
  headers.clear();
  const auto before = world.requests.size();
  const auto is_kept = [&] {
    world.advance(1min);
    return world.requests.size() == before && status() == "rate_limited";
  };
  EXPECT_TRUE(is_kept());
  world.stop();
  world.start();
  EXPECT_TRUE(is_kept()) << "after a restart";
  world.configuration.accounts[0].every["list"] = 2min;
  world.reload();
  EXPECT_TRUE(is_kept()) << "after a reload";
  world.link->deliver("cloud2mqtt/bridge/request/poll", "");
  EXPECT_TRUE(is_kept()) << "after a poll on request";
  world.advance(5min);
  EXPECT_EQ(world.requests.size(), before);
  world.advance(2min);
  EXPECT_GT(world.requests.size(), before);
  EXPECT_EQ(status(), "ok");
}

TEST_F(Quotas, KeepThePauseOfAHiddenQuotaThroughARestart) {
  world.start();
  bad_lists = true;
  world.advance(2min);
  EXPECT_EQ(status(), "quota_exhausted");
  bad_lists = false;
  const auto before = world.requests.size();
  world.stop();
  world.start();
  world.advance(55min);
  EXPECT_EQ(world.requests.size(), before);
  EXPECT_EQ(status(), "quota_exhausted");
  world.advance(6min);
  EXPECT_EQ(status(), "ok");
}

TEST_F(Quotas, LetTheOwnersLimitStandAgainstTheVendors) {
  world.configuration.accounts[0].quotas = {{.requests = 600, .per = 24h}};
  headers = {{"x-tpd-limit", "1000"}};
  world.start();
  world.advance(90s);
  EXPECT_LT(number_at(Json(boost::json::string(status("/quota_left"))), "").value_or(999), 600);
}

}  // namespace
}  // namespace bridge::test
