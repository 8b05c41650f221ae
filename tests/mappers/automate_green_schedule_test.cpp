// What a power controller does by itself: its schedules, and how often it reports.

#include "registry.hpp"
#include "support/mapper_parts.hpp"

namespace bridge {
namespace {

const Mapper& green() { return *mappers::find("automate_green"); }
const Entity& row(std::string_view key) { return row_of(green().kinds.front(), key); }

Device a_controller(const std::string& list = "{}") {
  return Device{"controller", "6ItNKFLm_mS", "PC-1", "", boost::json::object{{"list", boost::json::parse(list)}}};
}

Result<Json> sent(ScriptedVendor& vendor, const std::string& key, const std::string& value) {
  return execute(row(key), vendor, a_controller(), boost::json::parse(value));
}

constexpr const char* kDocumented =
    R"([{"name":"on","when":1571076135,"repeat":86400},{"name":"off","when":1571076195,"repeat":86400},)"
    R"({"name":"limit_power","power":50,"time":3600,"when":1571162475}])";

TEST(AutomateGreenSchedules, AreReplacedAsAWhole) {
  ScriptedVendor vendor;
  vendor.expect("PUT /devices/6ItNKFLm_mS {\"schedule\":" + std::string(kDocumented) + "}", "{}");
  EXPECT_TRUE(sent(vendor, "schedules", kDocumented));
  vendor.expect(R"(PUT /devices/6ItNKFLm_mS {"schedule":[]})", "{}");
  EXPECT_TRUE(sent(vendor, "schedules", "[]"));
}

TEST(AutomateGreenSchedules, TakeAMomentAsPeopleWriteIt) {
  ScriptedVendor vendor;
  vendor.expect(R"(PUT /devices/6ItNKFLm_mS {"schedule":[{"name":"on","when":1571076135}]})", "{}");
  EXPECT_TRUE(sent(vendor, "schedules", R"([{"name":"on","when":"2019-10-14T18:02:15Z"}])"));
}

TEST(AutomateGreenSchedules, AreRefusedByEntryAndMemberWithoutAskingTheVendor) {
  ScriptedVendor vendor;
  const std::pair<const char*, const char*> wrong[] = {
      {R"({"name":"on","when":1571076135})", "is no JSON list"},
      {R"([{"name":"on_for","when":1571076135}])", "Entry 1: \"name\": \"on_for\" is not an option: send on, off or limit_power"},
      {R"([{"name":"on"}])", "Entry 1: The member \"when\" is missing"},
      {R"([{"name":"on","when":1571076135,"repeat":-1}])", "Entry 1: \"repeat\": -1 is out of range: send a number from 0 to"},
      {R"([{"name":"off","when":1571076135,"time":60}])", "Entry 1: The member \"time\" does not fit here: only \"limit_power\""},
      {R"([{"name":"limit_power","when":1571076135,"power":50}])", "Entry 1: The member \"time\" is missing"}};
  for (const auto& [list, sentence] : wrong) {
    const auto outcome = sent(vendor, "schedules", list);
    ASSERT_FALSE(outcome) << list;
    EXPECT_NE(outcome.error().message().find(sentence), std::string::npos) << outcome.error().message();
  }
  boost::json::array many(40, boost::json::parse(R"({"name":"on","when":1571076135})"));
  EXPECT_EQ(execute(row("schedules"), vendor, a_controller(), many).error().message(),
            "The list has 40 entries: send at most 39.");
}

TEST(AutomateGreenSchedules, AreShownAndConfirmedWhereTheControllerShowsThem) {
  const Settings opened(Json{{"configuration", true}});
  const Device silent = a_controller();
  const Device planned = a_controller("{\"schedule\":" + std::string(kDocumented) + "}");
  EXPECT_EQ(shown(green(), planned, "schedules", opened), boost::json::parse(kDocumented));
  EXPECT_EQ(shown(green(), silent, "schedules", opened), Json());
  EXPECT_TRUE(row("schedules").confirm(planned, boost::json::parse(kDocumented)));
  EXPECT_FALSE(row("schedules").confirm(planned, boost::json::array()));
  EXPECT_FALSE(row("schedules").confirm(silent, boost::json::array()));
  EXPECT_TRUE(row("schedules").answer_suffices) << "the vendor does not document that it shows them";
}

TEST(AutomateGreenSamplePeriod, IsASettingInSeconds) {
  ScriptedVendor vendor;
  vendor.expect(R"(PUT /devices/6ItNKFLm_mS {"info":{"samplePeriod":300}})", "{}");
  EXPECT_TRUE(sent(vendor, "sample_period", "300"));
  EXPECT_FALSE(sent(vendor, "sample_period", "59"));
  EXPECT_FALSE(sent(vendor, "sample_period", "86401"));
  const Device controller = a_controller(R"({"info":{"samplePeriod":300}})");
  EXPECT_EQ(shown(green(), controller, "sample_period", Settings(Json{{"configuration", true}})), Json(300));
  EXPECT_TRUE(row("sample_period").confirm(controller, Json{{"samplePeriod", 300}}));
  EXPECT_FALSE(row("sample_period").confirm(controller, Json{{"samplePeriod", 900}}));
  EXPECT_FALSE(row("sample_period").confirm(a_controller(), Json{{"samplePeriod", 300}}));
}

TEST(AutomateGreenSchedules, AreOfferedOnlyWhenSwitchedOn) {
  for (const char* key : {"schedules", "sample_period"}) {
    EXPECT_EQ(resolve(green(), Settings())[0].find(key), nullptr) << key;
    EXPECT_NE(resolve(green(), Settings(Json{{"configuration", true}}))[0].find(key), nullptr) << key;
  }
}

}  // namespace
}  // namespace bridge
