#include "io/stream_log.hpp"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <sstream>
#include <thread>

namespace bridge {
namespace {

class StreamLogTest : public testing::Test {
 protected:
  StreamLogTest() {
    ::unsetenv("JOURNAL_STREAM");
    testing::internal::CaptureStderr();
  }
  ~StreamLogTest() override {
    ::unsetenv("JOURNAL_STREAM");
    if (is_captured_) testing::internal::GetCapturedStderr();
  }

  std::string written() {
    is_captured_ = false;
    return testing::internal::GetCapturedStderr();
  }

 private:
  bool is_captured_ = true;
};

TEST_F(StreamLogTest, WritesTimeAndLevelToAFile) {
  make_stream_log(Level::info, {})->say(Level::warning, "fleet", "no answer");
  const std::string line = written();
  ASSERT_GT(line.size(), 20u);
  EXPECT_EQ(line.substr(19), "Z warning fleet: no answer\n");
}

TEST_F(StreamLogTest, WritesThePriorityToTheJournal) {
  struct stat found {};
  ASSERT_EQ(::fstat(STDERR_FILENO, &found), 0);
  const std::string own = std::to_string(found.st_dev) + ":" + std::to_string(found.st_ino);
  ::setenv("JOURNAL_STREAM", own.c_str(), 1);
  make_stream_log(Level::info, {})->say(Level::warning, "fleet", "no answer");
  EXPECT_EQ(written(), "<4>fleet: no answer\n");
}

TEST_F(StreamLogTest, DoesNotTakeAnotherStreamForTheJournal) {
  ::setenv("JOURNAL_STREAM", "1:1", 1);
  make_stream_log(Level::info, {})->say(Level::warning, "fleet", "no answer");
  EXPECT_EQ(written()[0], '2');
}

TEST_F(StreamLogTest, LeavesOutWhatIsBelowItsLevel) {
  const auto log = make_stream_log(Level::warning, {});
  log->say(Level::info, "", "hidden");
  log->set_level(Level::debug);
  log->say(Level::debug, "", "shown");
  const std::string all = written();
  EXPECT_EQ(all.find("hidden"), std::string::npos);
  EXPECT_NE(all.find("debug shown\n"), std::string::npos);
}

TEST_F(StreamLogTest, TakesSecretsOutAndKeepsToOneLine) {
  make_stream_log(Level::info, {"topsecret"})
      ->say(Level::info, "topsecret", "key topsecret of jane@example.com\nGET /x?a=b");
  EXPECT_EQ(written().substr(21), "info ***: key *** of *** GET /x?***\n");
}

TEST_F(StreamLogTest, TakesOutWhatItIsToldLaterToo) {
  const auto log = make_stream_log(Level::info, {"first"});
  log->hide({"second", "first"});
  log->say(Level::info, "a", "first and second");
  EXPECT_EQ(written().substr(21), "info a: *** and ***\n");
}

TEST_F(StreamLogTest, CountsRepetitionsUntilItsEnd) {
  {
    const auto log = make_stream_log(Level::info, {});
    for (int time = 0; time < 5; ++time) log->say(Level::warning, "a", "b");
  }
  const std::string all = written();
  EXPECT_NE(all.find("warning a: b\n"), std::string::npos);
  EXPECT_NE(all.find("warning a: b (repeated 4 times)\n"), std::string::npos);
}

TEST_F(StreamLogTest, KeepsTheLinesOfTwoThreadsApart) {
  constexpr int kLines = 200;
  {
    const auto log = make_stream_log(Level::info, {});
    const auto speak = [&](const std::string& about) {
      for (int line = 0; line < kLines; ++line) {
        log->say(Level::info, about, "line " + std::to_string(line) + " end");
      }
    };
    std::thread other([&] { speak("other"); });
    speak("own");
    other.join();
  }
  std::istringstream all(written());
  int lines = 0;
  for (std::string line; std::getline(all, line); ++lines) {
    EXPECT_EQ(line.rfind("2", 0), 0u) << line;
    EXPECT_EQ(line.substr(line.size() - 4), " end") << line;
  }
  EXPECT_EQ(lines, 2 * kLines);
}

}  // namespace
}  // namespace bridge
