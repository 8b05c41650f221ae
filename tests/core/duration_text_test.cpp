#include "core/duration_text.hpp"

#include <gtest/gtest.h>

namespace bridge {
namespace {

using namespace std::chrono_literals;

TEST(DurationText, ReadsEveryUnit) {
  EXPECT_EQ(parse_duration("500ms"), 500ms);
  EXPECT_EQ(parse_duration("30s"), 30s);
  EXPECT_EQ(parse_duration("5min"), 5min);
  EXPECT_EQ(parse_duration("1h"), 1h);
  EXPECT_EQ(parse_duration("2d"), 48h);
  EXPECT_EQ(parse_duration("0s"), 0ms);
}

TEST(DurationText, RefusesOtherText) {
  for (const char* text : {"", "5", "s", "5m", "5 s", " 5s", "5s ", "5S", "-5s", "+5s", "1.5h",
                           "1h30min", "5sec", "0x5s", "9223372036854775808ms"}) {
    EXPECT_EQ(parse_duration(text), std::nullopt) << text;
  }
}

TEST(DurationText, RefusesWhatDoesNotFit) {
  EXPECT_EQ(parse_duration("9223372036854775807ms"), std::chrono::milliseconds::max());
  EXPECT_EQ(parse_duration("9223372036854775807d"), std::nullopt);
  EXPECT_EQ(parse_duration("106751991168d"), std::nullopt);
  EXPECT_TRUE(parse_duration("106751991167d").has_value());
}

TEST(DurationText, WritesTheLargestUnitThatIsExact) {
  EXPECT_EQ(duration_text(0ms), "0s");
  EXPECT_EQ(duration_text(1ms), "1ms");
  EXPECT_EQ(duration_text(1500ms), "1500ms");
  EXPECT_EQ(duration_text(1s), "1s");
  EXPECT_EQ(duration_text(90s), "90s");
  EXPECT_EQ(duration_text(60s), "1min");
  EXPECT_EQ(duration_text(2h), "2h");
  EXPECT_EQ(duration_text(24h), "1d");
  EXPECT_EQ(duration_text(25h), "25h");
}

TEST(DurationText, ReadsBackWhatItWrote) {
  for (const auto span :
       {1ms, 999ms, 60'000ms, 90'000ms, 3'600'000ms, 86'400'000ms, 86'400'001ms}) {
    EXPECT_EQ(parse_duration(duration_text(span)), span);
  }
}

}  // namespace
}  // namespace bridge
