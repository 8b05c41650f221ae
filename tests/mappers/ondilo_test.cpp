#include "core/polling_plan.hpp"
#include "registry.hpp"
#include "support/mapper_parts.hpp"

namespace bridge {
namespace {

using namespace std::chrono_literals;

const std::string kAllTypes =
    "?types[]=temperature&types[]=ph&types[]=orp&types[]=salt&types[]=tds&types[]=battery&types[]=rssi";
const std::string kMeasures = "GET /pools/7/lastmeasures" + kAllTypes;

const Mapper& ondilo() { return *mappers::find("ondilo"); }

Device a_pool(const std::string& facts = "{}") {
  return Device{"pool", "7", "Garden pool", "", boost::json::parse(facts)};
}

Result<Facts> read(std::string_view name, ScriptedVendor& vendor, const Device& pool = a_pool()) {
  return run(read_of(ondilo().kinds.front(), name).read(vendor, pool));
}

Error missing() {
  Error error(Errc::not_found, "not found");
  error.status = 404;
  return error;
}

std::string measure(const std::string& type, const std::string& value, const std::string& rest) {
  return R"({"data_type":")" + type + R"(","value":)" + value + "," + rest + "}";
}

std::string taken(const std::string& time) { return R"("value_time":")" + time + R"(","is_valid":true)"; }

/// The pool with the measures that an answer brings.
Device measured(const std::string& answer, const std::string& facts = "{}") {
  ScriptedVendor vendor;
  vendor.expect(kMeasures, answer);
  Device pool = a_pool(facts);
  const auto read_facts = read("measures", vendor, pool);
  EXPECT_TRUE(read_facts);
  if (read_facts) pool.facts.get_object()["measures"] = read_facts->own();
  return pool;
}

TEST(OndiloList, AddsEveryPoolByItsId) {
  ScriptedVendor vendor;
  vendor.expect("GET /pools", R"([{"id":234,"name":"Garden pool","type":"outdoor_spa","volume":1.5},{"id":"a b"}])");
  RecordedFleet fleet;
  ASSERT_TRUE(run(ondilo().list(vendor, fleet)));
  ASSERT_EQ(fleet.devices.size(), 2U);
  EXPECT_EQ(fleet.devices[0].id, "234");
  EXPECT_EQ(fleet.devices[0].name, "Garden pool");
  EXPECT_EQ(shown(ondilo(), fleet.devices[0], "type"), Json("outdoor_spa"));
  EXPECT_EQ(shown(ondilo(), fleet.devices[0], "volume"), Json(1.5));
}

TEST(OndiloList, IsMalformedUnlessItIsAList) {
  for (const char* answer : {"{}", "null", "7", R"("Done")", R"({"error":{"message":"no"}})"}) {
    ScriptedVendor vendor;
    vendor.expect("GET /pools", answer);
    RecordedFleet fleet;
    const auto listed = run(ondilo().list(vendor, fleet));
    ASSERT_FALSE(listed) << answer;
    EXPECT_EQ(listed.error().code(), Errc::malformed);
  }
}

TEST(OndiloPool, IsOfAnyType) {
  for (const char* type : {"outdoor_inground_pool", "outdoor_aboveground_pool", "indoor_inground_pool",
                           "indoor_aboveground_pool", "outdoor_spa", "indoor_spa", "pond"}) {
    EXPECT_EQ(shown(ondilo(), a_pool(R"({"list":{"type":")" + std::string(type) + "\"}}"), "type"), Json(type));
  }
}

TEST(OndiloPool, IsDisinfectedByAWordThatIsListed) {
  const auto disinfection = [](const std::string& pool) {
    return shown(ondilo(), a_pool(R"({"list":)" + pool + "}"), "disinfection");
  };
  for (const char* word : {"chlorine", "bromine", "salt"}) {
    EXPECT_EQ(disinfection(R"({"disinfection":{"primary":")" + std::string(word) + "\"}}"), Json(word));
  }
  for (const char* pool : {R"({"disinfection":{"primary":"ozone"}})", R"({"disinfection":{"primary":null}})",
                           R"({"disinfection":{}})", R"({"disinfection":"bromine"})", "{}"}) {
    EXPECT_EQ(disinfection(pool), Json()) << pool;
  }
}

