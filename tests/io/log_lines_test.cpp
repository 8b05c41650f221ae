#include "io/log_lines.hpp"

#include <gtest/gtest.h>

namespace bridge {
namespace {

using namespace std::chrono_literals;

const Instant kNoon{1'778'241'600'000ms};

/// What is said about the broker by the journal's form at a moment.
std::string said(LogLines& lines, std::string_view text, std::chrono::milliseconds uptime) {
  return lines.say(Level::warning, "mqtt", text, kNoon, uptime);
}

TEST(LogLines, HaveAPriorityUnderTheJournalAndATimeElsewhere) {
  LogLines journal(LogLines::Form::journal);
  EXPECT_EQ(journal.say(Level::error, "fleet", "no answer", kNoon, 0ms), "<3>fleet: no answer\n");
  EXPECT_EQ(journal.say(Level::debug, "", "started", kNoon, 0ms), "<7>started\n");
  LogLines plain(LogLines::Form::plain);
  EXPECT_EQ(plain.say(Level::warning, "fleet", "no answer", kNoon, 0ms),
            "2026-05-08T12:00:00Z warning fleet: no answer\n");
}

TEST(LogLines, CountRepetitionsUntilSomethingElseIsSaid) {
  LogLines lines(LogLines::Form::journal);
  EXPECT_EQ(said(lines, "refused", 0s), "<4>mqtt: refused\n");
  for (int time = 0; time < 41; ++time) EXPECT_EQ(said(lines, "refused", 1s), "");
  EXPECT_EQ(said(lines, "connected", 2s),
            "<4>mqtt: refused (repeated 41 times)\n<4>mqtt: connected\n");
  EXPECT_EQ(said(lines, "refused", 3s), "<4>mqtt: refused\n");
  EXPECT_EQ(said(lines, "connected", 4s), "<4>mqtt: connected\n");
}

TEST(LogLines, SayTheCountEveryTenMinutes) {
  LogLines lines(LogLines::Form::journal);
  said(lines, "refused", 0min);
  EXPECT_EQ(said(lines, "refused", 5min), "");
  EXPECT_EQ(said(lines, "refused", 10min), "<4>mqtt: refused (repeated 2 times)\n");
  EXPECT_EQ(said(lines, "refused", 19min), "");
  EXPECT_EQ(said(lines, "refused", 20min), "<4>mqtt: refused (repeated 2 times)\n");
}

TEST(LogLines, SayALineThatComesSeldomEveryTime) {
  LogLines lines(LogLines::Form::journal);
  EXPECT_EQ(said(lines, "renewed", 0h), "<4>mqtt: renewed\n");
  EXPECT_EQ(said(lines, "renewed", 1h), "<4>mqtt: renewed\n");
  EXPECT_EQ(said(lines, "renewed", 2h), "<4>mqtt: renewed\n");
}

TEST(LogLines, AreNotRepetitionsInAnotherLevel) {
  LogLines lines(LogLines::Form::journal);
  EXPECT_EQ(lines.say(Level::info, "mqtt", "x", kNoon, 0s), "<6>mqtt: x\n");
  EXPECT_EQ(lines.say(Level::error, "mqtt", "x", kNoon, 0s), "<3>mqtt: x\n");
}

TEST(LogLines, SayEachThingThatHappenedHoweverOftenItDid) {
  LogLines lines(LogLines::Form::journal);
  for (const Level level : {Level::notice, Level::info, Level::debug}) {
    for (int time = 0; time < 3; ++time) {
      EXPECT_NE(lines.say(level, "home", "load ON confirmed", kNoon, 0s), "");
    }
  }
  EXPECT_EQ(lines.rest(kNoon), "");
}

TEST(LogLines, CountForEachSubjectByItself) {
  LogLines lines(LogLines::Form::journal);
  for (int round = 0; round < 3; ++round) {
    const std::string pool = lines.say(Level::error, "pool", "down", kNoon, 0s);
    const std::string home = lines.say(Level::error, "home", "down", kNoon, 0s);
    EXPECT_EQ(pool, round == 0 ? "<3>pool: down\n" : "");
    EXPECT_EQ(home, round == 0 ? "<3>home: down\n" : "");
  }
  EXPECT_EQ(lines.say(Level::info, "other", "up", kNoon, 10min),
            "<3>home: down (repeated 2 times)\n<3>pool: down (repeated 2 times)\n<6>other: up\n");
}

TEST(LogLines, SayTheOpenCountsAtTheEnd) {
  LogLines lines(LogLines::Form::journal);
  for (int time = 0; time < 4; ++time) said(lines, "refused", 0s);
  EXPECT_EQ(lines.rest(kNoon), "<4>mqtt: refused (repeated 3 times)\n");
  EXPECT_EQ(lines.rest(kNoon), "");
}

}  // namespace
}  // namespace bridge
