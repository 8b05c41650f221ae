// Recommendations: what is waiting, what is new, and what a validation does.

#include "registry.hpp"
#include "support/mapper_parts.hpp"

namespace bridge {
namespace {

const Mapper& ondilo() { return *mappers::find("ondilo"); }
const Entity& row(std::string_view key) { return row_of(ondilo().kinds.front(), key); }

std::string one(int id, const std::string& created, const std::string& status = "waiting") {
  const std::string number = std::to_string(id);
  return R"({"id":)" + number + R"(,"title":"Title )" + number + R"(","message":"Message )" + number +
         R"(","created_at":")" + created + R"(","status":")" + status + R"(","deadline":"2026-05-09T00:00:00+0000"})";
}

struct Pool {
  Device device{"pool", "7", "Garden pool", "", boost::json::object()};

  /// The list is read again; the events that come of it.
  std::vector<Json> reads(const std::string& answer) {
    ScriptedVendor vendor;
    vendor.expect("GET /pools/7/recommendations", answer);
    return take(vendor);
  }
  std::vector<Json> take(ScriptedVendor& vendor) {
    const auto facts = run(read_of(ondilo().kinds.front(), "recommendations").read(vendor, device));
    EXPECT_TRUE(facts);
    if (!facts) return {};
    device.facts.get_object()["recommendations"] = facts->own();
    std::vector<Json> events;
    for (const auto& [key, event] : facts->events()) {
      EXPECT_EQ(key, "new_recommendation");
      events.push_back(event);
    }
    return events;
  }
  Json shows(std::string_view key) const { return shown(ondilo(), device, key); }
};

TEST(OndiloRecommendations, AreCountedAndTheNewestIsShown) {
  Pool pool;
  pool.reads("[" + one(3, "2026-05-01T08:00:00+0000") + "," + one(9, "2026-05-02 08:00:00") + "," +
             one(5, "2026-05-02T08:00:00Z") + "," + one(99, "2026-05-07T08:00:00+0000", "ok") + "]");
  EXPECT_EQ(pool.shows("recommendations"), Json(3));
  EXPECT_EQ(pool.shows("recommendation"), Json("Title 9")) << "of one moment, the highest number";
  EXPECT_EQ(pool.shows("recommendation_message"), Json("Message 9"));
  EXPECT_EQ(pool.shows("recommendation_id"), Json(9));
  EXPECT_EQ(pool.shows("recommendation_deadline"), Json("2026-05-09T00:00:00.000Z"));
}

TEST(OndiloRecommendations, AreUnknownUntilTheyAreReadAndNoneAfterwards) {
  Pool pool;
  EXPECT_EQ(pool.shows("recommendations"), Json());
  pool.reads("[]");
  EXPECT_EQ(pool.shows("recommendations"), Json(0));
  EXPECT_EQ(pool.shows("recommendation"), Json());
}

TEST(OndiloRecommendations, MakeAnEventForEachNewOneOnce) {
  Pool pool;
  const std::string first = one(1, "2026-05-01T08:00:00+0000");
  EXPECT_TRUE(pool.reads("[" + first + "]").empty()) << "the first list is no news";

  const auto events = pool.reads("[" + one(3, "2026-05-03T08:00:00+0000") + "," + first + "," +
                                 one(2, "2026-05-02T08:00:00+0000") + "]");
  ASSERT_EQ(events.size(), 2U);
  EXPECT_EQ(at(events[0], "/event_type"), Json("new"));
  EXPECT_EQ(at(events[0], "/id"), Json(2)) << "the older one comes first";
  EXPECT_EQ(at(events[0], "/time"), Json("2026-05-02T08:00:00.000Z"));
  EXPECT_EQ(at(events[1], "/title"), Json("Title 3"));

  EXPECT_TRUE(pool.reads("[]").empty());
  EXPECT_TRUE(pool.reads("[" + first + "]").empty()) << "it was there before";
}

TEST(OndiloRecommendations, AreNoNewsAfterARestart) {
  EXPECT_TRUE(read_of(ondilo().kinds.front(), "recommendations").durable);
}

