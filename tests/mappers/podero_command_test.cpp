// What Podero is sent.

#include <boost/json/serialize.hpp>
#include <tuple>

#include "registry.hpp"
#include "support/mapper_parts.hpp"

namespace bridge {
namespace {

const Mapper& podero() { return *mappers::find("podero"); }
const Entity& row(std::string_view key) { return row_of(podero().kinds.front(), key); }

const Json kOrganisation = {{"org_id", "o"}};

Device a_pump(const std::string& fields = "{}") {
  Json list = boost::json::parse(fields);
  list.get_object()["user"] = "u";
  return Device{"pump", "p-1", "A pump", "", boost::json::object{{"list", list}}};
}

/// Sends a value for a key and holds the body against what is expected.
void expect_body(std::string_view key, const Json& value, const std::string& body) {
  ScriptedVendor vendor(kOrganisation);
  vendor.expect("PUT /org/o/users/u/heat-pumps/p-1 " + body, "{}");
  EXPECT_TRUE(execute(row(key), vendor, a_pump(), value)) << key;
}

TEST(PoderoCommand, SendsTheFieldThatChangesAndNoOther) {
  const std::tuple<const char*, Json, const char*> writes[] = {
      {"smart_optimization", "ON", R"({"is_smart_optimization_active":true})"},
      {"optimization_level", "Max", R"({"optimization_level":"Max"})"},
      {"away_minimum", 15.5, R"({"away_mode_minimum_temperature_limit":15.5})"},
      {"maximum_limit", 23, R"({"maximum_temperature_limit":23})"},
      {"minimum_limit", 19, R"({"minimum_temperature_limit":19})"},
      {"hot_water_minimum", 42, R"({"minimum_dhw_temperature_limit":42})"},
      {"hot_water_standard", 48.5, R"({"dhw_standard_temperature":48.5})"},
      {"indoor_offset", -0.5, R"({"indoor_target_temperature_offset":-0.5})"},
      {"space_heating", "OFF", R"({"is_space_heating_enabled":false})"},
      {"hot_water_heating", "ON", R"({"is_hot_water_heating_enabled":true})"},
      {"pool_heating", "ON", R"({"is_pool_heating_enabled":true})"},
      {"space_cooling", "OFF", R"({"is_space_cooling_enabled":false})"},
      {"heating_policy", "ON", R"({"is_heating_policy_enabled":true})"},
      {"forced_mode", "ON", R"({"is_inverter_forced_mode_enabled":true})"}};
  for (const auto& [key, value, body] : writes) expect_body(key, value, body);
}

TEST(PoderoCommand, PausesForHours) {
  // The script's clock stands at 12:00.
  expect_body("pause", "ON", R"({"is_pause_power_active":true,"pause_power_until":"2026-05-08T14:00:00.000Z"})");
  expect_body("pause", Json{{"state", "ON"}, {"hours", 1.5}},
              R"({"is_pause_power_active":true,"pause_power_until":"2026-05-08T13:30:00.000Z"})");
  expect_body("pause", "OFF", R"({"is_pause_power_active":false})");
}

TEST(PoderoCommand, GoesAwayWithItsDays) {
  expect_body("away_mode", "ON", R"({"is_away_mode_enabled":true})");
  expect_body("away_mode", Json{{"state", "ON"}, {"start", "2026-12-20T08:00:00+01:00"}, {"end", "2026-12-27"}},
              R"({"is_away_mode_enabled":true,"away_mode_start":"2026-12-20T07:00:00.000Z",)"
              R"("away_mode_end":"2026-12-27T00:00:00.000Z"})");
}

TEST(PoderoCommand, RefusesWhatDoesNotFitWithoutAskingTheVendor) {
  ScriptedVendor vendor(kOrganisation);  // expects nothing: any call fails the test
  const std::tuple<const char*, Json, const char*> wrong[] = {
      {"smart_optimization", "yes", "ON or OFF"},
      {"optimization_level", "mid", "Low, Mid or Max"},
      {"indoor_offset", 0.25, "steps of 0.5"},
      {"maximum_limit", 91, "from 0 to 40"},
      {"pause", Json{{"state", "ON"}, {"hours", 25}}, "from 0.25 to 24"},
      {"pause", Json{{"hours", 3}}, "\"state\" is missing"},
      {"pause", Json{{"state", "ON"}, {"minutes", 3}}, "\"minutes\" is not known"},
      {"away_mode", Json{{"state", "ON"}, {"start", "2026-12-20"}}, "a later \"end\""},
      {"away_mode", Json{{"state", "ON"}, {"end", "2026-12-20"}}, "a later \"end\""},
      {"away_mode", Json{{"state", "ON"}, {"start", "2026-12-27"}, {"end", "2026-12-20"}}, "a later \"end\""},
      {"away_mode", Json{{"state", "ON"}, {"start", "tomorrow"}, {"end", "2026-12-20"}}, "is no moment"}};
  for (const auto& [key, value, sentence] : wrong) {
    const auto outcome = execute(row(key), vendor, a_pump(), value);
    ASSERT_FALSE(outcome) << key << ' ' << boost::json::serialize(value);
    EXPECT_EQ(outcome.error().code(), Errc::invalid_argument);
    EXPECT_NE(outcome.error().message().find(sentence), std::string::npos) << outcome.error().message();
  }
}

TEST(PoderoCommand, IsConfirmedByTheFieldThatWasWritten) {
  EXPECT_TRUE(row("smart_optimization").confirm(a_pump(R"({"is_smart_optimization_active":true})"), true));
  EXPECT_FALSE(row("smart_optimization").confirm(a_pump(R"({"is_smart_optimization_active":true})"), false));
  EXPECT_FALSE(row("smart_optimization").confirm(a_pump(), false));
  EXPECT_TRUE(row("maximum_limit").confirm(a_pump(R"({"maximum_temperature_limit":"23.0"})"), 23));
  EXPECT_FALSE(row("maximum_limit").confirm(a_pump(R"({"maximum_temperature_limit":null})"), 23));
  EXPECT_TRUE(row("optimization_level").confirm(a_pump(R"({"optimization_level":"Max"})"), "Max"));
  EXPECT_FALSE(row("optimization_level").confirm(a_pump(R"({"optimization_level":"Mid"})"), "Max"));
}

/// Whether a pause for `hours` is confirmed by what the vendor shows when it is read again at 12:00.
bool pauses(const std::string& fields, const Json& wish) {
  ScriptedVendor vendor(kOrganisation);
  vendor.expect("GET /org/o/users/u/heat-pumps/p-1", fields);
  RecordedFleet fleet;
  EXPECT_TRUE(run(podero().list_one(vendor, a_pump(), fleet)));
  return row("pause").confirm(fleet.devices.at(0), wish);
}

TEST(PoderoCommand, IsConfirmedByAPauseWithItsEnd) {
  const auto until = [](const std::string& end) {
    return R"({"id":"p-1","is_pause_power_active":true,"pause_power_until":)" + end + "}";
  };
  const Json two{{"state", true}, {"hours", 2}};
  EXPECT_TRUE(pauses(until("\"2026-05-08T14:00:00Z\""), two));
  EXPECT_TRUE(pauses(until("\"2026-05-08T13:59:20.125Z\""), two)) << "sent somewhat before";
  EXPECT_TRUE(pauses(until("\"2026-05-08T14:00:00Z\""), Json{{"state", true}})) << "two unless said";
  EXPECT_TRUE(pauses(until("\"2026-05-08T13:30:00Z\""), Json{{"state", true}, {"hours", 1.5}}));
  EXPECT_FALSE(pauses(until("\"2026-05-08T13:30:00Z\""), two)) << "the old end was kept";
  EXPECT_FALSE(pauses(until("\"2026-05-08T14:15:00Z\""), two));
  EXPECT_FALSE(pauses(until("null"), two));
  EXPECT_FALSE(pauses(until("\"2026-05-08T14:00:00Z\""), Json{{"state", false}}));
}

TEST(PoderoCommand, IsConfirmedByAPauseThatIsOverWhateverEndStaysThere) {
  EXPECT_TRUE(pauses(R"({"is_pause_power_active":false,"pause_power_until":"2026-05-08T14:00:00Z"})", Json{{"state", false}}));
  EXPECT_FALSE(pauses("{}", Json{{"state", false}}));
  EXPECT_FALSE(pauses(R"({"is_pause_power_active":false,"pause_power_until":"2026-05-08T14:00:00Z"})", Json{{"state", true}}));
}

TEST(PoderoCommand, IsConfirmedByTheDaysOfTheAwayMode) {
  const Device away = a_pump(R"({"is_away_mode_enabled":true,"away_mode_start":"2026-12-20T08:00:00Z",
                                 "away_mode_end":"2026-12-27T08:00:00+00:00"})");
  const Json wish{{"state", true}, {"start", "2026-12-20T08:00:00.000Z"}, {"end", "2026-12-27T08:00:00.000Z"}};
  EXPECT_TRUE(row("away_mode").confirm(away, wish));
  EXPECT_TRUE(row("away_mode").confirm(away, Json{{"state", true}}));
  Json other = wish;
  other.get_object()["end"] = "2026-12-28T08:00:00.000Z";
  EXPECT_FALSE(row("away_mode").confirm(away, other));
  other = wish;
  other.get_object()["state"] = false;
  EXPECT_FALSE(row("away_mode").confirm(away, other));
}

TEST(PoderoCommand, FailsAsTheVendorFails) {
  ScriptedVendor vendor(kOrganisation);
  Error conflict(Errc::refused, "the vendor answered with status 409: busy");
  conflict.status = 409;
  vendor.expect(R"(PUT /org/o/users/u/heat-pumps/p-1 {"optimization_level":"Low"})", conflict);
  EXPECT_EQ(execute(row("optimization_level"), vendor, a_pump(), "Low").error().status, 409);
}

TEST(PoderoControls, WatchEveryOtherControlAndReadBack) {
  for (const Entity& each : podero().kinds.front().entities) {
    if (!each.is_command()) continue;
    EXPECT_TRUE(each.changes_alone) << each.key;
    EXPECT_EQ(each.refresh, "list") << each.key;
    EXPECT_NE(each.confirm, nullptr) << each.key;
  }
}

std::vector<std::string_view> offered(boost::json::array controls) {
  std::vector<std::string_view> keys;
  for (const ResolvedKind& kind : resolve(podero(), Settings(Json{{"controls", std::move(controls)}}))) {
    for (const ResolvedRow& each : kind.rows) {
      if (each.entity->is_command()) keys.push_back(each.entity->key);
    }
  }
  return keys;
}

TEST(PoderoControls, AreSmartOptimisationAndItsLevelUnlessMoreIsWanted) {
  using Keys = std::vector<std::string_view>;
  EXPECT_EQ(offered({}), (Keys{"smart_optimization", "optimization_level"}));
  const std::pair<const char*, Keys> words[] = {
      {"pause", {"pause"}},
      {"away", {"away_mode", "away_minimum"}},
      {"limits", {"maximum_limit", "minimum_limit"}},
      {"dhw", {"hot_water_minimum", "hot_water_standard"}},
      {"offset", {"indoor_offset"}},
      {"heating", {"space_heating", "hot_water_heating", "pool_heating", "space_cooling"}},
      {"policy", {"heating_policy"}},
      {"forced_mode", {"forced_mode"}}};
  for (const auto& [word, opened] : words) {
    Keys expected{"smart_optimization", "optimization_level"};
    expected.insert(expected.end(), opened.begin(), opened.end());
    EXPECT_EQ(offered({word}), expected) << word;
  }
}

TEST(PoderoControls, AreShownWhereTheyAreNotOpen) {
  const Device pump = a_pump(R"({"is_pause_power_active":true,"maximum_temperature_limit":"23.0"})");
  EXPECT_EQ(shown(podero(), pump, "pause"), Json(true));
  EXPECT_EQ(shown(podero(), pump, "maximum_limit"), Json(23.0));
}

}  // namespace
}  // namespace bridge
