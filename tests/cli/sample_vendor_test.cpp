#include "cli/sample_vendor.hpp"

#include <gtest/gtest.h>

#include <boost/json/parse.hpp>

#include "support/run.hpp"

namespace bridge {
namespace {

constexpr std::string_view kSamples =
    R"({"GET /pumps?page=1": [1], "GET /pumps": [0], "GET /stats": {"a": 2}})";

class Samples : public testing::Test {
 protected:
  Settings settings_{Json{{"users", true}}};
  SampleVendor vendor_{boost::json::parse(kSamples), settings_};
};

TEST_F(Samples, AnswerTheExactQueryBeforeItsPath) {
  EXPECT_EQ(*run(vendor_.get("/pumps?page=1")), boost::json::parse("[1]"));
  EXPECT_EQ(*run(vendor_.get("/pumps?page=2")), boost::json::parse("[0]"));
  EXPECT_EQ(*run(vendor_.get("/pumps")), boost::json::parse("[0]"));
  EXPECT_EQ(*run(vendor_.get("/stats?x=1")), boost::json::parse(R"({"a": 2})"));
}

TEST_F(Samples, KnowNothingElse) {
  const auto missing = run(vendor_.get("/users?token=1"));
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().code(), Errc::not_found);
  EXPECT_EQ(missing.error().status, 404);
  EXPECT_EQ(missing.error().message(), "no answer is documented for /users");
  EXPECT_EQ(run(vendor_.post("/stats", Json())).error().code(), Errc::not_found);
  EXPECT_EQ(run(vendor_.put("/stats", Json())).error().code(), Errc::not_found);
}

TEST_F(Samples, HaveTheSettingsOfTheAccount) { EXPECT_TRUE(vendor_.settings().flag("users")); }

}  // namespace
}  // namespace bridge