TEST(OndiloPool, IsMaintainedOnADayCountedFromMonday) {
  const auto day = [](const std::string& number) {
    return shown(ondilo(), a_pool(R"({"configuration":{"maintenance_day":)" + number + "}}"), "maintenance_day");
  };
  EXPECT_EQ(day("0"), Json("Monday"));
  EXPECT_EQ(day("6"), Json("Sunday"));
  EXPECT_EQ(day("6.0"), Json("Sunday"));
  EXPECT_EQ(day("\"1\""), Json("Tuesday"));
  for (const char* none : {"7", "-1", "1.5", "-0.5", "1e300", "null", "\"Monday\"", "{}"}) EXPECT_EQ(day(none), Json()) << none;
}

TEST(OndiloRecommendations, WaitInCapitalsToo) {
  ScriptedVendor vendor;
  vendor.expect("GET /pools/7/recommendations",
                R"([{"id":1,"status":"WAITING"},{"id":2,"status":"Ok"},{"id":3,"status":"waiting"},{"id":4}])");
  const auto facts = read("recommendations", vendor);
  ASSERT_TRUE(facts);
  EXPECT_EQ(number_at(facts->own(), "/count"), 3);
}

TEST(OndiloPool, WithoutAProbeIsNoFailure) {
  for (const char* name : {"probe", "configuration", "measures", "recommendations"}) {
    ScriptedVendor gone;
    const std::string path = std::string(name) == "probe" ? "device" : name;
    const std::string request = std::string(name) == "measures" ? kMeasures : "GET /pools/7/" + path;
    gone.expect(request, missing());
    EXPECT_TRUE(read(name, gone)) << name;
    ScriptedVendor empty;
    empty.expect(request, "null");
    EXPECT_TRUE(read(name, empty)) << name;
  }
}

TEST(OndiloPool, IsMalformedWhereAnAnswerHasAnotherShape) {
  const std::pair<const char*, std::string> requests[] = {
      {"probe", "GET /pools/7/device"}, {"configuration", "GET /pools/7/configuration"},
      {"measures", kMeasures}, {"recommendations", "GET /pools/7/recommendations"}};
  for (const auto& [name, request] : requests) {
    ScriptedVendor vendor;
    vendor.expect(request, R"("Service unavailable")");
    const auto facts = read(name, vendor);
    ASSERT_FALSE(facts) << name;
    EXPECT_EQ(facts.error().code(), Errc::malformed);
  }
}

TEST(OndiloPool, EscapesItsIdInEveryPath) {
  ScriptedVendor vendor;
  vendor.expect("GET /pools/a%2Fb/device", "{}");
  Device pool = a_pool();
  pool.id = "a/b";
  EXPECT_TRUE(read("probe", vendor, pool));
}

TEST(OndiloMeasures, AreReadInEveryFormOfTime) {
  for (const char* time : {"2026-05-08T11:30:05+0000", "2026-05-08 11:30:05", "2026-05-08T11:30:05Z"}) {
    const Device pool = measured("[" + measure("temperature", "19.5", taken(time)) + "]");
    EXPECT_EQ(shown(ondilo(), pool, "temperature"), Json(19.5));
    EXPECT_EQ(shown(ondilo(), pool, "last_measure"), Json("2026-05-08T11:30:05.000Z")) << time;
  }
}

TEST(OndiloMeasures, AreAsOldAsTheVendorSaysEvenIfItSaidOtherwiseBefore) {
  const Device future = measured("[" + measure("ph", "7", taken("2027-01-01 00:00:00")) + "]");
  const std::string facts = json_text(future.facts);
  const Device pool = measured("[" + measure("ph", "7", taken("2026-05-08 11:00:00")) + "]", facts);
  EXPECT_EQ(shown(ondilo(), pool, "last_measure"), Json("2026-05-08T11:00:00.000Z"));
  EXPECT_EQ(shown(ondilo(), measured("[]", json_text(pool.facts)), "last_measure"), Json());
}

