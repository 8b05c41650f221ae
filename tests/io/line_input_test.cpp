#include "io/line_input.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <boost/asio/io_context.hpp>

#include "support/run.hpp"

namespace bridge {
namespace {

class LineInputTest : public testing::Test {
 protected:
  LineInputTest() { EXPECT_EQ(::pipe(ends), 0); }
  ~LineInputTest() override {
    ::close(ends[0]);
    if (ends[1] >= 0) ::close(ends[1]);
  }
  void write(const std::string& text) {
    EXPECT_EQ(::write(ends[1], text.data(), text.size()), static_cast<ssize_t>(text.size()));
  }
  void end() { ::close(std::exchange(ends[1], -1)); }

  boost::asio::io_context loop{1};
  int ends[2] = {-1, -1};
};

TEST_F(LineInputTest, GivesLineByLineAndWhatStandsBeforeTheEnd) {
  LineInput input(loop.get_executor(), ends[0]);
  write("one\r\n\ntwo\nrest");
  end();
  EXPECT_EQ(run(loop, input.next()), "one");
  EXPECT_EQ(run(loop, input.next()), "");
  EXPECT_EQ(run(loop, input.next()), "two");
  EXPECT_EQ(run(loop, input.next()), "rest");
  EXPECT_EQ(run(loop, input.next()), std::nullopt);
}

TEST_F(LineInputTest, EndsWhereNothingCanBeRead) {
  LineInput closed(loop.get_executor(), -1);
  EXPECT_EQ(run(loop, closed.next()), std::nullopt);
  const int null = ::open("/dev/null", O_RDONLY);
  LineInput empty(loop.get_executor(), null);
  EXPECT_EQ(run(loop, empty.next()), std::nullopt);
  ::close(null);
}

TEST_F(LineInputTest, GivesTheDescriptorItsModeBack) {
  {
    LineInput input(loop.get_executor(), ends[0]);
    write("one\n");
    EXPECT_EQ(run(loop, input.next()), "one");
  }
  EXPECT_EQ(::fcntl(ends[0], F_GETFL) & O_NONBLOCK, 0);
}

}  // namespace
}  // namespace bridge
