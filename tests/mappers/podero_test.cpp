// What is asked of Podero, and what its answers mean.

#include "core/discovery.hpp"
#include "registry.hpp"
#include "support/mapper_parts.hpp"

namespace bridge {
namespace {

const Mapper& podero() { return *mappers::find("podero"); }

Json of_users(boost::json::array ids) { return {{"org_id", "org-1"}, {"user_ids", std::move(ids)}}; }
const Json kEveryUser = {{"org_id", "org-1"}, {"all_users", true}};

Device a_pump(const std::string& list) {
  return Device{"pump", "p-1", "A pump", "", boost::json::object{{"list", boost::json::parse(list)}}};
}

Error an_error(Errc code, int status) {
  Error error(code, "no");
  error.status = status;
  return error;
}

/// The fleet after a list that succeeds.
RecordedFleet listed(ScriptedVendor& vendor) {
  RecordedFleet fleet;
  EXPECT_TRUE(run(podero().list(vendor, fleet)));
  return fleet;
}

std::vector<std::string> ids_of(const RecordedFleet& fleet) {
  std::vector<std::string> ids;
  for (const Device& device : fleet.devices) ids.push_back(device.id);
  return ids;
}

TEST(PoderoList, AsksForTheHeatPumpsOfEachUserThatIsNamed) {
  ScriptedVendor vendor(of_users({"u-1", "u/2"}));
  vendor.expect("GET /org/org-1/users/u-1/heat-pumps",
                R"([{"id":"8d2fa0","device_model":{"manufacturer":"NIBE","model":"S2125"}},{"id":"b"}])");
  vendor.expect("GET /org/org-1/users/u%2F2/heat-pumps",
                R"([{"id":"c","device_model":{"manufacturer":"NIBE","model":"NIBE F2040"}}])");
  const RecordedFleet fleet = listed(vendor);
  EXPECT_EQ(ids_of(fleet), (std::vector<std::string>{"8d2fa0", "b", "c"}));
  EXPECT_EQ(fleet.devices[0].name, "NIBE S2125 8d2f") << "among many the id tells one from another";
  EXPECT_EQ(fleet.devices[1].name, "");
  EXPECT_EQ(fleet.devices[2].name, "NIBE F2040 c");
  EXPECT_EQ(text(fleet.devices[2].facts, "/list/user"), "u/2");
  EXPECT_FALSE(fleet.gap);
}

TEST(PoderoList, AsksForAllUsersInEveryFormTheyMayCome) {
  for (const char* users : {R"([{"id":"u-1","email":"x@example.com"}])", R"({"results":[{"id":"u-1"}],"next":null})",
                            R"({"users":[{"id":"u-1"}]})", R"({"items":[{"id":"u-1"}],"count":1})"}) {
    ScriptedVendor vendor(kEveryUser);
    vendor.expect("GET /org/org-1/users", users);
    vendor.expect("GET /org/org-1/users/u-1/heat-pumps", R"([{"id":"a"}])");
    const RecordedFleet fleet = listed(vendor);
    EXPECT_EQ(ids_of(fleet), std::vector<std::string>{"a"});
    EXPECT_FALSE(fleet.gap) << users;
  }
}

TEST(PoderoList, IsIncompleteWhenThereAreMoreUsersThanOneAnswerNames) {
  ScriptedVendor vendor(kEveryUser);
  vendor.expect("GET /org/org-1/users", R"({"results":[{"id":"u-1"}],"next":"https://example.com/users?page=2"})");
  vendor.expect("GET /org/org-1/users/u-1/heat-pumps", "[]");
  const RecordedFleet fleet = listed(vendor);
  ASSERT_TRUE(fleet.gap);
  EXPECT_NE(fleet.gap->message().find("user_ids"), std::string::npos);
}

TEST(PoderoList, FailsWhereTheUsersAreNoUsers) {
  for (const char* users : {"{}", "null", "7", R"({"detail":"x"})", R"({"results":{}})"}) {
    ScriptedVendor vendor(kEveryUser);
    vendor.expect("GET /org/org-1/users", users);
    RecordedFleet fleet;
    const auto end = run(podero().list(vendor, fleet));
    ASSERT_FALSE(end) << users;
    EXPECT_EQ(end.error().code(), Errc::malformed);
  }
}

TEST(PoderoList, OfAFailingUserDoesNotBlankTheOthers) {
  for (const Error& error : {an_error(Errc::refused, 403), an_error(Errc::not_found, 404), an_error(Errc::network, 500),
                             an_error(Errc::malformed, 200)}) {
    ScriptedVendor vendor(of_users({"u-1", "u-2"}));
    vendor.expect("GET /org/org-1/users/u-1/heat-pumps", error);
    vendor.expect("GET /org/org-1/users/u-2/heat-pumps", R"([{"id":"b"}])");
    const RecordedFleet fleet = listed(vendor);
    EXPECT_EQ(ids_of(fleet), std::vector<std::string>{"b"});
    ASSERT_TRUE(fleet.gap);
    EXPECT_EQ(fleet.gap->code(), error.code());
  }
}

TEST(PoderoList, EndsWhereTheNextUserWouldFailToo) {
  for (const Error& error : {an_error(Errc::unauthorized, 401), an_error(Errc::rate_limited, 429),
                             an_error(Errc::network, 0), an_error(Errc::timeout, 0)}) {
    ScriptedVendor vendor(of_users({"u-1", "u-2"}));
    vendor.expect("GET /org/org-1/users/u-1/heat-pumps", error);
    RecordedFleet fleet;
    const auto end = run(podero().list(vendor, fleet));
    ASSERT_FALSE(end);
    EXPECT_EQ(end.error().code(), error.code());
  }
}

TEST(PoderoList, IsIncompleteWhereAUsersPumpsAreNoList) {
  for (const char* answer : {"null", "{}", R"({"results":[]})", "\"<html>\""}) {
    ScriptedVendor vendor(of_users({"u-1"}));
    vendor.expect("GET /org/org-1/users/u-1/heat-pumps", answer);
    const RecordedFleet fleet = listed(vendor);
    ASSERT_TRUE(fleet.gap) << answer;
    EXPECT_EQ(fleet.gap->code(), Errc::malformed);
  }
}

TEST(PoderoList, LeavesOutWhatWasDeletedAndGivesWhatIsNoPumpNoId) {
  ScriptedVendor vendor(of_users({"u-1"}));
  vendor.expect("GET /org/org-1/users/u-1/heat-pumps",
                R"([{"id":"gone","deleted_at":"2026-01-02T03:04:05Z"},7,null,"x",
                    {"id":"a","deleted_at":null},{"id":"b","deleted_at":"0001-01-01T00:00:00Z"}])");
  EXPECT_EQ(ids_of(listed(vendor)), (std::vector<std::string>{"", "", "", "a", "b"}));
}

TEST(PoderoList, KeepsNothingOfTheOwner) {
  ScriptedVendor vendor(of_users({"u-1"}));
  vendor.expect("GET /org/org-1/users/u-1/heat-pumps",
                R"([{"id":"a","owner":{"email":"owner@example.com","first_name":"Maxine"},"comment":"under the mat",
                     "external_device_id":"serial-0001","embeddable_url":"https://embed.example.com",
                     "authorization_url":"https://auth.example.com","price_zone":"AT"}])");
  const std::string kept = json_text(listed(vendor).devices.at(0).facts);
  for (const char* personal : {"owner", "Maxine", "mat", "serial", "embed", "auth."}) {
    EXPECT_EQ(kept.find(personal), std::string::npos) << personal;
  }
  EXPECT_NE(kept.find("AT"), std::string::npos);
}