TEST(OndiloRecommendations, StandWhereTheVendorHasNoneToTell) {
  Pool pool;
  pool.reads("[" + one(1, "2026-05-01T08:00:00+0000") + "]");
  Error missing(Errc::not_found, "not found");
  missing.status = 404;
  ScriptedVendor vendor;
  vendor.expect("GET /pools/7/recommendations", missing);
  EXPECT_TRUE(pool.take(vendor).empty());
  EXPECT_EQ(pool.shows("recommendations"), Json(1));
}

Pool with_two() {
  Pool pool;
  pool.reads("[" + one(10251, "2026-05-01T08:00:00+0000") + "," + one(10252, "2026-05-02T08:00:00+0000") + "]");
  return pool;
}

TEST(OndiloCommand, ValidatesTheNewestThatWaits) {
  ScriptedVendor vendor;
  vendor.expect("PUT /pools/7/recommendations/10252", R"("Done")");
  EXPECT_TRUE(execute(row("validate_recommendation"), vendor, with_two().device, "PRESS"));
}

TEST(OndiloCommand, ValidatesTheOneThatIsNamed) {
  for (const Json& id : {Json(10251), Json("10251")}) {
    ScriptedVendor vendor;
    vendor.expect("PUT /pools/7/recommendations/10251", R"("Done")");
    EXPECT_TRUE(execute(row("validate"), vendor, with_two().device, id));
  }
}

TEST(OndiloCommand, IsRejectedWithoutAskingTheVendorWhereNothingSuchWaits) {
  ScriptedVendor vendor;  // expects nothing: any call fails the test
  for (const Json& value : {Json(99), Json("99"), Json(""), Json("press"), Json(), Json{{"id", 10251}}, Json(true)}) {
    const auto outcome = execute(row("validate"), vendor, with_two().device, value);
    ASSERT_FALSE(outcome);
    EXPECT_EQ(outcome.error().code(), Errc::invalid_argument);
    EXPECT_NE(outcome.error().message().find("10252, 10251"), std::string::npos) << outcome.error().message();
  }
  const auto outcome = execute(row("validate_recommendation"), vendor, Pool().device, "PRESS");
  ASSERT_FALSE(outcome);
  EXPECT_EQ(outcome.error().message(), "No recommendation is waiting.");
}

TEST(OndiloCommand, TakesDoneInEveryForm) {
  for (const char* answer : {R"("Done")", R"("done")", R"("DONE\n")", "null"}) {
    ScriptedVendor vendor;
    vendor.expect("PUT /pools/7/recommendations/10252", answer);
    EXPECT_TRUE(execute(row("validate_recommendation"), vendor, with_two().device, "PRESS")) << answer;
  }
  for (const char* body : {"Done", "done", "DONE\n"}) {
    Reply reply;
    reply.status = 200;
    reply.plain = body;
    EXPECT_EQ(*ondilo().judge(reply), Json(body));
  }
}

TEST(OndiloCommand, FailsWhereTheVendorSaysSomethingElse) {
  for (const char* answer : {R"("Recommendation already validated")", "{}", "[]", R"("")", "7"}) {
    ScriptedVendor vendor;
    vendor.expect("PUT /pools/7/recommendations/10252", answer);
    const auto outcome = execute(row("validate_recommendation"), vendor, with_two().device, "PRESS");
    ASSERT_FALSE(outcome) << answer;
    EXPECT_EQ(outcome.error().code(), Errc::refused);
  }
}

TEST(OndiloCommand, IsConfirmedWhenTheRecommendationNoLongerWaits) {
  Pool pool = with_two();
  for (const char* key : {"validate", "validate_recommendation"}) {
    EXPECT_FALSE(row(key).confirm(pool.device, "10252"));
    EXPECT_EQ(row(key).refresh, "recommendations");
    EXPECT_FALSE(row(key).idempotent) << "a second one must not replace a first";
  }
  pool.reads("[" + one(10251, "2026-05-01T08:00:00+0000") + "]");
  EXPECT_TRUE(row("validate").confirm(pool.device, "10252"));
  EXPECT_FALSE(row("validate").confirm(pool.device, "10251"));
}

}  // namespace
}  // namespace bridge
