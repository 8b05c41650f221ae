// What one run of a read says: of its facts where another one overtook it, and of the account.

#include <gtest/gtest.h>

#include <algorithm>

#include "support/world.hpp"

namespace bridge::test {
namespace {

Task<Facts> read_news(Vendor& vendor, const Device& pump) {
  const auto known = number_at(pump.facts, "/news/newest");
  const auto answer = co_await vendor.get("/pumps/" + pump.id + "/news");
  if (!answer) co_return answer.error();
  Facts facts(picked(*answer, {"newest", "waiting"}));
  const auto newest = number_at(*answer, "/newest");
  if (known && newest > known) facts.event("news", Json{{"event_type", "new"}});
  co_return facts;
}

Task<Facts> ask_nothing(Vendor&, const Device&) {
  Facts facts(Json{{"gaps", 0}});
  co_return facts;
}

Task<Json> take(Vendor& vendor, const Device& pump, Json) {
  Json none;
  co_return co_await vendor.post("/pumps/" + pump.id + "/take", std::move(none));
}

bool is_taken(const Device& pump, const Json&) {
  return number_at(pump.facts, "/news/waiting") == 0;
}

constexpr std::string_view kNews[] = {"new"};
constexpr Entity kRows[] = {
    measurement("waiting", "Waiting", "/news/waiting"),
    happening("news", "News", kNews),
    press("take", "Take", take).then_read("news").confirmed_by(is_taken).once(),
};
constexpr Read kNewsReads[] = {
    {.facts = "news", .every = 10min, .read = read_news, .durable = true}};
constexpr Read kSilentReads[] = {{.facts = "gaps", .every = 10s, .read = ask_nothing}};
constexpr DeviceKind kNewsKinds[] = {{.name = "pump", .reads = kNewsReads, .entities = kRows}};
constexpr DeviceKind kSilentKinds[] = {{.name = "pump", .reads = kSilentReads, .entities = kRows}};

const std::string kAsked = "GET /pumps/p1/news";

/// The vendor gives its news in the order of `news`, the last one again and again.
class OvertakenRead : public testing::Test {
 protected:
  OvertakenRead() {
    mapper.kinds = kNewsKinds;
    mapper.list_every = 24h;
    world.configuration.accounts[0].mapper = &mapper;
    world.vendor = [this](const std::string& request, const std::string&) -> Answer {
      if (request == "GET /pumps") return {200, R"({"pumps":[{"id":"p1"}]})", {}};
      if (request != kAsked) {
        if (on_command) on_command();
        return {200, "{}", {}};
      }
      ++answered;
      const std::string body = news.front();
      if (news.size() > 1) news.erase(news.begin());
      return {200, body, {}};
    };
    world.start();
    // A poll that is answered twenty seconds after it asked.
    world.delay = 20s;
    for (int second = 0; second < 700 && world.asked(kAsked) < 2; ++second) world.advance(1s);
    world.delay = 0s;
  }
  ~OvertakenRead() override { world.stop(); }
  std::size_t events() const { return world.link->on("cloud2mqtt/home/p1/event/news").size(); }

  Mapper mapper = acme();
  World world;
  std::function<void()> on_command;
  int answered = 0;
  std::vector<std::string> news{R"({"newest":1,"waiting":0})"};
};

TEST_F(OvertakenRead, IsNoNewsWhereALaterOneWasFaster) {
  ASSERT_EQ(world.asked(kAsked), 2U);
  news = {R"({"newest":2,"waiting":0})",   // the command's
          R"({"newest":2,"waiting":1})"};  // the poll's, from before
  world.command("take", "PRESS");
  EXPECT_EQ(text(world.last_outcome(), "/outcome"), "confirmed");
  EXPECT_EQ(at(world.state(), "/waiting"), Json(0));
  EXPECT_EQ(events(), 1U);
  world.advance(30s);
  EXPECT_EQ(answered, 3) << "the poll's, too";
  EXPECT_EQ(at(world.state(), "/waiting"), Json(0));
  EXPECT_EQ(events(), 1U);
  EXPECT_EQ(world.asked(kAsked), 3U) << "and counts as made";
}

TEST_F(OvertakenRead, IsMadeAnewWhereAnEarlierOneWasMadeKnownMeanwhile) {
  ASSERT_EQ(world.asked(kAsked), 2U);
  news = {R"({"newest":2,"waiting":1})",   // the poll's
          R"({"newest":2,"waiting":0})"};  // the command's
  on_command = [this] { world.delay = 25s; };
  world.command("take", "PRESS");
  EXPECT_EQ(world.asked(kAsked), 3U);
  world.advance(21s);
  EXPECT_EQ(events(), 1U) << "the poll's";
  world.advance(1min);
  EXPECT_EQ(text(world.last_outcome(), "/outcome"), "confirmed");
  EXPECT_EQ(at(world.state(), "/waiting"), Json(0));
  EXPECT_EQ(events(), 1U) << "it is not told twice";
  EXPECT_EQ(world.asked(kAsked), 4U);
}

/// A read every ten seconds for which nothing is asked of the vendor.
class SilentRead : public testing::Test {
 protected:
  SilentRead() {
    mapper.kinds = kSilentKinds;
    world.configuration.accounts[0].mapper = &mapper;
    world.vendor = [this](const std::string& request, const std::string&) -> Answer {
      return request == "GET /pumps" ? listed : taken;
    };
    world.start();
  }
  ~SilentRead() override { world.stop(); }
  std::string reason() const {
    return text(boost::json::parse(world.retained("cloud2mqtt/home/status")), "/reason");
  }

  Mapper mapper = acme();
  World world;
  Answer listed{200, R"({"pumps":[{"id":"p1"}]})", {}};
  Answer taken{200, "{}", {}};
};

TEST_F(SilentRead, DoesNotEndAPauseThatTheVendorWants) {
  EXPECT_EQ(reason(), "ok");
  listed = {429, "", {{"retry-after", "600"}}};
  world.advance(2min);
  EXPECT_EQ(reason(), "rate_limited");
}

TEST_F(SilentRead, DoesNotMendCredentialsThatTheVendorRefused) {
  taken = {401, "", {}};
  world.advance(30s);
  world.command("take", "PRESS");
  world.advance(1min);
  EXPECT_EQ(reason(), "unauthorized") << "the list's, at the minute";
  world.advance(59min + 15s);
  EXPECT_EQ(reason(), "unauthorized") << "the hour from the refusal is over, and nobody was asked";
  world.advance(30s);
  EXPECT_EQ(reason(), "ok") << "the list is answered";
}

}  // namespace
}  // namespace bridge::test