TEST(OndiloMeasures, AreNullWithTheReasonWhereTheyAreInvalid) {
  const Device pool = measured(
      "[" + measure("ph", "9.3", R"("is_valid":false,"exclusion_reason":"Out of the water")") + "," +
      measure("orp", "1", R"("is_valid":false)") + "," + measure("temperature", "20", R"("is_valid":true)") + "]");
  EXPECT_EQ(shown(ondilo(), pool, "ph"), Json());
  EXPECT_EQ(shown(ondilo(), pool, "orp"), Json());
  EXPECT_EQ(shown(ondilo(), pool, "temperature"), Json(20));
  EXPECT_EQ(shown(ondilo(), pool, "any_invalid"), Json(true));
  EXPECT_EQ(shown(ondilo(), pool, "invalid"), Json("ph: Out of the water, orp: no reason"));
}

TEST(OndiloMeasures, OfASensorThatIsNotThereAreUnknownAndNotInvalid) {
  const Device pool = measured("[" + measure("salt", "null", R"("is_valid":true)") + "," +
                               measure("ph", "7.2", R"("is_valid":true)") + "]");
  EXPECT_EQ(shown(ondilo(), pool, "salt"), Json());
  EXPECT_EQ(shown(ondilo(), pool, "any_invalid"), Json(false));
  EXPECT_EQ(shown(ondilo(), pool, "invalid"), Json());
}

TEST(OndiloMeasures, AreUnknownWhereTheyAreNoNumbers) {
  const Device pool = measured(
      "[" + measure("ph", R"({"value":7})", R"("is_valid":true)") + R"(,7,{"data_type":7},null])");
  EXPECT_EQ(shown(ondilo(), pool, "ph"), Json());
  EXPECT_EQ(shown(ondilo(), a_pool(), "any_invalid"), Json());
}

TEST(OndiloMeasures, AreComparedWithTheConfiguredLimits) {
  const std::string limits = R"({"configuration":{"ph_low":7.6,"ph_high":8.5,"orp_low":400,"orp_high":null,"tds_low":null}})";
  const Device pool = measured("[" + measure("ph", "8.6", R"("is_valid":true)") + "," +
                                   measure("orp", "523", R"("is_valid":true)") + "," +
                                   measure("tds", "9", R"("is_valid":true)") + "]", limits);
  EXPECT_EQ(shown(ondilo(), pool, "ph_outside"), Json(true));
  EXPECT_EQ(shown(ondilo(), pool, "orp_outside"), Json(false));
  EXPECT_EQ(shown(ondilo(), pool, "tds_outside"), Json()) << "no limit is set";
  EXPECT_EQ(shown(ondilo(), pool, "salt_outside"), Json()) << "no value is known";
  EXPECT_EQ(shown(ondilo(), pool, "ph_high"), Json(8.5));
}

// ---- When the next measure is read ----------------------------------------------------------

std::optional<Instant> again(const std::string& time, const std::string& now) {
  ScriptedVendor vendor;
  vendor.clock = *parse_time(now);
  vendor.expect(kMeasures, "[" + measure("ph", "7", time.empty() ? R"("is_valid":true)" : taken(time)) + "]");
  return read("measures", vendor)->again();
}

TEST(OndiloMeasures, AreReadAgainFourMinutesAfterTheNextOneIsTaken) {
  EXPECT_EQ(again("2026-05-08 11:00:00", "2026-05-08T11:30:00Z"), parse_time("2026-05-08T12:04:00Z"));
}

TEST(OndiloMeasures, AreReadAgainAfterFiveAndTenMinutesWhereTheNextOneIsLate) {
  EXPECT_EQ(again("2026-05-08 11:00:00", "2026-05-08T12:04:00Z"), parse_time("2026-05-08T12:09:00Z"));
  EXPECT_EQ(again("2026-05-08 11:00:00", "2026-05-08T12:09:01Z"), parse_time("2026-05-08T12:19:00Z"));
  EXPECT_EQ(again("2026-05-08 11:00:00", "2026-05-08T12:19:01Z"), std::nullopt);
}