TEST(PoderoList, OfOnePumpIsOneRequestWithItsUser) {
  ScriptedVendor vendor(of_users({"u-1"}));
  vendor.expect("GET /org/org-1/users/u-1/heat-pumps", R"([{"id":"a b"}])");
  const RecordedFleet all = listed(vendor);
  vendor.expect("GET /org/org-1/users/u-1/heat-pumps/a%20b", R"({"id":"a b","price_zone":"BE"})");
  RecordedFleet one;
  EXPECT_TRUE(run(podero().list_one(vendor, all.devices.at(0), one)));
  ASSERT_EQ(ids_of(one), std::vector<std::string>{"a b"});
  EXPECT_EQ(text(one.devices[0].facts, "/list/price_zone"), "BE");
  EXPECT_EQ(text(one.devices[0].facts, "/list/user"), "u-1");
  EXPECT_EQ(one.devices[0].name, all.devices[0].name);
}

TEST(PoderoList, OfOnePumpFailsWithTheVendorsAnswer) {
  ScriptedVendor vendor(of_users({"u-1"}));
  vendor.expect("GET /org/org-1/users/u-1/heat-pumps/p-1", an_error(Errc::not_found, 404));
  RecordedFleet fleet;
  EXPECT_EQ(run(podero().list_one(vendor, a_pump(R"({"user":"u-1"})"), fleet)).error().code(), Errc::not_found);
}

