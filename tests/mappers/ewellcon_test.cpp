#include "core/discovery.hpp"
#include "registry.hpp"
#include "support/documented_vendor.hpp"

namespace bridge {
namespace {

const Mapper& ewellcon() { return *mappers::find("ewellcon"); }

std::string page(const std::string& controllers, bool has_next, int total) {
  return R"({"controllers":)" + controllers + R"(,"pagination":{"has_next":)" +
         (has_next ? "true" : "false") + R"(,"total":)" + std::to_string(total) + "}}";
}

Device a_pump(const std::string& list) {
  return Device{"pump", "pump-001", "North field", "hub", boost::json::object{{"list", boost::json::parse(list)}}};
}

TEST(EwellconList, FollowsHasNextAndAsksAhead) {
  ScriptedVendor vendor;
  vendor.expect("GET /pumps?page=1&limit=100", page(R"([{"pump_id":"a","custom_name":"North"}])", true, 2));
  vendor.expect("GET /pumps?page=2&limit=100", page(R"([{"pump_id":"b"}])", false, 2));
  RecordedFleet fleet;

  ASSERT_TRUE(run(ewellcon().list(vendor, fleet)));

  ASSERT_EQ(fleet.devices.size(), 3U);
  EXPECT_EQ(fleet.devices[0].id, "hub");
  EXPECT_EQ(fleet.devices[1].name, "North");
  EXPECT_EQ(fleet.devices[2].parent, "hub");
  EXPECT_EQ(vendor.asked_ahead, std::vector<std::string>{"/pumps?page=2&limit=100"});
  EXPECT_EQ(fleet.totals.front(), std::pair(std::string("pump"), std::size_t{2}));
}

TEST(EwellconList, AsksForFiftyWhereAHundredAreTooManyForAPage) {
  ScriptedVendor vendor;
  Error too_many(Errc::refused, "Bad page / limit");
  too_many.status = 400;
  too_many.vendor_code = "invalid_pagination";
  vendor.expect("GET /pumps?page=1&limit=100", too_many);
  vendor.expect("GET /pumps?page=1&limit=50", page(R"([{"pump_id":"a"}])", true, 2));
  vendor.expect("GET /pumps?page=2&limit=50", page(R"([{"pump_id":"b"}])", false, 2));
  RecordedFleet fleet;
  ASSERT_TRUE(run(ewellcon().list(vendor, fleet)));
  EXPECT_EQ(fleet.devices.size(), 3U);
  EXPECT_EQ(vendor.asked_ahead, std::vector<std::string>{"/pumps?page=2&limit=50"});
}

TEST(EwellconList, FailsWhereFiftyAreTooManyAsWellOrAnotherThingIsRefused) {
  Error too_many(Errc::refused, "Bad page / limit");
  too_many.vendor_code = "invalid_pagination";
  ScriptedVendor vendor;
  vendor.expect("GET /pumps?page=1&limit=100", too_many);
  vendor.expect("GET /pumps?page=1&limit=50", too_many);
  RecordedFleet fleet;
  EXPECT_EQ(run(ewellcon().list(vendor, fleet)).error().vendor_code, "invalid_pagination");
  ScriptedVendor strict;
  strict.expect("GET /pumps?page=1&limit=100", Error(Errc::refused, "no"));
  EXPECT_FALSE(run(ewellcon().list(strict, fleet)));
}

TEST(EwellconList, TakesEveryPageOfAServerThatQuietlyServesFewerThanAskedFor) {
  const auto capped = [](const char* id, int number) {
    const std::string where = R"("page":)" + std::to_string(number) + R"(,"limit":1,"total":3,"pages":3)";
    return R"({"controllers":[{"pump_id":")" + std::string(id) + R"("}],"pagination":{)" + where + R"(,"has_next":)" +
           (number < 3 ? "true" : "false") + "}}";
  };
  ScriptedVendor vendor;
  vendor.expect("GET /pumps?page=1&limit=100", capped("a", 1));
  vendor.expect("GET /pumps?page=2&limit=100", capped("b", 2));
  vendor.expect("GET /pumps?page=3&limit=100", capped("c", 3));
  RecordedFleet fleet;
  ASSERT_TRUE(run(ewellcon().list(vendor, fleet)));
  ASSERT_EQ(fleet.devices.size(), 4U);
  EXPECT_EQ(fleet.devices[3].id, "c");
  EXPECT_EQ(fleet.totals.front().second, 3U);
}

TEST(EwellconList, EndsAtAnEmptyPageWhateverHasNextSays) {
  ScriptedVendor vendor;
  vendor.expect("GET /pumps?page=1&limit=100", page("[]", true, 0));
  RecordedFleet fleet;
  EXPECT_TRUE(run(ewellcon().list(vendor, fleet)));
}

TEST(EwellconList, IsMalformedWithoutControllers) {
  for (const char* answer : {"{}", R"({"controllers":7})", "null", "[]"}) {
    ScriptedVendor vendor;
    vendor.expect("GET /pumps?page=1&limit=100", answer);
    RecordedFleet fleet;
    const auto listed = run(ewellcon().list(vendor, fleet));
    ASSERT_FALSE(listed) << answer;
    EXPECT_EQ(listed.error().code(), Errc::malformed);
  }
}

TEST(EwellconList, TakesATotalThatCannotBeForOneThatDiffers) {
  for (const auto& [total, expected] : {std::pair("-3", std::size_t{0}), {"1e300", std::size_t{1'000'000'000}},
                                        {"-1e300", std::size_t{0}}, {"\"1\"", std::size_t{1}}}) {
    ScriptedVendor vendor;
    vendor.expect("GET /pumps?page=1&limit=100",
                  R"({"controllers":[{"pump_id":"a"}],"pagination":{"has_next":false,"total":)" + std::string(total) + "}}");
    RecordedFleet fleet;
    ASSERT_TRUE(run(ewellcon().list(vendor, fleet)));
    EXPECT_EQ(fleet.totals.at(0).second, expected) << total;
  }
}

TEST(EwellconList, DoesNotFollowAServerThatNeverEnds) {
  ScriptedVendor vendor;
  for (int number = 1; number <= 1000; ++number) {
    vendor.expect("GET /pumps?page=" + std::to_string(number) + "&limit=100", page(R"([{"pump_id":"a"}])", true, 1));
  }
  RecordedFleet fleet;
  const auto listed = run(ewellcon().list(vendor, fleet));
  ASSERT_FALSE(listed);
  EXPECT_EQ(listed.error().code(), Errc::malformed);
}

TEST(EwellconList, NamesDelegatedUsersByIdUnlessToldOtherwise) {
  const std::string users = R"({"delegated_users":[{"user_id":101,"name":"Acme Farms","total_controllers":3}]})";
  for (const bool by_name : {false, true}) {
    ScriptedVendor vendor(Json{{"users", true}, {"user_names", by_name}});
    vendor.expect("GET /pumps?page=1&limit=100", page("[]", false, 0));
    vendor.expect("GET /delegated-users", users);
    RecordedFleet fleet;
    ASSERT_TRUE(run(ewellcon().list(vendor, fleet)));
    EXPECT_EQ(fleet.devices.back().id, "user-101");
    EXPECT_EQ(fleet.devices.back().name, by_name ? "Acme Farms" : "User 101");
  }
}

TEST(EwellconList, LeavesAUserWithoutANumberForAnIdUnread) {
  for (const char* id : {"\"101/../1\"", "\"abc\"", "-5", "1.5", "\" 101\"", "\"1?x=1\""}) {
    ScriptedVendor vendor(Json{{"users", true}});
    vendor.expect("GET /pumps?page=1&limit=100", page("[]", false, 0));
    vendor.expect("GET /delegated-users",
                  R"({"delegated_users":[{"user_id":)" + std::string(id) + R"(},{"user_id":"102"}]})");
    RecordedFleet fleet;
    ASSERT_TRUE(run(ewellcon().list(vendor, fleet)));
    ASSERT_EQ(fleet.devices.size(), 2U) << id;
    EXPECT_EQ(fleet.devices.back().id, "user-102");
    ASSERT_TRUE(fleet.gap) << id << ": so that no user is taken out";
    EXPECT_EQ(fleet.gap->code(), Errc::malformed);
  }
}

TEST(EwellconList, ReadsAUserByItsNumber) {
  ScriptedVendor vendor;
  vendor.expect("GET /users/101/summary?page=1&limit=50", R"({"pagination":{"total":7}})");
  const Device user{"user", "user-101", "User 101", "hub", boost::json::object()};
  const auto facts = run(read_of(kind_of(ewellcon(), "user"), "users").read(vendor, user));
  ASSERT_TRUE(facts);
  EXPECT_EQ(number_at(facts->own(), "/pumps"), 7);
}

TEST(EwellconList, SaysThatUsersCouldNotBeReadAndKeepsThePumps) {
  for (const auto& [code, status] : {std::pair(Errc::refused, 403), {Errc::network, 500}, {Errc::malformed, 200}}) {
    ScriptedVendor vendor(Json{{"users", true}});
    vendor.expect("GET /pumps?page=1&limit=100", page(R"([{"pump_id":"a"}])", false, 1));
    Error error(code, "no");
    error.status = status;
    vendor.expect("GET /delegated-users", error);
    RecordedFleet fleet;
    ASSERT_TRUE(run(ewellcon().list(vendor, fleet)));
    EXPECT_EQ(fleet.devices.back().id, "a");
    ASSERT_TRUE(fleet.gap) << "so that no user is taken out";
    EXPECT_EQ(fleet.gap->code(), code);
    EXPECT_TRUE(fleet.kept.empty());
  }
}

TEST(EwellconList, FailsWhereTheUsersMeetWhatThePumpsWouldMeetToo) {
  ScriptedVendor vendor(Json{{"users", true}});
  vendor.expect("GET /pumps?page=1&limit=100", page("[]", false, 0));
  vendor.expect("GET /delegated-users", Error(Errc::rate_limited, "no"));
  RecordedFleet fleet;
  EXPECT_FALSE(run(ewellcon().list(vendor, fleet)));
}

TEST(EwellconPump, ReadsNumbersTextAndFlagsInEveryDocumentedForm) {
  const Device pump = a_pump(R"({"is_owner":1,"pump":{"running":true,"total_water_delivered":"15420.5"},
      "active_alarms_count":2,"highest_alarm_level":null,"last_heartbeat":"2025-03-20T10:00:00.000Z"})");
  EXPECT_EQ(shown(ewellcon(), pump, "own"), Json(true));
  EXPECT_EQ(shown(ewellcon(), pump, "running"), Json(true));
  EXPECT_EQ(shown(ewellcon(), pump, "water"), Json(15420.5));
  EXPECT_EQ(shown(ewellcon(), pump, "alarm"), Json(true));
  EXPECT_EQ(shown(ewellcon(), pump, "alarm_level"), Json());
  EXPECT_EQ(shown(ewellcon(), pump, "last_heartbeat"), Json("2025-03-20T10:00:00.000Z"));
}

TEST(EwellconPump, IsUnknownWhereKeysAreMissingOrOfAnotherType) {
  for (const char* list : {"{}", R"({"pump":7,"battery":[],"active_alarms_count":{}})", "null"}) {
    const Device pump = a_pump(list);
    for (const char* key : {"running", "water", "battery", "alarm", "alarms", "last_seen"}) {
      EXPECT_EQ(shown(ewellcon(), pump, key), Json()) << key << " of " << list;
    }
  }
}

/// What is announced of a pump.
Json announced(const Device& pump) {
  const Topics topics("cloud2mqtt", "homeassistant");
  const auto kinds = resolve(ewellcon(), Settings());
  return boost::json::parse(announcement({&topics, &ewellcon(), "farm", "1"}, *find_kind(kinds, pump.kind), pump).document);
}

TEST(EwellconPump, IsNamedByItsIdWhereTheOwnerGaveItNoName) {
  ScriptedVendor vendor;
  vendor.expect("GET /pumps?page=1&limit=100", page(R"([{"pump_id":"pump-7"},{"pump_id":"pump-8","custom_name":null}])", false, 2));
  RecordedFleet fleet;
  ASSERT_TRUE(run(ewellcon().list(vendor, fleet)));
  EXPECT_EQ(text(announced(fleet.devices.at(1)), "/device/name"), "pump-7");
  EXPECT_EQ(text(announced(fleet.devices.at(2)), "/device/name"), "pump-8");
}

TEST(EwellconPump, TakesWordsThatNoPageLists) {
  const Device pump = a_pump(R"({"highest_alarm_level":"catastrophic","profile":"FROST","communication_method":"LORA",
                                 "pump":{"status":"priming"}})");
  EXPECT_EQ(shown(ewellcon(), pump, "alarm_level"), Json("catastrophic"));
  EXPECT_EQ(shown(ewellcon(), pump, "communication"), Json("LORA"));
  EXPECT_EQ(shown(ewellcon(), pump, "pump_status"), Json("priming"));
  EXPECT_EQ(text(announced(pump), "/device/model"), "FROST");
}

TEST(EwellconPump, PublishesNoCoordinatesOfItsDocumentedAnswers) {
  const std::string samples(mappers::samples("ewellcon"));
  std::string changed = samples;
  for (const auto& [plain, marked] : {std::pair("\"lat\": 52.0", "\"lat\": 52.123"), {"\"lon\": 5.0", "\"lon\": 5.123"},
                                      {"\"latitude\": 52.0", "\"latitude\": 52.123"},
                                      {"\"longitude\": 5.0", "\"longitude\": 5.123"}}) {
    const auto place = changed.find(plain);
    ASSERT_NE(place, changed.npos) << plain;
    changed.replace(place, std::string(plain).size(), marked);
  }
  const Settings settings = every_setting(ewellcon());
  const auto kinds = resolve(ewellcon(), settings);
  const Topics topics("cloud2mqtt", "homeassistant");
  std::string said;
  for (const Device& device : read_once(ewellcon(), boost::json::parse(changed), settings).devices) {
    const ResolvedKind& kind = *find_kind(kinds, device.kind);
    said += state_document(kind, device, true);
    said += announcement({&topics, &ewellcon(), "farm", "1"}, kind, device).document;
  }
  EXPECT_NE(said.find("Site A"), std::string::npos) << "the area may be said";
  for (const char* personal : {"52.123", "5.123", "latitude", "longitude"}) {
    EXPECT_EQ(said.find(personal), std::string::npos) << personal << " in " << said;
  }
}

TEST(EwellconPump, HasNoUnitUntilTheUserNamesIt) {
  const auto unit_of = [](const Settings& settings) {
    return resolve(ewellcon(), settings)[1].find("water")->unit;
  };
  EXPECT_EQ(unit_of(Settings()), "");
  EXPECT_EQ(unit_of(Settings(Json{{"water_unit", "m³"}})), "m³");
}

TEST(EwellconSummary, TakesZerosFromNoDataForUnknown) {
  Device pump = a_pump("{}");
  pump.facts.get_object()["summary"] = boost::json::parse(
      R"({"week_trends":{"total_water_delivered":"12.5"},
          "total_average_water":{"avg_daily_water":0,"calculation_method":"no_data"},
          "lifetime_averages":{"avg_pressure":3.9,"calculation_method":"average"}})");
  const Settings settings(Json{{"summary", true}});
  EXPECT_EQ(shown(ewellcon(), pump, "week_water", settings), Json(12.5));
  EXPECT_EQ(shown(ewellcon(), pump, "daily_water", settings), Json());
  EXPECT_EQ(shown(ewellcon(), pump, "lifetime_pressure", settings), Json(3.9));
}

TEST(EwellconSummary, CountsWaterOfAStretchOfTimeInTheUsersUnitAndAsNoMeter) {
  Device pump = a_pump("{}");
  pump.facts.get_object()["summary"] = boost::json::parse(
      R"({"week_trends":{"total_water_delivered":"0.0"},
          "total_average_water":{"avg_daily_water":"3.25","calculation_method":"average"}})");
  for (const char* unit : {"", "m³"}) {
    const Settings settings(Json{{"summary", true}, {"water_unit", unit}});
    EXPECT_EQ(shown(ewellcon(), pump, "week_water", settings), Json(0.0)) << unit;
    EXPECT_EQ(shown(ewellcon(), pump, "daily_water", settings), Json(3.25)) << unit;
    for (const char* key : {"week_water", "daily_water"}) {
      const auto kinds = resolve(ewellcon(), settings);
      const ResolvedRow* row = kinds[1].find(key);
      EXPECT_EQ(row->unit, unit) << key;
      EXPECT_EQ(row->device_class, *unit == 0 ? DeviceClass::none : DeviceClass::water) << key;
      EXPECT_EQ(row->entity->state_class, StateClass::none) << key;
    }
  }
}

