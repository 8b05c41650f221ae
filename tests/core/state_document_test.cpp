#include "core/state_document.hpp"

#include <gtest/gtest.h>

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

namespace bridge {
namespace {

constexpr std::string_view kModes[] = {"away", "home"};

Json minus_one(const Json& fact) { return fact.is_int64() ? Json(fact.get_int64() - 1) : Json(); }
Json pair_count(const Json& fact) {
  return fact.is_object() ? Json(fact.get_object().size()) : Json();
}
Json said_when_missing(const Json& fact) { return fact.is_null() ? Json("nothing") : fact; }

ResolvedRow as_row(const Entity& entity) {
  return {&entity, std::string(entity.unit), entity.device_class};
}

/// What is published for the fact at "/x".
std::string published(const Entity& entity, std::string_view fact) {
  Device device;
  device.facts = boost::json::parse("{\"x\":" + std::string(fact) + "}");
  const Json value = published_value(as_row(entity), device, true);
  ResolvedKind kind;
  kind.rows.push_back(as_row(entity));
  EXPECT_EQ(boost::json::parse(state_document(kind, device, true)).at(entity.key), value);
  return boost::json::serialize(value);
}

constexpr Entity kVolts = volts("x", "X", "/x");
constexpr Entity kText = sensor("x", "X", "/x");
constexpr Entity kFlag = state_of("x", "X", "/x");
constexpr Entity kMoment = moment("x", "X", "/x");
constexpr Entity kChoice = choice("x", "X", "/x", kModes);
constexpr Entity kSelect = select("x", "X", "/x", kModes, nullptr);
constexpr Entity kNumber = number("x", "X", "/x", "%", {.minimum = 0, .maximum = 100}, nullptr);
constexpr Entity kToggle = toggle("x", "X", "/x", nullptr);

TEST(PublishedNumber, IsTheNumberAlsoFromText) {
  EXPECT_EQ(published(kVolts, "42"), "42");
  EXPECT_EQ(published(kVolts, "-7"), "-7");
  EXPECT_EQ(published(kVolts, "18446744073709551615"), "18446744073709551615");
  EXPECT_EQ(published(kVolts, "\"0.5\""), published(kVolts, "0.5"));
}

TEST(PublishedNumber, IsNullForWhatIsNone) {
  for (const auto* fact : {"null", "true", "\"\"", "\"no_data\"", "\"12 V\"", "[1]", "{}"}) {
    EXPECT_EQ(published(kVolts, fact), "null") << fact;
  }
}

TEST(PublishedNumber, IsReadFromTextWhereOnlyAStateClassTellsThatItIsOne) {
  constexpr Entity counted = counter("x", "X", "/x");
  EXPECT_EQ(published(counted, "\"no_data\""), "null");
}

TEST(PublishedNumber, StaysOneWhereTheAccountHasNoUnitForIt) {
  static constexpr Entity water = water_total("x", "X", "/x").counting(StateClass::none);
  Device device;
  device.facts = {{"x", "17"}};
  EXPECT_EQ(published_value({&water, "", DeviceClass::none}, device, true), Json(17.0));
}

TEST(PublishedNumber, OfAControlIsNullOutsideItsRange) {
  EXPECT_EQ(published(kNumber, "0"), "0");
  EXPECT_EQ(published(kNumber, "100"), "100");
  EXPECT_EQ(published(kNumber, "100.5"), "null");
  EXPECT_EQ(published(kNumber, "-1"), "null");
}

TEST(PublishedFlag, IsABooleanFromEveryFormOfOne) {
  for (const Entity& entity : {kFlag, kToggle}) {
    for (const auto* fact : {"true", "1", "1.0", "\"true\""}) {
      EXPECT_EQ(published(entity, fact), "true") << fact;
    }
    for (const auto* fact : {"false", "0", "0.0", "\"false\""}) {
      EXPECT_EQ(published(entity, fact), "false") << fact;
    }
  }
}

TEST(PublishedFlag, IsNullForWhatIsNeither) {
  for (const auto* fact : {"null", "2", "\"ON\"", "\"\"", "[]", "-1"}) {
    EXPECT_EQ(published(kFlag, fact), "null") << fact;
  }
}

TEST(PublishedMoment, IsWrittenAsRfc3339InUtc) {
  EXPECT_EQ(published(kMoment, "\"2026-05-08T15:03:15Z\""), "\"2026-05-08T15:03:15.000Z\"");
}

TEST(PublishedMoment, IsNullForWhatIsNone) {
  for (const auto* fact : {"null", "\"\"", "\"yesterday\"", "\"0001-01-01T00:00:00Z\"", "17"}) {
    EXPECT_EQ(published(kMoment, fact), "null") << fact;
  }
}

TEST(PublishedWord, IsOneOfTheOptionsOrNull) {
  for (const Entity& entity : {kChoice, kSelect}) {
    EXPECT_EQ(published(entity, "\"away\""), "\"away\"");
    EXPECT_EQ(published(entity, "\"Away\""), "null");
    EXPECT_EQ(published(entity, "\"\""), "null");
    EXPECT_EQ(published(entity, "1"), "null");
  }
}

TEST(StateDocument, TellsTheWordsThatNoListHas) {
  const auto unknown_words = [](const Entity& entity, const Json& fact) {
    ResolvedKind kind;
    kind.rows.push_back(as_row(entity));
    Device device;
    device.facts = {{"x", fact}};
    std::vector<UnknownWord> unknown;
    state_document(kind, device, true, {}, &unknown);
    std::string told;
    for (const UnknownWord& each : unknown) told += std::string(each.key) + '=' + each.word;
    return told;
  };
  EXPECT_EQ(unknown_words(kChoice, "asleep"), "x=asleep");
  EXPECT_EQ(unknown_words(kSelect, 7), "x=7");
  EXPECT_EQ(unknown_words(kChoice, "home"), "");
  EXPECT_EQ(unknown_words(kChoice, nullptr), "");
  EXPECT_EQ(unknown_words(kChoice, ""), "");
  EXPECT_EQ(unknown_words(kText, "asleep"), "");
}

TEST(PublishedText, IsTheTextAndNullWhereThereIsNone) {
  EXPECT_EQ(published(kText, "\"v1.2\""), "\"v1.2\"");
  EXPECT_EQ(published(kText, "12"), "12");
  EXPECT_EQ(published(kText, "\"\""), "null");
  EXPECT_EQ(published(kText, "[\"a\"]"), "null");
}

TEST(PublishedText, IsCutAt255CharactersAndNeverInsideOne) {
  std::string long_text;
  for (int i = 0; i < 300; ++i) long_text += "水";
  Device device;
  device.facts = {{"x", long_text}};
  const Json value = published_value(as_row(kText), device, true);
  EXPECT_EQ(value.as_string(), long_text.substr(0, 255 * 3));
  device.facts = {{"x", long_text.substr(0, 255 * 3)}};
  EXPECT_EQ(published_value(as_row(kText), device, true).as_string().size(), 255u * 3);
}

TEST(PublishedValue, GoesThroughTheRowsConversion) {
  static constexpr Entity reduced = measurement("x", "X", "/x").via(minus_one);
  EXPECT_EQ(published(reduced, "5"), "4");
}

TEST(PublishedValue, AsksTheConversionAlsoAboutWhatIsMissing) {
  static constexpr Entity told = sensor("x", "X", "/y").via(said_when_missing);
  EXPECT_EQ(published(told, "5"), "\"nothing\"");
}

TEST(PublishedValue, HandsTheWholeFactsToAConversionWithoutAPointer) {
  static constexpr Entity counted = measurement("x", "X", "").via(pair_count);
  EXPECT_EQ(published(counted, "5"), "1");
}

TEST(PublishedValue, OfTheOnlineRowIsTheCoresOwnVerdict) {
  static constexpr Entity connected = online("online", "Online");
  EXPECT_EQ(published_value(as_row(connected), Device{}, true), Json(true));
  EXPECT_EQ(published_value(as_row(connected), Device{}, false), Json(false));
}

constexpr Argument kStep[] = {{.name = "name", .kind = Argument::text}, {"power", {0, 50}}};
constexpr ObjectList kSteps{.members = kStep, .needed = 1, .most = 3, .facts = "/x"};

TEST(PublishedList, IsTheListAsItMayBeSentBack) {
  static constexpr Entity plan = list_command("x", "X", kSteps, nullptr);
  EXPECT_EQ(published(plan, R"([{"power":50,"name":"a\"b","owner":"x"}])"), R"([{"name":"a\"b","power":50}])");
  EXPECT_EQ(published(plan, "[]"), "[]");
  for (const auto* fact : {"null", "{}", "\"[]\"", "7"}) EXPECT_EQ(published(plan, fact), "null") << fact;
}

TEST(StateDocument, HasEveryRowWithAStateInTheirOrder) {
  static constexpr std::string_view kTypes[] = {"relay"};
  static constexpr Entity kRows[] = {
      toggle("load", "Load", "/list/on", nullptr), volts("voltage", "Voltage", "/list/volts"),
      press("refresh", "Refresh", nullptr),        happening("reports", "Reports", kTypes),
      sensor("reason", "Reason", "/list/reason"),  online("online", "Online"),
      moment("seen", "Seen", "/list/seen"),
  };
  ResolvedKind kind;
  for (const Entity& row : kRows) kind.rows.push_back(as_row(row));
  Device device;
  device.facts = boost::json::parse(R"({"list":{"on":true,"volts":15420.5,"reason":"a\"b"}})");
  EXPECT_EQ(state_document(kind, device, false),
            R"({"load":true,"voltage":15420.5,"reason":"a\"b","online":false,"seen":null})");
}

TEST(StateDocument, OfAKindWithoutStatesIsAnEmptyObject) {
  EXPECT_EQ(state_document(ResolvedKind{}, Device{}, true), "{}");
}

}  // namespace
}  // namespace bridge
