#include "core/command_argument.hpp"

#include <gtest/gtest.h>

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include "core/command_payload.hpp"

namespace bridge {
namespace {

constexpr std::string_view kModes[] = {"Eco", "Comfort"};

Entity row_of(Component component) {
  Entity row;
  row.key = "load";
  row.component = component;
  return row;
}

Entity number_row(double minimum, double maximum, double step) {
  Entity row = row_of(Component::number);
  row.range = {.minimum = minimum, .maximum = maximum, .step = step};
  return row;
}

Entity select_row() {
  Entity row = row_of(Component::select);
  row.options = kModes;
  return row;
}

/// The argument for a whole payload, or the refusal's sentence.
std::string argument(const Entity& row, std::string_view payload) {
  const auto command = parse_payload(payload);
  if (!command) return command.error().message();
  const auto made = command_argument(row, command->value, Device());
  return made ? boost::json::serialize(*made) : made.error().message();
}

bool contains(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

TEST(CommandArgument, OfASwitchIsABoolean) {
  const Entity row = row_of(Component::switch_);
  EXPECT_EQ(argument(row, "ON"), "true");
  EXPECT_EQ(argument(row, "OFF"), "false");
  EXPECT_EQ(argument(row, R"({"value":true})"), "true");
  EXPECT_EQ(argument(row, R"({"value":"OFF"})"), "false");
}

TEST(CommandArgument, OfASwitchInAnotherCaseIsRefused) {
  const Entity row = row_of(Component::switch_);
  for (const char* wrong : {"on", "On", "true", "1", "PRESS", R"({"value":1})", R"({"value":null})",
                            R"({"value":{"state":"ON"}})"}) {
    EXPECT_TRUE(contains(argument(row, wrong), "send ON or OFF")) << wrong;
  }
  EXPECT_TRUE(contains(argument(row, "on"), "\"on\" does not fit"));
}

TEST(CommandArgument, OfANumberLiesInItsRangeAndOnItsStep) {
  const Entity row = number_row(0, 100, 5);
  EXPECT_EQ(argument(row, "50"), "50");
  EXPECT_EQ(argument(row, "50.0"), "50");
  EXPECT_EQ(argument(row, R"({"value":"55"})"), "55");
  EXPECT_TRUE(contains(argument(row, "101"), "101 is out of range: send a number from 0 to 100"));
  EXPECT_TRUE(contains(argument(row, "-5"), "out of range"));
  EXPECT_TRUE(
      contains(argument(row, "52"), "not on a step: send a number from 0 to 100 in steps of 5"));
}

TEST(CommandArgument, OfANumberAllowsForBinaryFractions) {
  const Entity row = number_row(5, 30, 0.1);
  EXPECT_EQ(argument(row, "21.3"), "2.13E1");
  EXPECT_EQ(argument(row, "5.7"), "5.7E0");
  EXPECT_TRUE(contains(argument(row, "21.35"), "in steps of 0.1"));
}

TEST(CommandArgument, ThatIsNotANumberIsRefused) {
  const Entity row = number_row(0, 100, 1);
  for (const char* wrong : {"warm", "nan", "inf", "0x10", "1,5", R"({"value":true})",
                            R"({"value":[1]})", R"({"value":null})", R"({"value":{}})"}) {
    EXPECT_TRUE(contains(argument(row, wrong), "is not a number: send a number from 0 to 100"))
        << wrong;
  }
}

TEST(CommandArgument, OfASelectIsOneOfItsOptions) {
  EXPECT_EQ(argument(select_row(), "Eco"), "\"Eco\"");
  EXPECT_EQ(argument(select_row(), R"({"value":"Comfort"})"), "\"Comfort\"");
  EXPECT_TRUE(
      contains(argument(select_row(), "eco"), "\"eco\" is not an option: send Eco or Comfort"));
  EXPECT_TRUE(contains(argument(select_row(), "7"), "is not an option"));
}

TEST(CommandArgument, OfAButtonIsNull) {
  EXPECT_EQ(argument(row_of(Component::button), "PRESS"), "null");
  EXPECT_TRUE(contains(argument(row_of(Component::button), "press"), "send PRESS"));
  EXPECT_TRUE(contains(argument(row_of(Component::button), R"({"value":null})"), "send PRESS"));
}

TEST(CommandArgument, ComesFromTheRowsOwnParserWhereThereIsOne) {
  Entity row = row_of(Component::switch_);
  row.parse = [](const Json& value, const Device& device) -> Result<Json> {
    if (!value.is_object()) return Error(Errc::invalid_argument, "send an object");
    return Json(device.id + ":" + text(value, "/delay"));
  };
  Device device;
  device.id = "7";
  const Json sent = boost::json::parse(R"({"state":"ON","delay":60})");
  EXPECT_EQ(*command_argument(row, sent, device), Json("7:60"));
  EXPECT_EQ(command_argument(row, Json("ON"), device).error().message(), "send an object");
}

constexpr std::string_view kSpeeds[] = {"eco", "turbo"};
constexpr Argument kArguments[] = {{.name = "state", .kind = Argument::flag},
                                   {"delay", {1, 600}},
                                   {.name = "mode", .kind = Argument::text, .options = kSpeeds},
                                   {.name = "note", .kind = Argument::text}};
constexpr Entity kLoad = toggle("load", "Load", "/on", {}).takes(kArguments, 1);
constexpr Entity kTimed = kLoad.takes(kArguments, 2);

TEST(CommandArgument, WithMembersIsAnObjectOfThem) {
  EXPECT_EQ(argument(kLoad, R"({"value":{"delay":60.0,"state":"ON","mode":"eco","note":"x"}})"),
            R"({"delay":60,"state":true,"mode":"eco","note":"x"})");
  EXPECT_EQ(argument(kLoad, R"({"value":{"state":false}})"), R"({"state":false})");
}

TEST(CommandArgument, ThatIsPlainStandsForTheFirstMember) {
  EXPECT_EQ(argument(kLoad, "OFF"), R"({"state":false})");
  EXPECT_TRUE(contains(argument(kLoad, "on"), "send ON or OFF, in capitals"));
  EXPECT_TRUE(contains(argument(kLoad, R"({"value":null})"), "send ON or OFF, in capitals"));
  EXPECT_TRUE(contains(argument(kTimed, "ON"), "\"delay\" is missing: send {\"value\": {...}} with"
                                               " \"state\", \"delay\"."));
}

TEST(CommandArgument, NamesTheMemberThatIsUnknownMissingOrDoesNotFit) {
  EXPECT_TRUE(contains(argument(kLoad, R"({"value":{"state":"ON","colour":"red"}})"),
                       "\"colour\" is not known: \"load\" takes \"state\", \"delay\", \"mode\""));
  EXPECT_TRUE(contains(argument(kLoad, R"({"value":{"delay":60}})"), "\"state\" is missing"));
  EXPECT_TRUE(contains(argument(kLoad.takes(kArguments, 0), R"({"value":{}})"),
                       "The object is empty: send some of \"state\", \"delay\""));
  EXPECT_TRUE(contains(argument(kLoad, R"({"value":{"state":"ON","delay":1.5}})"),
                       "\"delay\": 1.5 is not on a step: send a number from 1 to 600"));
  EXPECT_TRUE(contains(argument(kLoad, R"({"value":{"state":"ON","delay":null}})"), "\"delay\": "));
  EXPECT_TRUE(contains(argument(kLoad, R"({"value":{"state":"ON","mode":"max"}})"),
                       "\"mode\": \"max\" is not an option: send eco or turbo"));
  for (const char* note : {"7", "\"\"", "null", "[]"}) {
    const std::string sent = R"({"value":{"state":"ON","note":)" + std::string(note) + "}}";
    EXPECT_TRUE(contains(argument(kLoad, sent), "\"note\": ")) << note;
  }
}

TEST(CommandArgument, OfMembersIsSeenByTheRowsParserWhenItIsChecked) {
  const auto parse = [](const Json& value, const Device&) -> Result<Json> {
    return at(value, "/state");
  };
  Entity row = kLoad;
  row.parse = parse;
  EXPECT_EQ(argument(row, "ON"), "true");
  EXPECT_TRUE(contains(argument(row, "maybe"), "send ON or OFF"));
}

TEST(CommandArgument, ThatIsAListIsRefusedWhereOneValueIsWanted) {
  EXPECT_TRUE(contains(argument(number_row(0, 100, 5), "[5]"), "an array is not a number: send"));
  EXPECT_TRUE(contains(argument(kLoad, R"(["ON"])"), "an array does not fit a switch: send ON"));
  EXPECT_TRUE(contains(argument(row_of(Component::button), "[]"), "send PRESS"));
}

constexpr std::string_view kActions[] = {"on", "limit"};
constexpr Argument kStep[] = {{.name = "name", .kind = Argument::text, .options = kActions},
                              {.name = "when", .kind = Argument::unix_time},
                              {"repeat", {0, 600}},
                              {.name = "power", .range = {1, 50}, .only_for = "limit"}};
constexpr ObjectList kSteps{.members = kStep, .needed = 2, .most = 3, .facts = "/list/steps"};
constexpr Entity kPlan = list_command("plan", "Plan", kSteps, nullptr);

TEST(CommandArgument, OfAListIsEveryObjectInItsOrder) {
  const std::string list = R"([{"name":"on","when":1800000000,"repeat":"60"},)"
                           R"({"when":1800000060,"name":"limit","power":50.0}])";
  const std::string made = R"([{"name":"on","when":1800000000,"repeat":60},)"
                           R"({"when":1800000060,"name":"limit","power":50}])";
  EXPECT_EQ(argument(kPlan, list), made);
  EXPECT_EQ(argument(kPlan, "{\"value\":" + list + ",\"id\":\"a\"}"), made);
}

TEST(CommandArgument, OfAListMayBeEmpty) {
  EXPECT_EQ(argument(kPlan, "[]"), "[]");
  EXPECT_EQ(argument(kPlan, R"({"value":[]})"), "[]");
}

TEST(CommandArgument, OfAUnixTimeIsSecondsFromAnyFormOfAMoment) {
  for (const char* when : {"1800000000", "1800000000.9", "\"2027-01-15T08:00:00Z\"",
                           "\"2027-01-15T09:00:00+01:00\""}) {
    const std::string sent = R"([{"name":"on","when":)" + std::string(when) + "}]";
    EXPECT_EQ(argument(kPlan, sent), R"([{"name":"on","when":1800000000}])") << when;
  }
  for (const char* when : {"0", "-1", "60", "true", "\"soon\"", "null", "{}"}) {
    const std::string sent = R"([{"name":"on","when":)" + std::string(when) + "}]";
    EXPECT_TRUE(contains(argument(kPlan, sent), "is no moment: send one such as")) << when;
  }
}

TEST(CommandArgument, ThatIsNoListIsRefusedWhereOneIsWanted) {
  for (const char* wrong : {"on", "7", R"({"value":null})", R"([{"name":"on",}])",
                            R"({"value":{"name":"on","when":1800000000}})"}) {
    EXPECT_TRUE(contains(argument(kPlan, wrong), "is no JSON list: send [{...}] with \"name\"")) << wrong;
  }
}

TEST(CommandArgument, OfAListNamesTheEntryAndTheMemberThatDoNotFit) {
  const std::string good = R"({"name":"on","when":1800000000})";
  const std::pair<std::string, std::string> wrong[] = {
      {"7", "7 is no object: send one with \"name\", \"when\""},
      {"{}", "The member \"name\" is missing: send [{...}] with \"name\", \"when\"."},
      {R"({"name":"on"})", "The member \"when\" is missing"},
      {R"({"name":"off","when":1800000000})", "\"name\": \"off\" is not an option: send on or limit"},
      {R"({"name":"on","when":1800000000,"repeat":601})", "\"repeat\": 601 is out of range: send a number from 0 to 600"},
      {R"({"name":"on","when":1800000000,"colour":1})", "\"colour\" is not known: \"plan\" takes \"name\", \"when\", \"repeat\", \"power\" in each object."},
      {R"({"name":"on","when":1800000000,"power":5})", "\"power\" does not fit here: only \"limit\" takes it."},
      {R"({"name":"limit","when":1800000000})", "\"power\" is missing: \"limit\" needs it."}};
  for (const auto& [entry, sentence] : wrong) {
    const std::string said = argument(kPlan, "[" + good + "," + entry + "]");
    EXPECT_TRUE(said.starts_with("Entry 2: ")) << said;
    EXPECT_TRUE(contains(said, sentence)) << said;
  }
  EXPECT_EQ(argument(kPlan, "[" + good + "," + good + "," + good + "," + good + "]"),
            "The list has 4 entries: send at most 3.");
}

TEST(CommandArgument, OfARowThatOnlyShowsIsRefused) {
  EXPECT_TRUE(contains(argument(row_of(Component::sensor), "1"), "takes no commands"));
  Entity closed = row_of(Component::sensor);
  closed.when = Condition("controls", "pause");
  EXPECT_TRUE(contains(argument(closed, "1"), "add \"pause\" to controls"));
}

}  // namespace
}  // namespace bridge
