#include "core/similar_word.hpp"

#include <gtest/gtest.h>

namespace bridge {
namespace {

const std::vector<std::string> kWords{"api_key", "base_url", "every", "quotas", "url", "username"};

TEST(SimilarWord, FindsAMissingAnAddedAWrongAndASwappedLetter) {
  EXPECT_EQ(similar_word("ap_key", kWords), "api_key");
  EXPECT_EQ(similar_word("api__key", kWords), "api_key");
  EXPECT_EQ(similar_word("quotes", kWords), "quotas");
  EXPECT_EQ(similar_word("evrey", kWords), "every");
  EXPECT_EQ(similar_word("ulr", kWords), "url");
}

TEST(SimilarWord, OverlooksLetterCase) { EXPECT_EQ(similar_word("BASE_URL", kWords), "base_url"); }

TEST(SimilarWord, ToleratesMoreInLongerWords) {
  EXPECT_EQ(similar_word("user_nam", kWords), "username");
}

TEST(SimilarWord, PrefersTheClosestAndThenTheFirst) {
  EXPECT_EQ(similar_word("lost", {"most", "last", "lost_it"}), "most");
  EXPECT_EQ(similar_word("lasst", {"most", "last"}), "last");
}

TEST(SimilarWord, IsEmptyWhereNothingIsClose) {
  EXPECT_EQ(similar_word("temperature", kWords), "");
  EXPECT_EQ(similar_word("x", {"y"}), "");
  EXPECT_EQ(similar_word("", {"a"}), "");
  EXPECT_EQ(similar_word("url", {}), "");
}

}  // namespace
}  // namespace bridge
