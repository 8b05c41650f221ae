// Groups of settings that are written whole.

#include <boost/json/parse.hpp>
#include <gtest/gtest.h>

#include "bridge/entity.hpp"
#include "core/json_text.hpp"

namespace bridge {
namespace {

constexpr Argument kMembers[] = {{.name = "enable", .kind = Argument::flag, .reported = "enabled"},
                                 {"limit", {0, 100}}};
constexpr Group kGuard{"guard", kMembers, "/list/groups"};

const Json kReported = boost::json::parse(R"({"guard":{"enabled":true,"limit":7.0,"secret":1}})");

std::string written(const std::string& given, const Json& reported) {
  return json_text(completed(kGuard, boost::json::parse(given), reported));
}

TEST(Group, IsWrittenWithWhatIsReportedOfItsOtherMembersUnderTheirWrittenNames) {
  EXPECT_EQ(written(R"({"limit":9})", kReported), R"({"guard":{"enable":true,"limit":9}})");
  EXPECT_EQ(written(R"({"enable":false})", kReported), R"({"guard":{"enable":false,"limit":7}})");
}

TEST(Group, IsWrittenAloneWhereNothingIsReported) {
  EXPECT_EQ(written(R"({"limit":9})", Json()), R"({"guard":{"limit":9}})");
  EXPECT_EQ(written("{}", boost::json::parse(R"({"guard":{"limit":null}})")), R"({"guard":{}})");
}

TEST(Group, ShowsWhatWasGivenHoweverANumberIsWritten) {
  const Device device{"pump", "p", "P", "", Json{{"list", {{"groups", kReported}}}}};
  const auto shown = [&](const std::string& given) {
    return shows<kGuard>(device, boost::json::parse(given));
  };
  EXPECT_TRUE(shown(R"({"enable":true})"));
  EXPECT_TRUE(shown(R"({"enable":true,"limit":7})"));
  EXPECT_FALSE(shown(R"({"enable":false})"));
  EXPECT_FALSE(shown(R"({"enable":true,"limit":8})"));
  EXPECT_FALSE(shows<kGuard>(Device{}, Json{{"limit", 7}}));
}

}  // namespace
}  // namespace bridge
