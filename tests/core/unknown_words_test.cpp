#include "core/unknown_words.hpp"

#include <gtest/gtest.h>

namespace bridge {
namespace {

TEST(UnknownWords, EachIsToldOncePerAccountAndRow) {
  UnknownWords words;
  EXPECT_EQ(words.sentence("home", "pump", {"mode", "purging"}),
            "pump, mode: the vendor says \"purging\", which its documents do not list: it is shown as "
            "unknown; please report it");
  EXPECT_EQ(words.sentence("home", "pump", {"mode", "purging"}), "");
  EXPECT_NE(words.sentence("home", "pump", {"mode", "resting"}), "");
  EXPECT_NE(words.sentence("home", "pump", {"state", "purging"}), "");
  EXPECT_NE(words.sentence("away", "pump", {"mode", "purging"}), "");
}

TEST(UnknownWords, AreNotTrusted) {
  UnknownWords words;
  const auto said = words.sentence("home", "pump", {"mode", "ann@example.org\n" + std::string(500, 'x')});
  EXPECT_EQ(said.find("ann@"), std::string::npos);
  EXPECT_EQ(said.find('\n'), std::string::npos);
  EXPECT_LT(said.size(), 200U);
}

TEST(UnknownWords, EndWhenNobodyReadsMore) {
  UnknownWords words;
  int told = 0;
  for (int each = 0; each < 1000; ++each) {
    told += !words.sentence("home", "pump", {"mode", "word" + std::to_string(each)}).empty();
  }
  EXPECT_EQ(told, 50);
}

}  // namespace
}  // namespace bridge