TEST(PoderoPump, ReadsNumbersHoweverTheyAreWritten) {
  const Device pump = a_pump(R"({"inlet_temperature":31.2,"outlet_temperature":"35.8","dhw_temperature":null,
      "outdoor_temperature":-2,"indoor_actual_temperature":"warm","current_power_consumption_w":"1240",
      "consumption_last_day_kwh":"18.4","maximum_temperature_limit":"23.0"})");
  const std::pair<const char*, Json> values[] = {
      {"inlet_temperature", 31.2}, {"outlet_temperature", 35.8}, {"hot_water_temperature", nullptr},
      {"outdoor_temperature", -2}, {"indoor_temperature", nullptr}, {"power", 1240},
      {"energy_day", 18.4}, {"maximum_limit", 23.0}};
  for (const auto& [key, value] : values) {
    EXPECT_EQ(number_at(shown(podero(), pump, key), ""), number_at(value, "")) << key;
  }
}

TEST(PoderoPump, IsUnknownWhereKeysAreMissingOrOfAnotherTypeWhateverDefaultIsDocumented) {
  for (const char* list : {"{}", "null", R"({"is_pause_power_active":[],"optimization_level":7,"price_zone":{},
                                             "away_mode_start":{},"is_authenticated":"yes","device_model":3})"}) {
    for (const char* key : {"pause", "away_mode", "optimization_level", "price_zone", "steering_state",
                            "smart_optimization", "needs_login", "mode", "away_start", "connection", "solar_minimum",
                            "needs_gateway", "forced_mode", "last_update", "model_year"}) {
      EXPECT_EQ(shown(podero(), a_pump(list), key), Json()) << key << " of " << list;
    }
  }
}

TEST(PoderoPump, TakesTheYearOneForNever) {
  const Device pump = a_pump(R"({"inverter_forced_mode_since":"0001-01-01T00:00:00Z","away_mode_end":"2026-01-02T03:04:05Z"})");
  EXPECT_EQ(shown(podero(), pump, "forced_mode_since"), Json());
  EXPECT_EQ(shown(podero(), pump, "away_end"), Json("2026-01-02T03:04:05.000Z"));
}

TEST(PoderoPump, HasAModeOnlyWhileItIsOptimised) {
  EXPECT_EQ(shown(podero(), a_pump(R"({"current_mode":"mid","is_smart_optimization_active":true})"), "mode"), Json("mid"));
  EXPECT_EQ(shown(podero(), a_pump(R"({"current_mode":"mid","is_smart_optimization_active":false})"), "mode"), Json());
  EXPECT_EQ(shown(podero(), a_pump(R"({"current_mode":"mid"})"), "mode"), Json());
}

TEST(PoderoPump, NeedsALoginWhereItIsNotAuthenticated) {
  EXPECT_EQ(shown(podero(), a_pump(R"({"is_authenticated":false})"), "needs_login"), Json(true));
  EXPECT_EQ(shown(podero(), a_pump(R"({"is_authenticated":true})"), "needs_login"), Json(false));
  EXPECT_EQ(row_of(podero().kinds.front(), "needs_login").explains, Explains::device);
}

