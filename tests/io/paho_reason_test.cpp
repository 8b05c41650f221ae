#include "io/paho_reason.hpp"

#include <gtest/gtest.h>

namespace bridge {
namespace {

TEST(PahoReason, TellsARefusalForGoodFromOneThatPasses) {
  for (const int code : {135, 144, 149, 153, 154}) EXPECT_TRUE(refuses_for_good(code)) << code;
  for (const int code : {-3, 0, 16, 145, 151}) EXPECT_FALSE(refuses_for_good(code)) << code;
}

}  // namespace
}  // namespace bridge
