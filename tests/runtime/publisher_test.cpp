#include "runtime/publisher.hpp"

#include <gtest/gtest.h>

#include <boost/asio/io_context.hpp>

#include "support/recording_link.hpp"

namespace bridge {
namespace {

class Silence : public Log {
 public:
  void say(Level, std::string_view, std::string_view) override {}
};

class Nobody : public LinkListener {
 public:
  void connected(const LinkFacts&) override {}
  void disconnected(const std::string&) override {}
  void room() override {}
  void arrived(Arrival) override {}
  std::int64_t keep(const Arrival&) override { return 0; }
};

class PublisherTest : public testing::Test {
 protected:
  PublisherTest() { link.start(listener, {}, {}); }
  void send(const std::string& payload) {
    publisher.send({"event", payload, 1, Retain::no, true, {}}, [this](bool) { ++done; });
  }

  boost::asio::io_context loop{1};
  Nobody listener;
  Silence log;
  RecordingLink link{loop};
  Publisher publisher{link, log};
  int done = 0;
};

TEST_F(PublisherTest, HoldsNoMessageWithoutAConnection) {
  for (int count = 0; count < 1000; ++count) send("away");
  EXPECT_EQ(publisher.waiting(), 0U);
  link.connect();
  publisher.pump();
  loop.poll();
  EXPECT_TRUE(link.said.empty());
  EXPECT_EQ(done, 0);
}

TEST_F(PublisherTest, KeepsMessagesUntilTheLinkHasRoom) {
  link.connect();
  link.room = 0;
  send("first");
  send("second");
  EXPECT_EQ(publisher.waiting(), 2U);
  link.room = 1;
  publisher.pump();
  loop.poll();
  EXPECT_EQ(link.on("event"), (std::vector<std::string>{"first", "second"}));
  EXPECT_EQ(done, 2);
}

}  // namespace
}  // namespace bridge