TEST(PoderoPump, ShowsClosedVocabulariesAndOpenOnes) {
  const Device pump = a_pump(R"({"connection_status":"warning","monitoring_status":"strange","price_zone":"IT_NORD",
                                 "operational_mode":"Hot Water","optimization_level":"Max"})");
  EXPECT_EQ(shown(podero(), pump, "connection"), Json("warning"));
  EXPECT_EQ(shown(podero(), pump, "monitoring"), Json());
  EXPECT_EQ(shown(podero(), pump, "price_zone"), Json("IT_NORD"));
  EXPECT_EQ(shown(podero(), pump, "operational_mode"), Json("Hot Water"));
  EXPECT_EQ(shown(podero(), pump, "optimization_level"), Json("Max"));
}

TEST(PoderoPump, SaysWhatItIsAndWhereItStands) {
  const Device pump = a_pump(R"({"building":"3c90c3cc-0d44-4b50-8888-8dd257360526",
      "device_model":{"device_type":{"short_name":"hp_atw","long_name":"Air-to-water heat pump"},"year":2023}})");
  EXPECT_EQ(shown(podero(), pump, "building"), Json("3c90c3cc-0d44-4b50-8888-8dd257360526"));
  EXPECT_EQ(shown(podero(), pump, "type"), Json("Air-to-water heat pump"));
  EXPECT_EQ(shown(podero(), pump, "model_year"), Json(2023));
  for (const char* key : {"building", "type"}) EXPECT_FALSE(row_of(podero().kinds.front(), key).enabled) << key;
}

TEST(PoderoPump, HasNoConsumptionAndNoLevelWhereTheVendorNamesNone) {
  const Device pump = a_pump(R"({"optimization_level":null,"is_smart_optimization_active":true})");
  for (const char* key : {"energy_day", "energy_week", "energy_month", "energy_updated", "optimization_level"}) {
    EXPECT_EQ(shown(podero(), pump, key), Json()) << key;
  }
  EXPECT_TRUE(row_of(podero().kinds.front(), "optimization_level").is_command()) << "it can be set all the same";
}

TEST(PoderoPump, CountsNoRollingEnergyAsAMeter) {
  for (const char* key : {"energy_day", "energy_week", "energy_month"}) {
    EXPECT_EQ(row_of(podero().kinds.front(), key).state_class, StateClass::none) << key;
    EXPECT_EQ(row_of(podero().kinds.front(), key).device_class, DeviceClass::energy) << key;
  }
}

TEST(PoderoPump, PublishesNothingPersonalOfItsDocumentedAnswer) {
  const Json samples = boost::json::parse(mappers::samples("podero"));
  ScriptedVendor vendor(of_users({"u-1"}));
  vendor.expect("GET /org/org-1/users/u-1/heat-pumps",
                json_text(at(samples, "/GET ~1org~1{org_id}~1users~1{user_id}~1heat-pumps")));
  const RecordedFleet fleet = listed(vendor);
  const Topics topics("cloud2mqtt", "homeassistant");
  std::string said;
  for (const ResolvedKind& kind : resolve(podero(), Settings())) {
    said += state_document(kind, fleet.devices.at(0), true);
    said += announcement({&topics, &podero(), "heat", "1"}, kind, fleet.devices.at(0)).document;
  }
  for (const char* personal : {"owner@", "Maxine", "Exampleperson", "customer-0001", "under the mat", "serial-0001",
                               "onboarding.", "auth.example", "cloud.example", "org-1"}) {
    EXPECT_EQ(said.find(personal), std::string::npos) << personal << " in " << said;
  }
  EXPECT_NE(said.find("\"manufacturer\":\"Example Heating\""), std::string::npos) << said;
  EXPECT_NE(said.find("\"model\":\"Boreas 8\""), std::string::npos) << said;
}

}  // namespace
}  // namespace bridge
