#include "core/retry_after.hpp"

#include <gtest/gtest.h>

#include "bridge/timestamp.hpp"

namespace bridge {
namespace {

using namespace std::chrono_literals;

const Instant kNow = *parse_time("2026-05-08T12:00:00Z");

TEST(RetryAfter, IsSecondsOrADate) {
  EXPECT_EQ(retry_after("120", kNow), 120s);
  EXPECT_EQ(retry_after("0.5", kNow), 500ms);
  EXPECT_EQ(retry_after("Fri, 08 May 2026 12:01:00 GMT", kNow), 60s);
  EXPECT_EQ(retry_after("Fri, 08 May 2026 11:00:00 GMT", kNow), 0s);
}

TEST(RetryAfter, IsNothingWhereItIsNoTime) {
  for (const char* header : {"", "soon", "-5", "1e300", "nan"}) {
    EXPECT_EQ(retry_after(header, kNow), std::nullopt) << header;
  }
}

}  // namespace
}  // namespace bridge
