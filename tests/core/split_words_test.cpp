#include "core/split_words.hpp"

#include <gtest/gtest.h>

namespace bridge {
namespace {

TEST(SplitWords, TakesAnyBlanksBetweenWords) {
  EXPECT_EQ(split_words("  a b\n\tc "), (std::vector<std::string>{"a", "b", "c"}));
  EXPECT_TRUE(split_words(" ").empty());
}

}  // namespace
}  // namespace bridge