TEST(EwellconSummary, OfANewPumpIsEmptyAndNoFailure) {
  ScriptedVendor vendor;
  Error missing(Errc::not_found, "no summary");
  missing.status = 404;
  vendor.expect("GET /pumps/pump-001/summary", missing);
  const auto facts = run(read_of(kind_of(ewellcon(), "pump"), "summary").read(vendor, a_pump("{}")));
  ASSERT_TRUE(facts);
  EXPECT_EQ(facts->own(), Json());
}

TEST(EwellconMetadata, EscapesTheIdInThePath) {
  ScriptedVendor vendor;
  vendor.expect("GET /pumps/a%2Fb%20c/metadata", R"({"metadata":{}})");
  Device pump = a_pump("{}");
  pump.id = "a/b c";
  EXPECT_TRUE(run(read_of(kind_of(ewellcon(), "pump"), "metadata").read(vendor, pump)));
}

Errc judged(int status, const std::string& code, bool* permanent = nullptr) {
  Reply reply;
  reply.status = status;
  reply.body = {{"error", {{"code", code}, {"message", "no"}, {"request_id", "r-1"}}}};
  const auto verdict = ewellcon().judge(std::move(reply));
  if (permanent != nullptr) *permanent = verdict.error().permanent;
  return verdict.error().code();
}

