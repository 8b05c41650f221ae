// Groups of settings that are written whole.

#include <boost/json/parse.hpp>
#include <gtest/gtest.h>

#include <utility>
#include <vector>

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

constexpr Argument kEveryKind[] = {{.name = "number"},
                                   {.name = "flag", .kind = Argument::flag},
                                   {.name = "text", .kind = Argument::text},
                                   {.name = "moment", .kind = Argument::moment},
                                   {.name = "unix_time", .kind = Argument::unix_time}};
constexpr Group kAll{"all", kEveryKind, "/list/groups"};

TEST(Group, IsWrittenWithoutMembersThatAreReportedInAnotherType) {
  const std::pair<const char*, std::vector<const char*>> wrong[] = {
      {"number", {"\"soon\"", "\"\"", "true", "[7]", "{}"}},
      {"flag", {"1", "0", "\"true\"", "\"\"", "[true]", "{}"}},
      {"text", {"7", "true", "[\"x\"]", "{}"}},
      {"moment", {"\"soon\"", "1800000000", "true", "[]", "{}"}},
      {"unix_time", {"\"soon\"", "7", "true", "[]", "{}"}}};
  for (const auto& [member, values] : wrong) {
    for (const char* value : values) {
      const std::string all = R"({"all":{")" + std::string(member) + "\":" + value + "}}";
      const Json nothing = {{"all", boost::json::object()}};
      EXPECT_EQ(completed(kAll, Json(), boost::json::parse(all)), nothing) << all;
    }
  }
  const Json odd = boost::json::parse(R"({"guard":{"enabled":"yes","limit":[7]}})");
  EXPECT_EQ(written(R"({"limit":9})", odd), R"({"guard":{"limit":9}})");
}

TEST(Group, IsWrittenWithWhatIsReportedInItsTypeWhateverItsRange) {
  const Json reported = boost::json::parse(R"({"all":{"number":"7.5","flag":false,"text":"",)"
                                           R"("moment":"2026-12-20T08:00:00Z",)"
                                           R"("unix_time":1800000000}})");
  EXPECT_EQ(completed(kAll, Json(), reported), reported);
  EXPECT_EQ(written(R"({"enable":true})", boost::json::parse(R"({"guard":{"limit":700}})")),
            R"({"guard":{"enable":true,"limit":700}})");
}

TEST(Group, IsNotShownByAMemberThatIsReportedInAnotherType) {
  const Json odd = boost::json::parse(R"({"guard":{"enabled":"yes","limit":[7]}})");
  const Json facts{{"list", {{"groups", odd}}}};
  const Device device{"pump", "p", "P", "", facts};
  EXPECT_FALSE(shows<kGuard>(device, Json{{"limit", 7}}));
  EXPECT_FALSE(shows<kGuard>(device, Json{{"enable", true}}));
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

constexpr Argument kStep[] = {{.name = "name", .kind = Argument::text},
                              {.name = "when", .kind = Argument::unix_time, .reported = "at"},
                              {"repeat", {0, 600}}};
constexpr ObjectList kSteps{.members = kStep, .needed = 2, .most = 3, .facts = "/list/steps"};

std::string listed_of(const std::string& reported) {
  return json_text(listed(kStep, boost::json::parse(reported)));
}

TEST(ObjectList, IsShownAsItWouldBeWritten) {
  EXPECT_EQ(listed_of(R"([{"index":3,"at":1800000000,"name":"on","repeat":null},7,{"name":{}}])"),
            R"([{"name":"on","when":1800000000},{},{}])");
  EXPECT_EQ(listed_of("[]"), "[]");
  for (const char* none : {"null", "{}", "7", "\"x\""}) EXPECT_EQ(listed_of(none), "null") << none;
}

TEST(ObjectList, IsShownWhereEveryMemberOfEveryObjectIs) {
  const auto shown = [&](const std::string& given, const std::string& reported) {
    const Json facts{{"list", {{"steps", boost::json::parse(reported)}}}};
    return shows<kSteps>(Device{"pump", "p", "P", "", facts}, boost::json::parse(given));
  };
  const std::string given = R"([{"name":"on","when":1800000000}])";
  EXPECT_TRUE(shown(given, R"([{"name":"on","at":1800000000.0,"repeat":0,"index":7}])"));
  EXPECT_TRUE(shown(R"([{"name":"on","when":1800000000,"repeat":0}])", R"([{"name":"on","at":1800000000}])"));
  EXPECT_FALSE(shown(given, R"([{"name":"on","at":1800000000,"repeat":60}])")) << "still repeated";
  EXPECT_FALSE(shown(given, R"([{"name":"off","at":1800000000}])"));
  EXPECT_FALSE(shown(given, "[]"));
  EXPECT_TRUE(shown("[]", "[]"));
  EXPECT_FALSE(shown("[]", "null")) << "not reported is not empty";
  EXPECT_FALSE(shows<kSteps>(Device{}, boost::json::array()));
}

}  // namespace
}  // namespace bridge
