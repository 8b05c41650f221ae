#include "bridge/timestamp.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <string>

namespace bridge {
namespace {

using namespace std::chrono_literals;

const Instant kAfternoon =
    std::chrono::sys_days(std::chrono::year(2026) / 5 / 8) + 15h + 3min + 15s;

TEST(Timestamp, ReadsUtcAndOffsetsAsTheSameMoment) {
  for (const char* written :
       {"2026-05-08T15:03:15Z", "2026-05-08t15:03:15z", "2026-05-08 15:03:15Z",
        "2026-05-08T17:03:15+02:00", "2026-05-08T17:03:15+0200", "2026-05-08T17:03:15+02",
        "2026-05-08T12:33:15-02:30", "2026-05-09T01:03:15+1000", "2026-05-08 15:03:15",
        "2026-05-08T15:03:15", "2026-05-08T15:03:15.000Z", "2026-05-08 17:03:15 +0200"}) {
    EXPECT_EQ(parse_time(written), kAfternoon) << written;
  }
}

TEST(Timestamp, KeepsMillisecondsAndDropsWhatIsFiner) {
  EXPECT_EQ(parse_time("2026-05-08T15:03:15.5Z"), kAfternoon + 500ms);
  EXPECT_EQ(parse_time("2026-05-08T15:03:15.07+00:00"), kAfternoon + 70ms);
  EXPECT_EQ(parse_time("2026-05-08T15:03:15.123456789Z"), kAfternoon + 123ms);
}

TEST(Timestamp, ReadsATimeWithoutSecondsAndADateAlone) {
  EXPECT_EQ(parse_time("2026-05-08T15:03Z"), kAfternoon - 15s);
  EXPECT_EQ(parse_time("2026-05-08T15:03+00:00"), kAfternoon - 15s);
  EXPECT_EQ(parse_time("2026-05-08"), kAfternoon - 15h - 3min - 15s);
}

TEST(Timestamp, CountsALeapSecondAsTheNextMinute) {
  EXPECT_EQ(parse_time("2016-12-31T23:59:60Z"), parse_time("2017-01-01T00:00:00Z"));
}

TEST(Timestamp, KnowsLeapYears) {
  EXPECT_TRUE(parse_time("2024-02-29").has_value());
  EXPECT_FALSE(parse_time("2025-02-29").has_value());
  EXPECT_FALSE(parse_time("2100-02-29").has_value());
}

TEST(Timestamp, TakesTheWordsForNeverAsNothing) {
  for (const char* written :
       {"0001-01-01T00:00:00Z", "0001-01-01T00:00:00", "0001-12-31", "0000-00-00 00:00:00",
        "1970-01-01T00:00:00Z", "1970-01-01 00:00:00", "1970-01-01", "1970-01-01T01:00:00+01:00"}) {
    EXPECT_EQ(parse_time(written), std::nullopt) << written;
  }
  EXPECT_TRUE(parse_time("1970-01-01T00:00:01Z").has_value());
}

TEST(Timestamp, RefusesWhatIsNoTime) {
  for (const char* written : {"",
                              "now",
                              "2026",
                              "2026-05",
                              "2026-5-8",
                              "2026-13-01",
                              "2026-00-10",
                              "2026-05-32",
                              "2026-05-08T",
                              "2026-05-08T15",
                              "2026-05-08T24:00:00Z",
                              "2026-05-08T15:60Z",
                              "2026-05-08T15:03:61Z",
                              "2026-05-08T15:03:15.Z",
                              "2026-05-08T15:03:15,5Z",
                              "2026-05-08T15:03:15Zulu",
                              "2026-05-08T15:03:15+2",
                              "2026-05-08T15:03:15+02:",
                              "2026-05-08T15:03:15+02:60",
                              "2026-05-08T15:03:15+24:00",
                              " 2026-05-08",
                              "2026-05-08 ",
                              "-026-05-08",
                              "2026-05-08T1a:03:15Z",
                              "2026-05-08x15:03:15Z",
                              "20260508T150315Z",
                              "2026-05-08T15:03:15+02:00Z",
                              "2026-05-08Z"}) {
    EXPECT_EQ(parse_time(written), std::nullopt) << written;
  }
}

TEST(Timestamp, WritesUtcWithMilliseconds) {
  EXPECT_EQ(format_time(kAfternoon), "2026-05-08T15:03:15.000Z");
  EXPECT_EQ(format_time(kAfternoon + 7ms), "2026-05-08T15:03:15.007Z");
  EXPECT_EQ(format_time(Instant()), "1970-01-01T00:00:00.000Z");
  EXPECT_EQ(format_time(Instant(-1ms)), "1969-12-31T23:59:59.999Z");
}

TEST(Timestamp, ReadsBackWhatItWrote) {
  for (Instant instant = Instant(1ms); instant < kAfternoon; instant += 12'345'678'901ms) {
    EXPECT_EQ(parse_time(format_time(instant)), instant) << format_time(instant);
  }
}

TEST(MomentAt, TakesTextOrSecondsSince1970) {
  const Json facts = {{"text", "2023-08-03T04:13:11Z"}, {"whole", 1691035991}, {"fraction", 1691035991.25}};
  EXPECT_EQ(moment_at(facts, "/text"), parse_time("2023-08-03T04:13:11Z"));
  EXPECT_EQ(moment_at(facts, "/whole"), parse_time("2023-08-03T04:13:11Z"));
  EXPECT_EQ(moment_at(facts, "/fraction"), parse_time("2023-08-03T04:13:11.250Z"));
}

TEST(MomentAt, IsNothingForWhatIsNoMoment) {
  for (const Json& other : {Json(), Json(0), Json(-5), Json(900), Json(1691035991000), Json(1e300), Json(true),
                            Json("1691035991"), Json("soon"), Json(boost::json::array())}) {
    EXPECT_FALSE(moment_at(other, "")) << other;
  }
}

}  // namespace
}  // namespace bridge