TEST(EwellconErrors, MeanWhatTheVendorMeans) {
  EXPECT_EQ(judged(400, "invalid_pagination"), Errc::refused);
  EXPECT_EQ(judged(400, "invalid_user_id"), Errc::refused);
  EXPECT_EQ(judged(401, "unauthorized"), Errc::unauthorized);
  EXPECT_EQ(judged(401, "invalid_api_key"), Errc::unauthorized);
  EXPECT_EQ(judged(403, "no_delegated_users"), Errc::refused);
  EXPECT_EQ(judged(403, "forbidden"), Errc::not_found);
  EXPECT_EQ(judged(404, "not_found"), Errc::not_found);
  EXPECT_EQ(judged(429, "rate_limited"), Errc::rate_limited);
  EXPECT_EQ(judged(500, "internal_error"), Errc::network);
}

TEST(EwellconErrors, ForMissingScopeAreForGood) {
  bool permanent = false;
  EXPECT_EQ(judged(403, "insufficient_scope", &permanent), Errc::refused);
  EXPECT_TRUE(permanent);
  judged(403, "no_delegated_users", &permanent);
  EXPECT_FALSE(permanent);
}

TEST(Ewellcon, OffersNoControl) {
  for (const DeviceKind& kind : ewellcon().kinds) {
    for (const Entity& row : kind.entities) EXPECT_FALSE(row.is_command()) << row.key;
  }
}

}  // namespace
}  // namespace bridge
