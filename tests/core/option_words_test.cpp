#include "core/option_words.hpp"

#include <gtest/gtest.h>

#include "bridge/rows.hpp"

namespace bridge {
namespace {

constexpr std::string_view kMeters[] = {"none", "tuf2000m", "unknown"};
constexpr std::string_view kPlain[] = {"away", "home"};

TEST(OptionWords, AreSpecialWhereHomeAssistantTakesThemForNoValue) {
  for (const char* word : {"none", "None", "NONE", "unavailable"}) {
    EXPECT_TRUE(is_special_word(Component::select, word)) << word;
    EXPECT_TRUE(is_special_word(Component::sensor, word)) << word;
  }
  for (const char* word : {"", "non", "nones", "no", "off", "Unavailable", "(none)"}) {
    EXPECT_FALSE(is_special_word(Component::select, word)) << word;
    EXPECT_FALSE(is_special_word(Component::sensor, word)) << word;
  }
  EXPECT_FALSE(is_special_word(Component::event, "none"));
}

TEST(OptionWords, MayBeUnknownToASensorAndNotToAControl) {
  EXPECT_FALSE(is_special_word(Component::sensor, "unknown"));
  EXPECT_TRUE(is_special_word(Component::select, "unknown"));
}

TEST(OptionWords, StandInBracketsWhereTheyAreSpecial) {
  EXPECT_EQ(shown_option(Component::select, "none"), "(none)");
  EXPECT_EQ(shown_option(Component::select, "away"), "away");
  EXPECT_FALSE(is_special_word(Component::select, shown_option(Component::select, "None")));
}

TEST(OptionWords, AreMappedBothWaysAndOnlyWhereThereIsSomethingToMap) {
  constexpr Entity meter = select("meter", "Meter", "/x", kMeters, nullptr);
  EXPECT_EQ(shown_expression(meter, "value_json.meter"),
            "{'none': '(none)', 'unknown': '(unknown)'}.get(value_json.meter, value_json.meter)");
  EXPECT_EQ(sent_expression(meter, "value"),
            "{'(none)': 'none', '(unknown)': 'unknown'}.get(value, value)");
  constexpr Entity plain = select("mode", "Mode", "/x", kPlain, nullptr);
  EXPECT_EQ(shown_expression(plain, "value_json.mode"), "value_json.mode");
  EXPECT_EQ(sent_expression(plain, "value"), "value");
}

}  // namespace
}  // namespace bridge
