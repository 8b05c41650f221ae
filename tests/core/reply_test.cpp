#include <gtest/gtest.h>

#include <boost/json/parse.hpp>

#include "bridge/mapper.hpp"
#include "support/run.hpp"
#include "support/scripted_vendor.hpp"

namespace bridge {
namespace {

Error error_of(int status, std::string_view body = "null") {
  Reply reply;
  reply.status = status;
  reply.body = boost::json::parse(body);
  const auto judged = by_status(reply);
  EXPECT_FALSE(judged);
  return judged ? Error(Errc::malformed, "it was a success") : judged.error();
}

TEST(ByStatus, TakesTheBodyOfASuccess) {
  Reply reply;
  reply.body = boost::json::parse(R"({"a":1})");
  for (const int status : {200, 201, 204, 299}) {
    reply.status = status;
    const auto judged = by_status(reply);
    ASSERT_TRUE(judged);
    EXPECT_EQ(at(*judged, "/a"), Json(1));
  }
}

TEST(ByStatus, TakesNoSuccessThatIsNotJson) {
  Reply reply;
  reply.status = 200;
  reply.plain = "<html>";
  const auto judged = by_status(reply);
  ASSERT_FALSE(judged);
  EXPECT_EQ(judged.error().code(), Errc::malformed);
}

TEST(ByStatus, SortsFailuresByWhatMustBeDone) {
  EXPECT_EQ(error_of(401).code(), Errc::unauthorized);
  EXPECT_EQ(error_of(404).code(), Errc::not_found);
  EXPECT_EQ(error_of(408).code(), Errc::timeout);
  EXPECT_EQ(error_of(429).code(), Errc::rate_limited);
  for (const int status : {400, 402, 403, 409, 410, 422}) {
    EXPECT_EQ(error_of(status).code(), Errc::refused);
  }
  for (const int status : {500, 502, 503}) EXPECT_EQ(error_of(status).code(), Errc::network);
  EXPECT_EQ(error_of(504).code(), Errc::timeout);
  for (const int status : {0, 100, 301, 302, 600}) {
    EXPECT_EQ(error_of(status).code(), Errc::malformed);
  }
}

TEST(ByStatus, FindsTheVendorsWordsInEveryUsualPlace) {
  const Error nested = error_of(
      403, R"({"error":{"code":"insufficient_scope","message":"No.","request_id":"r-1"}})");
  EXPECT_EQ(nested.vendor_code, "insufficient_scope");
  EXPECT_EQ(nested.request_id, "r-1");
  EXPECT_EQ(nested.status, 403);
  EXPECT_EQ(nested.message(), "the vendor answered with status 403 (insufficient_scope): No.");

  const Error flat = error_of(400, R"({"code":17,"message":"No."})");
  EXPECT_EQ(flat.message(), "the vendor answered with status 400 (17): No.");
  EXPECT_EQ(error_of(400, R"({"detail":"Not so."})").message(),
            "the vendor answered with status 400: Not so.");
  EXPECT_EQ(
      error_of(422, R"({"detail":[{"loc":["body","level"],"msg":"not so","type":"enum"},{"msg":"nor so"},7]})")
          .message(),
      "the vendor answered with status 422: body.level: not so; nor so");
  EXPECT_EQ(error_of(400, R"({"error":"not like this"})").message(),
            "the vendor answered with status 400: not like this");
  EXPECT_EQ(error_of(400, R"({"error":"bad_thing"})").vendor_code, "bad_thing");
  EXPECT_EQ(error_of(422, R"({"errors":[{"title":"Invalid","detail":"Not 3."},{"title":"Other"}]})").message(),
            "the vendor answered with status 422: Not 3.");
  EXPECT_EQ(error_of(422, R"({"errors":[{"title":"Invalid label"}]})").message(),
            "the vendor answered with status 422: Invalid label");
  EXPECT_EQ(error_of(500, "[1]").message(), "the vendor answered with status 500");
}

TEST(ByStatus, TakesATextThatIsNoJsonForTheMessageButNoWebPage) {
  Reply reply;
  reply.status = 400;
  reply.plain = "too many requests";
  EXPECT_EQ(by_status(reply).error().message(), "the vendor answered with status 400: too many requests");
  reply.plain = "\n<html>Bad gateway</html>";
  EXPECT_EQ(by_status(reply).error().message(), "the vendor answered with status 400");
}

TEST(ByStatus, KeepsTheRequestIdAndThePauseOfTheHeaders) {
  Reply reply;
  reply.status = 429;
  reply.request_id = "from-header";
  reply.body = boost::json::parse(R"({"error":{"request_id":"from-body"}})");
  reply.retry_after = std::chrono::seconds(7);
  const auto judged = by_status(reply);
  EXPECT_EQ(judged.error().request_id, "from-header");
  EXPECT_EQ(judged.error().retry_after, std::chrono::milliseconds(7000));
}

TEST(UrlEncoded, EscapesEverythingButUnreservedCharacters) {
  EXPECT_EQ(url_encoded("aZ09-._~"), "aZ09-._~");
  EXPECT_EQ(url_encoded("a b/c?d&e%"), "a%20b%2Fc%3Fd%26e%25");
  EXPECT_EQ(url_encoded("ä"), "%C3%A4");
  EXPECT_EQ(url_encoded(std::string_view("\0", 1)), "%00");
  EXPECT_EQ(url_encoded(""), "");
}

TEST(ByStatus, FindsTheVendorsWordsInAListOfErrors) {
  const Error error = error_of(403, R"({"errors":[{"code":"FORBIDDEN","message":"not permitted"},{"code":"OTHER"}]})");
  EXPECT_EQ(error.vendor_code, "FORBIDDEN");
  EXPECT_NE(error.message().find("not permitted"), std::string::npos);
}

// ---- A list of ids, and a request for each ----------------------------------------------------

Task<void> add_thing(Vendor& vendor, Fleet& fleet, std::string id) {
  const auto answer = co_await vendor.get("/things/" + id);
  if (!answer) co_return answer.error();
  const Json facts = *answer;
  fleet.add({.kind = "thing", .id = id, .name = "", .facts = facts});
  co_return success();
}

TEST(Error, HitsAllWhereTheNextRequestWouldFailToo) {
  const auto hits_all = [](Errc code, int status, bool unsent = false) {
    Error error(code, "no");
    error.status = status;
    error.unsent = unsent;
    return error.hits_all();
  };
  EXPECT_TRUE(hits_all(Errc::network, 0));
  EXPECT_TRUE(hits_all(Errc::timeout, 0));
  EXPECT_TRUE(hits_all(Errc::unauthorized, 401));
  EXPECT_TRUE(hits_all(Errc::rate_limited, 429));
  EXPECT_TRUE(hits_all(Errc::network, 503, true)) << "no token was got";
  EXPECT_FALSE(hits_all(Errc::network, 503));
  EXPECT_FALSE(hits_all(Errc::timeout, 504));
  EXPECT_FALSE(hits_all(Errc::refused, 403));
  EXPECT_FALSE(hits_all(Errc::not_found, 404));
  EXPECT_FALSE(hits_all(Errc::malformed, 200));
}

class ListEach : public testing::Test {
 protected:
  Result<void> list(const Json& ids) { return run(list_each(vendor, fleet, ids, add_thing)); }
  void fail(const std::string& id, Errc code, int status) {
    Error error(code, "no");
    error.status = status;
    vendor.expect("GET /things/" + id, error);
  }

