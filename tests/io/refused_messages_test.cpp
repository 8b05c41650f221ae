#include "io/refused_messages.hpp"

#include <gtest/gtest.h>

namespace bridge {
namespace {

TEST(RefusedMessages, AreNamedOnceForEachCauseAndCountedLater) {
  RefusedMessages refused;
  EXPECT_EQ(refused.add("a/0", "no access"), "the message to a/0 was refused: no access");
  EXPECT_TRUE(refused.counted().empty());
  for (int topic = 1; topic < 2000; ++topic) {
    EXPECT_EQ(refused.add("a/" + std::to_string(topic), "no access"), "");
  }
  EXPECT_EQ(refused.add("a/0", "too large"), "the message to a/0 was refused: too large");
  EXPECT_EQ(refused.counted(),
            std::vector<std::string>{
                "the messages to a/0 and 1999 more topics were refused: no access"});
}

TEST(RefusedMessages, AreCountedByTopic) {
  RefusedMessages refused;
  refused.add("a", "no access");
  refused.add("a", "no access");
  EXPECT_TRUE(refused.counted().empty());
  refused.add("b", "no access");
  refused.add("b", "no access");
  EXPECT_EQ(refused.counted(),
            std::vector<std::string>{"the messages to a and 1 more topic were refused: no access"});
  refused.add("b", "no access");
  EXPECT_TRUE(refused.counted().empty());
}

TEST(RefusedMessages, AreSaidAnewOnANewConnection) {
  RefusedMessages refused;
  refused.add("a", "no access");
  refused.forget();
  EXPECT_NE(refused.add("a", "no access"), "");
}

}  // namespace
}  // namespace bridge
