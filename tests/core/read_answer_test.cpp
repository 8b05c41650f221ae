#include "bridge/mapper.hpp"
#include "support/run.hpp"
#include "support/scripted_vendor.hpp"

namespace bridge {
namespace {

constexpr std::string_view kPath = "/pumps/{id}/summary";
const Device kPump{"pump", "a/b", "", "", {}};

Error missing() {
  Error error(Errc::not_found, "not found");
  error.status = 404;
  return error;
}

TEST(ReadAnswer, TakesTheObjectForTheFacts) {
  ScriptedVendor vendor;
  vendor.expect("GET /pumps/a%2Fb/summary", R"({"water":7})");
  const auto facts = run(read_answer<kPath>(vendor, kPump));
  ASSERT_TRUE(facts);
  EXPECT_EQ(facts->own(), (Json{{"water", 7}}));
}

TEST(ReadAnswer, IsNothingWhereTheVendorHasNone) {
  ScriptedVendor vendor;
  vendor.expect("GET /pumps/a%2Fb/summary", missing());
  vendor.expect("GET /pumps/a%2Fb/summary", "null");
  EXPECT_EQ(run(read_answer<kPath>(vendor, kPump))->own(), Json());
  EXPECT_EQ(run(read_answer<kPath>(vendor, kPump))->own(), Json());
}

TEST(ReadAnswer, FailsWhereTheVendorFailsOrSendsSomethingElse) {
  ScriptedVendor vendor;
  vendor.expect("GET /pumps/a%2Fb/summary", Error(Errc::network, "gone"));
  EXPECT_EQ(run(read_answer<kPath>(vendor, kPump)).error().code(), Errc::network);
  for (const char* answer : {"[]", "7", R"("text")"}) {
    vendor.expect("GET /pumps/a%2Fb/summary", answer);
    EXPECT_EQ(run(read_answer<kPath>(vendor, kPump)).error().code(), Errc::malformed);
  }
}

TEST(GetList, TakesAListOrNothing) {
  ScriptedVendor vendor;
  vendor.expect("GET /pumps", "[1]");
  vendor.expect("GET /pumps", "null");
  vendor.expect("GET /pumps", missing());
  vendor.expect("GET /pumps", "{}");
  EXPECT_EQ(*run(get_list(vendor, "/pumps")), Json(boost::json::array{1}));
  EXPECT_EQ(*run(get_list(vendor, "/pumps")), Json());
  EXPECT_EQ(*run(get_list(vendor, "/pumps")), Json());
  EXPECT_EQ(run(get_list(vendor, "/pumps")).error().code(), Errc::malformed);
}

}  // namespace
}  // namespace bridge
