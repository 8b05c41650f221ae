#include "core/base64.hpp"

#include <gtest/gtest.h>

namespace bridge {
namespace {

TEST(Base64, WritesTheVectorsOfItsRfc) {
  EXPECT_EQ(base64(""), "");
  EXPECT_EQ(base64("f"), "Zg==");
  EXPECT_EQ(base64("fo"), "Zm8=");
  EXPECT_EQ(base64("foo"), "Zm9v");
  EXPECT_EQ(base64("foobar"), "Zm9vYmFy");
}

TEST(Base64, HasAnAlphabetForAddresses) {
  EXPECT_EQ(base64("\xFB\xFF\xFE"), "+//+");
  EXPECT_EQ(base64url("\xFB\xFF\xFE"), "-__-");
  EXPECT_EQ(base64url("f"), "Zg");
}

}  // namespace
}  // namespace bridge
