#include "core/characters.hpp"

#include <gtest/gtest.h>

namespace bridge {
namespace {

TEST(TakeCharacter, ReadsCharactersOfEveryLength) {
  std::string_view text = "aä水\U0001F600";
  EXPECT_EQ(take_character(text), U'a');
  EXPECT_EQ(take_character(text), U'ä');
  EXPECT_EQ(take_character(text), U'水');
  EXPECT_EQ(take_character(text), U'\U0001F600');
  EXPECT_EQ(take_character(text), std::nullopt);
}

TEST(TakeCharacter, SkipsOneByteOfWhatIsNoUtf8) {
  for (const std::string_view broken :
       {"\xff", "\x80", "\xc3", "\xc0\xaf", "\xe0\x80\x80", "\xed\xa0\x80", "\xf4\x90\x80\x80"}) {
    std::string_view text = broken;
    EXPECT_EQ(take_character(text), std::nullopt);
    EXPECT_EQ(text.size(), broken.size() - 1);
  }
}

TEST(CharacterCount, CountsCharactersNotBytes) { EXPECT_EQ(character_count("aä水"), 3u); }

TEST(SingleLine, TakesOutControlCharactersAndSuperfluousBlanks) {
  EXPECT_EQ(single_line("  Garden\r\n\tpump\x7f\xc2\x85 2 ", 100), "Garden pump 2");
  EXPECT_EQ(single_line("a\xff"
                        "b",
                        100),
            "a b");
  EXPECT_EQ(single_line("\n", 100), "");
}

TEST(SingleLine, IsCutBetweenCharacters) {
  EXPECT_EQ(single_line("水水水", 2), "水水");
  EXPECT_EQ(single_line("a b", 2), "a");
  EXPECT_EQ(single_line("a b", 3), "a b");
}

TEST(Shortened, SaysWhetherSomethingWasCut) {
  EXPECT_EQ(shortened("水水水", 2), "水水...");
  EXPECT_EQ(shortened(" 水\n水 ", 3), "水 水");
  EXPECT_EQ(shortened("", 3), "");
}

TEST(Slug, IsLowerCaseLettersDigitsAndSingleUnderlines) {
  EXPECT_EQ(slug("Garden pump (2)"), "garden_pump_2");
  EXPECT_EQ(slug("__a__b__"), "a_b");
  EXPECT_EQ(slug("Wärmepumpe Süd, Straße"), "warmepumpe_sud_strasse");
  EXPECT_EQ(slug("水"), "");
}

}  // namespace
}  // namespace bridge
