#include "core/account_device.hpp"

#include <gtest/gtest.h>

#include <boost/json/parse.hpp>
#include <fstream>
#include <set>

#include "core/discovery_rules.hpp"
#include "core/json_text.hpp"
#include "core/outcome.hpp"

namespace bridge {
namespace {

Task<Token> sign_in(Vendor&) { co_return Token{"t", std::chrono::hours(1)}; }

constexpr Quota kQuotas[] = {{.requests = 100, .per = std::chrono::hours(1)}};
const Mapper kSparse{
    .name = "acme", .manufacturer = "Acme", .base_url = "", .auth = {}, .kinds = {}};
const Mapper kFull{.name = "acme",
                   .manufacturer = "Acme",
                   .base_url = "",
                   .auth = {.key = "key", .sign_in = sign_in},
                   .quotas = kQuotas,
                   .kinds = {}};
const Topics kTopics("cloud2mqtt", "homeassistant");

AccountConfiguration account(const Mapper& mapper, std::string name = "home") {
  AccountConfiguration made;
  made.name = std::move(name);
  made.mapper = &mapper;
  return made;
}

Announcement announced(const AccountConfiguration& of) {
  Announcement made = account_announcement(kTopics, of, "0.1.0");
  EXPECT_EQ(made.left_out, std::vector<std::string>{});
  return made;
}

std::set<std::string> components(const AccountConfiguration& of) {
  const Announcement made = announced(of);
  return {made.components.begin(), made.components.end()};
}

TEST(AccountDevice, IsAsTheGoldenDocumentHasIt) {
  std::ifstream file(PROJECT_SOURCE_DIR "/tests/golden/bridge.json");
  const std::string content{std::istreambuf_iterator<char>(file), {}};
  const Json golden = boost::json::parse(content);
  const Announcement made = announced(account(kFull));
  ASSERT_TRUE(golden.as_object().contains(made.topic)) << made.topic;
  EXPECT_EQ(made.document, json_text(golden.at(made.topic)));
}

TEST(AccountDevice, BreaksNoRuleOfHomeAssistantWhateverTheAccountIsCalled) {
  for (const char* name : {"home", "hub", "a__b", "second-floor_"}) {
    const Announcement made = announced(account(kFull, name));
    for (const Finding& each : discovery_findings(made.topic, boost::json::parse(made.document))) {
      ADD_FAILURE() << name << ", " << each.component << ": " << each.rule;
    }
  }
}

TEST(AccountDevice, StaysAvailableWhileTheAccountIsOffline) {
  const Json document = boost::json::parse(announced(account(kFull)).document);
  for (const auto& each : document.at("components").as_object()) {
    const Json levels = at(each.value(), "/availability");
    ASSERT_TRUE(levels.is_array()) << each.key();
    EXPECT_EQ(levels.as_array().size(), 1U) << each.key();
    EXPECT_EQ(at(levels, "/0/topic"), Json("cloud2mqtt/bridge/availability")) << each.key();
  }
}

TEST(AccountDevice, IsReachedThroughTheBridge) {
  const Json document = boost::json::parse(announced(account(kFull)).document);
  EXPECT_EQ(at(document, "/device/via_device"), Json(kTopics.bridge_id()));
}

TEST(AccountDevice, HasAQuotaOnlyWhereThereIsOne) {
  EXPECT_FALSE(components(account(kSparse)).contains("quota_left:sensor"));
  EXPECT_TRUE(components(account(kFull)).contains("quota_left:sensor"));
  AccountConfiguration configured = account(kSparse);
  configured.quotas = {{5, std::chrono::seconds(1)}};
  EXPECT_TRUE(components(configured).contains("quota_left:sensor"));
  AccountConfiguration unlimited = account(kFull);
  unlimited.quotas.emplace();
  EXPECT_FALSE(components(unlimited).contains("quota_left:sensor"));
  static constexpr QuotaHeaders kHeaders[1] = {};
  Mapper told = kSparse;
  told.quota_headers = kHeaders;
  EXPECT_TRUE(components(account(told)).contains("quota_left:sensor"));
}

TEST(AccountDevice, HasATokensEndOnlyWhereThereAreTokens) {
  EXPECT_FALSE(components(account(kSparse)).contains("token_expires:sensor"));
  EXPECT_TRUE(components(account(kFull)).contains("token_expires:sensor"));
  static constexpr OAuth2 kOAuth{};
  Mapper consenting = kSparse;
  consenting.auth.oauth2 = &kOAuth;
  EXPECT_TRUE(components(account(consenting)).contains("token_expires:sensor"));
}

TEST(AccountDevice, ShowsTheEndOfATokenThatDoesNotRenewItself) {
  const auto enabled = [](const AccountConfiguration& of) {
    const Json document = boost::json::parse(announced(of).document);
    const Json& sensor = at(document, "/components/token_expires");
    return sensor.is_null() ? "none" : at(sensor, "/enabled_by_default") == Json(false) ? "no" : "yes";
  };
  EXPECT_STREQ(enabled(account(kFull)), "no");
  Mapper given = kSparse;
  given.auth.key = "key";
  AccountConfiguration configured = account(given);
  configured.settings = Settings(Json{{"key", "no-token-with-an-end"}});
  EXPECT_STREQ(enabled(configured), "none");
  // {"alg":"none"} and {"exp":1900000000}
  configured.settings = Settings(Json{{"key", "eyJhbGciOiJub25lIn0.eyJleHAiOjE5MDAwMDAwMDB9.x"}});
  EXPECT_STREQ(enabled(configured), "yes");
}

Task<Json> perform(Vendor&, const Device&, Json) { co_return Json(); }

TEST(AccountDevice, TellsWhatBecameOfCommandsWhereThereAreAny) {
  static constexpr Entity kRows[] = {toggle("load", "Load", "/list/on", perform)};
  static constexpr DeviceKind kKinds[] = {{.name = "pump", .entities = kRows}};
  Mapper obeying = kSparse;
  obeying.kinds = kKinds;
  EXPECT_FALSE(components(account(kSparse)).contains("command_outcome:event"));
  EXPECT_TRUE(components(account(obeying)).contains("command_outcome:event"));

  const Json document = boost::json::parse(announced(account(obeying, "second")).document);
  const Json& event = at(document, "/components/command_outcome");
  EXPECT_EQ(at(event, "/state_topic"), Json("cloud2mqtt/second/+/outcome"));
  EXPECT_EQ(at(event, "/unique_id"), Json("cloud2mqtt_account_second_command_outcome"));
  ASSERT_EQ(at(event, "/event_types").as_array().size(), std::size(kOutcomeWords));
  EXPECT_EQ(at(event, "/event_types/0"), Json("done"));
}

TEST(AccountDevice, PollsItsOwnAccountAlone) {
  const Json document = boost::json::parse(announced(account(kFull, "second")).document);
  EXPECT_EQ(at(document, "/components/poll_now/command_topic"),
            Json("cloud2mqtt/bridge/request/poll"));
  EXPECT_EQ(at(document, "/components/poll_now/payload_press"), Json(R"({"account":"second"})"));
}

TEST(AccountDevice, RemovesWhatIsGoneByAStub) {
  const Announcement made =
      account_announcement(kTopics, account(kSparse), "0.1.0", {"quota_left:sensor"});
  EXPECT_EQ(at(boost::json::parse(made.document), "/components/quota_left"),
            (Json{{"platform", "sensor"}}));
  EXPECT_EQ(made.components, announced(account(kSparse)).components);
}

}  // namespace
}  // namespace bridge
