#include "core/token_life.hpp"

#include <gtest/gtest.h>

#include "bridge/timestamp.hpp"

namespace bridge {
namespace {

TEST(JwtExpiry, IsTheExpOfTheClaims) {
  // {"alg":"none"} . {"sub":"x","exp":1778241600}
  EXPECT_EQ(jwt_expiry("eyJhbGciOiJub25lIn0.eyJzdWIiOiJ4IiwiZXhwIjoxNzc4MjQxNjAwfQ.c2ln"),
            parse_time("2026-05-08T12:00:00Z"));
}

TEST(JwtExpiry, IsNothingForOtherTokens) {
  for (const char* token : {"", "abc", "a.b", "a.b.c", "vgdB.Zl3v.K u5b", "..", "a.eyJ4Ijoxf.c", "a.e30.c", "a.eyJleHAiOi0xfQ.c"}) {
    EXPECT_EQ(jwt_expiry(token), std::nullopt) << token;
  }
}

TEST(RenewalTime, IsAtNineTenthsOfTheLife) {
  const Instant now = *parse_time("2026-05-08T12:00:00Z");
  EXPECT_EQ(renewal_time(now, now + std::chrono::hours(10)), now + std::chrono::hours(9));
  EXPECT_LE(renewal_time(now, now - std::chrono::hours(1)), now);
}

}  // namespace
}  // namespace bridge
