#include "core/retry_policy.hpp"

#include <gtest/gtest.h>

namespace bridge {
namespace {

using namespace std::chrono_literals;

TEST(RetryPolicy, DoublesUpToItsCap) {
  RetryPolicy policy(1s, 5s);
  const double longest = 0.9999999;
  EXPECT_NEAR(policy.failed(longest).count(), 1000, 1);
  EXPECT_NEAR(policy.failed(longest).count(), 2000, 1);
  EXPECT_NEAR(policy.failed(longest).count(), 4000, 1);
  EXPECT_NEAR(policy.failed(longest).count(), 5000, 1);
  EXPECT_NEAR(policy.failed(longest).count(), 5000, 1);
  EXPECT_EQ(policy.failures(), 5);
}

TEST(RetryPolicy, SpreadsAPauseOverItsUpperHalf) {
  EXPECT_EQ(RetryPolicy(10s, 1min).failed(0.0), 5s);
  EXPECT_EQ(RetryPolicy(10s, 1min).failed(0.5), 7500ms);
  EXPECT_LT(RetryPolicy(10s, 1min).failed(0.999), 10s);
}

TEST(RetryPolicy, BeginsAnewAfterASuccess) {
  RetryPolicy policy(1s, 15min);
  for (int failure = 0; failure < 100; ++failure) EXPECT_LE(policy.failed(0.5), 15min);
  EXPECT_EQ(policy.failures(), 100);
  policy.succeeded();
  EXPECT_EQ(policy.failures(), 0);
  EXPECT_EQ(policy.failed(0.0), 500ms);
}

}  // namespace
}  // namespace bridge