  ScriptedVendor vendor;
  RecordedFleet fleet;
};

TEST_F(ListEach, AddsEachAndLeavesWhatCannotBeReadAsItWas) {
  vendor.expect("GET /things/a", "{}");
  fail("b", Errc::network, 502);
  fail("7", Errc::not_found, 404);
  fail("locked", Errc::refused, 403);
  fail("slow", Errc::timeout, 504);
  vendor.expect("GET /things/c", "{}");
  EXPECT_TRUE(list(boost::json::parse(R"(["a", "b", 7, "locked", "slow", "c"])")));
  EXPECT_EQ(fleet.devices.size(), 2U);
  EXPECT_EQ(fleet.kept, (std::vector<std::string>{"b", "7", "locked", "slow"}));
}

TEST_F(ListEach, EndsWithWhatConcernsTheWholeAccount) {
  for (const auto& [code, status] : {std::pair(Errc::unauthorized, 401), {Errc::rate_limited, 429}, {Errc::network, 0}}) {
    vendor.expect("GET /things/a", "{}");
    fail("b", code, status);
    EXPECT_EQ(list(boost::json::parse(R"(["a", "b", "c"])")).error().code(), code);
  }
}

TEST_F(ListEach, FailsWhenThereIsNoList) {
  EXPECT_EQ(list(boost::json::parse(R"({"a": 1})")).error().code(), Errc::malformed);
  EXPECT_TRUE(list(boost::json::array())) << "an account without devices";
}

}  // namespace
}  // namespace bridge
