#include "core/refusal.hpp"

#include <gtest/gtest.h>

#include <boost/json/parse.hpp>

namespace bridge {
namespace {

TEST(Refusal, IsAnInvalidArgumentWithItsSentence) {
  EXPECT_EQ(refusal("Send ON.").code(), Errc::invalid_argument);
  EXPECT_EQ(refusal("Send ON.").message(), "Send ON.");
}

TEST(Refusal, QuotesTextsAndNamesWhatIsNoPlainValue) {
  EXPECT_EQ(quoted("warm"), "\"warm\"");
  EXPECT_EQ(quoted(21.5), "21.5");
  EXPECT_EQ(quoted(nullptr), "null");
  EXPECT_EQ(quoted(boost::json::parse("[1]")), "an array");
  EXPECT_EQ(quoted(boost::json::parse("{}")), "an object");
}

TEST(Refusal, QuotesFortyBytesAtMostWholeCharactersAndNoControlCharacter) {
  EXPECT_EQ(in_quotes("a\nb\x7f"), "\"a b \"");
  EXPECT_EQ(in_quotes(std::string(39, 'x') + "éé"), '"' + std::string(39, 'x') + "é...\"");
  EXPECT_EQ(in_quotes("\xff"), "\"\xff\"");
}

}  // namespace
}  // namespace bridge
