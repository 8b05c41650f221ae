#include "io/paho_reason.hpp"

#include <gtest/gtest.h>

namespace bridge {
namespace {

TEST(PahoReason, TellsARefusalForGoodFromOneThatPasses) {
  for (const int code : {135, 144, 149, 153, 154}) EXPECT_TRUE(refuses_for_good(code)) << code;
  for (const int code : {-3, 0, 16, 145, 151}) EXPECT_FALSE(refuses_for_good(code)) << code;
}

TEST(PahoReason, SaysWhatTheOwnerCanDo) {
  for (const int code : {4, 5, 134, 135}) {
    EXPECT_EQ(broker_reason(code, false, "x"),
              "the broker refused user name or password: set username and password under [mqtt]");
    EXPECT_EQ(broker_reason(code, true, "x"),
              "the broker refused user name or password: check username and password under [mqtt]");
    EXPECT_EQ(level_of(code), Level::error);
  }
  EXPECT_EQ(broker_reason(142, true, "x"),
            "another client uses the client id \"x\": give this one another client_id under [mqtt]");
  EXPECT_EQ(broker_reason(139, true, "x"), broker_reason(139));
  EXPECT_EQ(broker_reason(0, true, "x"), "");
  EXPECT_EQ(level_of(139), Level::warning);
}

}  // namespace
}  // namespace bridge
