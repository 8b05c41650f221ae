#include "core/outcome.hpp"

#include <gtest/gtest.h>

namespace bridge {
namespace {

constexpr Instant kNoon{std::chrono::milliseconds(1778252595000)};

TEST(Outcome, WritesEveryMemberInAFixedOrderWithNullsForWhatIsUnknown) {
  Outcome outcome;
  outcome.key = "load";
  outcome.time = kNoon;
  EXPECT_EQ(outcome_document(outcome),
            R"({"id":null,"key":"load","outcome":"done","reason":null,"message":null,)"
            R"("time":"2026-05-08T15:03:15.000Z"})");
}

TEST(Outcome, AddsWhatIsKnown) {
  Outcome outcome;
  outcome.word = Outcome::Word::failed;
  outcome.device = "6ItNKFLm_mS";
  outcome.key = "load";
  outcome.id = "say \"hi\"";
  outcome.reason = "rate_limited";
  outcome.message = "wait";
  outcome.time = kNoon;
  outcome.vendor_request_id = "r-1";
  outcome.retry_at = kNoon + std::chrono::minutes(1);
  outcome.duplicate = true;
  EXPECT_EQ(outcome_document(outcome),
            R"({"id":"say \"hi\"","key":"load","outcome":"failed","reason":"rate_limited",)"
            R"("message":"wait","time":"2026-05-08T15:03:15.000Z","device":"6ItNKFLm_mS",)"
            R"("vendor_request_id":"r-1",)"
            R"("retry_at":"2026-05-08T15:04:15.000Z","duplicate":true})");
}

TEST(Outcome, MarksAStoredDocumentAsADuplicateOnce) {
  EXPECT_EQ(as_duplicate(R"({"id":"x"})"), R"({"id":"x","duplicate":true})");
  EXPECT_EQ(as_duplicate(as_duplicate(R"({"id":"x"})")), R"({"id":"x","duplicate":true})");
}

TEST(Outcome, HasAWordForEachEnd) {
  using Word = Outcome::Word;
  EXPECT_EQ(std::size(kOutcomeWords), static_cast<std::size_t>(Word::unknown) + 1);
  std::string all;
  for (const Word each : kOutcomeWords) all += std::string(word(each)) + " ";
  EXPECT_EQ(all, "done confirmed unconfirmed rejected failed expired superseded unknown ");
}

TEST(Outcome, OfAnErrorIsRejectedOnlyWhereTheVendorWasNotAsked) {
  Error error(Errc::rate_limited, "the vendor wants a pause");
  error.request_id = "r-2";
  error.retry_after = std::chrono::seconds(90);
  const Outcome failed = outcome_of(error, kNoon);
  EXPECT_EQ(failed.word, Outcome::Word::failed);
  EXPECT_EQ(failed.reason, "rate_limited");
  EXPECT_EQ(failed.message, "the vendor wants a pause");
  EXPECT_EQ(failed.vendor_request_id, "r-2");
  EXPECT_EQ(failed.retry_at, kNoon + std::chrono::seconds(90));
  EXPECT_EQ(failed.time, kNoon);

  const Outcome rejected = outcome_of(Error(Errc::invalid_argument, "send ON or OFF"), kNoon);
  EXPECT_EQ(rejected.word, Outcome::Word::rejected);
  EXPECT_EQ(rejected.reason, "invalid_argument");
  EXPECT_FALSE(rejected.retry_at);
}

}  // namespace
}  // namespace bridge
