// What a power controller is sent.

#include <boost/json/serialize.hpp>
#include <tuple>

#include "registry.hpp"
#include "support/mapper_parts.hpp"

namespace bridge {
namespace {

const Mapper& green() { return *mappers::find("automate_green"); }
const Entity& row(std::string_view key) { return row_of(green().kinds.front(), key); }

Device a_controller(const std::string& list = "{}") {
  return Device{"controller", "6ItNKFLm_mS", "PC-1", "", boost::json::object{{"list", boost::json::parse(list)}}};
}

TEST(AutomateGreenCommand, SwitchesTheLoad) {
  ScriptedVendor vendor;
  vendor.expect(R"(POST /devices/6ItNKFLm_mS/command {"command":{"name":"on"}})", "{}");
  EXPECT_TRUE(execute(row("load"), vendor, a_controller(), Json("ON")));
}

TEST(AutomateGreenCommand, SwitchesLater) {
  ScriptedVendor vendor;
  vendor.expect(R"(POST /devices/6ItNKFLm_mS/command {"command":{"name":"off","delay":60}})", "{}");
  EXPECT_TRUE(execute(row("load"), vendor, a_controller(), Json{{"state", "OFF"}, {"delay", 60}}));
}

TEST(AutomateGreenCommand, SpellsTheSecondsAsConfigured) {
  const std::pair<const char*, const char*> spellings[] = {
      {"time", R"("time":60)"}, {"delay", R"("delay":60)"}, {"both", R"("time":60,"delay":60)"}};
  for (const auto& [spelling, members] : spellings) {
    ScriptedVendor vendor(Json{{"timed_commands", spelling}});
    vendor.expect(R"(POST /devices/6ItNKFLm_mS/command {"command":{"name":"on_for",)" + std::string(members) + "}}", "{}");
    EXPECT_TRUE(execute(row("on_for"), vendor, a_controller(), Json(60)));
  }
}

TEST(AutomateGreenCommand, LimitsEnergy) {
  ScriptedVendor vendor;
  vendor.expect(R"(POST /devices/6ItNKFLm_mS/command {"command":{"name":"limit_power","power":50,"time":3600}})", "{}");
  EXPECT_TRUE(execute(row("limit_power"), vendor, a_controller(), Json{{"power", 50}, {"time", 3600}}));
}

TEST(AutomateGreenCommand, RefusesWhatDoesNotFitWithoutAskingTheVendor) {
  ScriptedVendor vendor;  // expects nothing: any call fails the test
  const std::pair<const char*, Json> wrong[] = {
      {"load", "on"},      {"load", Json()},       {"load", Json{{"state", "ON"}, {"delay", -1}}},
      {"load", Json{{"delay", 60}}},               {"load", Json{{"state", "ON"}, {"colour", "red"}}},
      {"limit_power", Json{{"power", 50}}},        {"limit_power", Json{{"power", 50}, {"time", 60}, {"delay", 1}}},
      {"on_for", 0},       {"on_for", 1.5},        {"on_for", "soon"},
      {"off_for", 604801}, {"limit_power", 50},    {"limit_power", Json{{"power", 0}, {"time", 60}}}};
  for (const auto& [key, value] : wrong) {
    const auto outcome = execute(row(key), vendor, a_controller(), value);
    ASSERT_FALSE(outcome) << key << ' ' << boost::json::serialize(value);
    EXPECT_EQ(outcome.error().code(), Errc::invalid_argument);
  }
}

TEST(AutomateGreenCommand, RefusesUnknownMembersByName) {
  ScriptedVendor vendor;
  const auto outcome = execute(row("load"), vendor, a_controller(), Json{{"state", "ON"}, {"delai", 60}});
  ASSERT_FALSE(outcome);
  const Error error = outcome.error();
  EXPECT_NE(error.message().find("delai"), std::string::npos) << error.message();
}

TEST(AutomateGreenCommand, IsConfirmedWhenTheLoadShowsIt) {
  const Device on = a_controller(R"({"status":{"info":{"on":true}}})");
  EXPECT_TRUE(row("load").confirm(on, Json{{"state", true}}));
  EXPECT_FALSE(row("load").confirm(on, Json{{"state", false}}));
  EXPECT_FALSE(row("load").confirm(a_controller(), Json{{"state", false}}));
}

TEST(AutomateGreenCommand, ForLaterIsConfirmedByTheToggleThatIsAnnounced) {
  const Json later{{"state", false}, {"delay", 60}};
  const auto shows = [&](const std::string& status) {
    return row("load").confirm(a_controller("{\"status\":{" + status + "}}"), later);
  };
  const std::string date = R"("date":"2018-05-08T15:03:15Z","info":)";  // the toggle below is 60 s later
  EXPECT_TRUE(shows(date + R"({"on":true,"toggleAt":1525791855})"));
  EXPECT_TRUE(shows(date + R"({"on":true,"toggleAt":1525791845})")) << "the report came ten seconds after";
  EXPECT_TRUE(shows(date + R"({"on":true,"toggleIn":60})"));
  EXPECT_FALSE(shows(date + R"({"on":true,"toggleAt":1525795395})")) << "another one, in an hour";
  EXPECT_FALSE(shows(date + R"({"on":true,"toggleIn":10})"));
  EXPECT_FALSE(shows(date + R"({"on":false,"toggleIn":0})"));
  EXPECT_FALSE(shows(R"("info":{"on":true,"toggleAt":1525791855})")) << "a report without its time";
}

// What the controller reports, before a group is written and in the list.
Device configured(const std::string& info) { return a_controller(R"({"info":)" + info + "}"); }

void expect_written(ScriptedVendor& vendor, const std::string& info, const std::string& written) {
  vendor.expect("GET /devices/6ItNKFLm_mS", R"({"device":{"info":)" + info + "}}");
  vendor.expect("PUT /devices/6ItNKFLm_mS {\"info\":" + written + "}", "{}");
}

TEST(AutomateGreenConfiguration, WritesAGroupWholeWithItsOtherNames) {
  const std::string info = R"({"ffr":{"enabled":true,"tripThreshold":59.7,"maxBackOff":10}})";
  const std::tuple<const char*, Json, const char*> writes[] = {
      {"ffr", "OFF", R"({"ffr":{"enable":false,"tripThreshold":59.7,"delay":10}})"},
      {"ffr", Json{{"tripThreshold", 59.6}}, R"({"ffr":{"enable":true,"tripThreshold":59.6,"delay":10}})"},
      {"ffr", Json{{"enable", true}, {"periods", 5}, {"delay", 20}},
       R"({"ffr":{"enable":true,"tripThreshold":59.7,"periods":5,"delay":20}})"},
      {"capacity", "ON", R"({"capacity":{"enable":true}})"},
      {"capacity", Json{{"enable", "ON"}, {"maxCapacity", 100}, {"lossPerLiter", 5.5}},
       R"({"capacity":{"enable":true,"maxCapacity":100,"lossPerLiter":5.5}})"},
      {"flowmeter", "euf4315k", R"({"flowmeter":{"type":"euf4315k"}})"}};
  for (const auto& [key, value, written] : writes) {
    ScriptedVendor vendor;
    expect_written(vendor, info, written);
    EXPECT_TRUE(execute(row(key), vendor, configured(info), value)) << written;
  }
}

TEST(AutomateGreenConfiguration, DoesNotTakeBackWhatTheListHasNotShownYet) {
  ScriptedVendor vendor;
  expect_written(vendor, R"({"ffr":{"tripThreshold":59.6}})", R"({"ffr":{"tripThreshold":59.6,"returnThreshold":59.9}})");
  EXPECT_TRUE(execute(row("ffr"), vendor, configured(R"({"ffr":{"tripThreshold":59.7}})"), Json{{"returnThreshold", 59.9}}));
}

TEST(AutomateGreenConfiguration, WritesNothingWhereTheControllerCannotBeAsked) {
  ScriptedVendor vendor;
  vendor.expect("GET /devices/6ItNKFLm_mS", Error(Errc::network, "gone"));
  EXPECT_EQ(execute(row("ffr"), vendor, a_controller(), "ON").error().code(), Errc::network);
}

TEST(AutomateGreenConfiguration, IsConfirmedWhenTheControllerShowsIt) {
  const Device controller = configured(R"({"ffr":{"enabled":true,"tripThreshold":59.7,"maxBackOff":10}})");
  EXPECT_TRUE(row("ffr").confirm(controller, Json{{"enable", true}, {"delay", 10}}));
  EXPECT_FALSE(row("ffr").confirm(controller, Json{{"enable", true}, {"delay", 20}}));
  EXPECT_FALSE(row("flowmeter").confirm(controller, Json{{"type", "none"}}));
}

TEST(AutomateGreenConfiguration, RefusesWhatTheControllerDoesNotKnow) {
  ScriptedVendor vendor;
  const std::tuple<const char*, Json, const char*> wrong[] = {
      {"ffr", "MAYBE", "ON or OFF"},
      {"ffr", Json{{"enabled", true}}, "\"enabled\" is not known"},
      {"ffr", Json{{"tripThreshold", 39.9}}, "from 40 to 70"},
      {"ffr", Json{{"returnThreshold", "low"}}, "\"returnThreshold\""},
      {"capacity", Json{{"maxCapacity", -1}}, "\"maxCapacity\""},
      {"capacity", Json{{"tripThreshold", 59.7}}, "\"tripThreshold\" is not known"},
      {"flowmeter", "TUF2000M", "none, tuf2000m or euf4315k"},
      {"flowmeter", Json{{"type", "none"}, {"pipeType", 7}}, "\"pipeType\""}};
  for (const auto& [key, value, sentence] : wrong) {
    const auto outcome = execute(row(key), vendor, a_controller(), value);
    ASSERT_FALSE(outcome) << key << ' ' << boost::json::serialize(value);
    EXPECT_EQ(outcome.error().code(), Errc::invalid_argument);
    EXPECT_NE(outcome.error().message().find(sentence), std::string::npos) << outcome.error().message();
  }
}

TEST(AutomateGreenConfiguration, WantsTheDataOfThePipeForAClampOnMeter) {
  ScriptedVendor vendor;
  const Device unknown = configured(R"({"flowmeter":{"type":"none"}})");
  for (const Json& value : {Json("tuf2000m"), Json{{"type", "tuf2000m"}, {"pipeType", "copper"}}}) {
    const auto outcome = execute(row("flowmeter"), vendor, unknown, value);
    ASSERT_FALSE(outcome);
    EXPECT_EQ(outcome.error().code(), Errc::invalid_argument);
    for (const char* member : {"pipeOuterDiameter", "pipeWallThickness", "pipeType"}) {
      EXPECT_NE(outcome.error().message().find(member), std::string::npos) << outcome.error().message();
    }
  }
  const std::string pipe = R"("pipeOuterDiameter":22.225,"pipeWallThickness":0.8128,"pipeType":"copper")";
  const std::string written = R"({"flowmeter":{"type":"tuf2000m",)" + pipe + "}}";
  expect_written(vendor, R"({"flowmeter":{"type":"none"}})", written);
  EXPECT_TRUE(execute(row("flowmeter"), vendor, unknown, boost::json::parse(R"({"type":"tuf2000m",)" + pipe + "}")));

  const std::string known = R"({"flowmeter":{"type":"none",)" + pipe + "}}";
  expect_written(vendor, known, written);
  EXPECT_TRUE(execute(row("flowmeter"), vendor, configured(known), "tuf2000m"));
}

// Two parts of a group are two commands: the newer one does not make the older one pointless.
TEST(AutomateGreenConfiguration, IsNotSupersededByAnotherPartOfTheGroup) {
  for (const char* key : {"ffr", "flowmeter", "capacity"}) EXPECT_FALSE(row(key).idempotent) << key;
}

TEST(AutomateGreenConfiguration, IsOfferedOnlyWhenSwitchedOn) {
  EXPECT_EQ(resolve(green(), Settings())[0].find("ffr"), nullptr);
  EXPECT_NE(resolve(green(), Settings(Json{{"configuration", true}}))[0].find("ffr"), nullptr);
}

}  // namespace
}  // namespace bridge