TEST(OndiloMeasures, AreReadByThePeriodWhereTheirTimeIsUseless) {
  EXPECT_EQ(again("", "2026-05-08T12:00:00Z"), std::nullopt) << "missing";
  EXPECT_EQ(again("soon", "2026-05-08T12:00:00Z"), std::nullopt) << "no time";
  EXPECT_EQ(again("2026-05-08 12:00:01", "2026-05-08T12:00:00Z"), std::nullopt) << "of the future";
  EXPECT_EQ(again("2026-05-07 11:59:59", "2026-05-08T12:00:00Z"), std::nullopt) << "older than a day";
}

// ---- Quota ----------------------------------------------------------------------------------

PollingPlan plan(int pools) {
  AccountConfiguration account;
  account.mapper = &ondilo();
  return polling_plan(account, pools);
}

TEST(OndiloQuota, IsOnePointTwoAnHourForOnePool) {
  // Measures every 64 minutes, recommendations every 6 hours, probe and configuration once a day.
  EXPECT_NEAR(plan(1).an_hour - 1 / 6.0, 60 / 64.0 + 1 / 6.0 + 2 / 24.0, 1e-9);
  EXPECT_EQ(plan_conflict(plan(1)), "");
}

TEST(OndiloQuota, SufficesForTwentyPools) {
  const PollingPlan twenty = plan(20);
  EXPECT_EQ(count_text(twenty.an_hour), "23.9");
  EXPECT_EQ(stretched_text(twenty.reads), "");
  for (const PlannedWindow& window : twenty.windows) EXPECT_TRUE(window.fits()) << window.quota.per.count();
  EXPECT_EQ(twenty.windows.back().for_polls, 25);
  EXPECT_NE(stretched_text(plan(30).reads), "");
}

// ---- Errors ---------------------------------------------------------------------------------

Result<Json> judged(int status, Json body, std::string plain = {}) {
  Reply reply;
  reply.status = status;
  reply.body = std::move(body);
  reply.plain = std::move(plain);
  return ondilo().judge(std::move(reply));
}

TEST(OndiloErrors, MayMeanThatTheQuotaIsUsedUp) {
  const auto verdict = judged(400, {{"error", {{"message", "cannot get user's pools"}}}});
  ASSERT_FALSE(verdict);
  EXPECT_EQ(verdict.error().code(), Errc::refused);
  EXPECT_EQ(verdict.error().pause_if_repeated, std::chrono::milliseconds(1h));
  EXPECT_NE(verdict.error().message().find("cannot get user's pools"), std::string::npos);
}

TEST(OndiloErrors, MayBeAPlainText) {
  const auto verdict = judged(400, Json(), "cannot get user's pools");
  ASSERT_FALSE(verdict);
  EXPECT_EQ(verdict.error().message(), "the vendor answered with status 400: cannot get user's pools");
  EXPECT_EQ(verdict.error().pause_if_repeated, std::chrono::milliseconds(1h));
}

TEST(OndiloErrors, OfAllOtherStatusesAreWhatTheySay) {
  const std::pair<int, Errc> statuses[] = {{401, Errc::unauthorized}, {404, Errc::not_found},
                                           {429, Errc::rate_limited}, {500, Errc::network},
                                           {502, Errc::network},      {503, Errc::network}};
  for (const auto& [status, code] : statuses) {
    const auto verdict = judged(status, Json(), "<html>Bad gateway</html>");
    ASSERT_FALSE(verdict);
    EXPECT_EQ(verdict.error().code(), code) << status;
    EXPECT_FALSE(verdict.error().pause_if_repeated) << status;
  }
}

TEST(Ondilo, PointsNoRowAtWhatIsPersonal) {
  for (const Entity& row : ondilo().kinds.front().entities) {
    for (const char* word : {"address", "street", "city", "latitude", "pool_guy", "email", "uuid"}) {
      EXPECT_EQ(row.pointer.find(word), std::string_view::npos) << row.key;
    }
  }
}

}  // namespace
}  // namespace bridge
