#include "core/reachability.hpp"

#include <gtest/gtest.h>

#include "bridge/timestamp.hpp"

namespace bridge {
namespace {

using namespace std::chrono_literals;

std::string_view silent(const Json& facts) { return flag(facts, "/list/silent") ? "device_offline" : ""; }

constexpr DeviceKind kKinds[] = {{.name = "pump", .heard = "/list/heard", .stale_after = 1h, .unreachable = silent}};
constexpr Mapper kAcme{.name = "acme", .manufacturer = "Acme", .base_url = "", .auth = {}, .kinds = kKinds};

class Reachability : public testing::Test {
 protected:
  std::string_view reason(const Json& list, Instant now = *parse_time("2026-05-08T12:00:00Z"), std::string_view trouble = "") {
    DeviceRecord record;
    record.kind = &kinds.front();
    record.device.facts = boost::json::object{{"list", list}};
    record.read_trouble = trouble;
    return reachability(record, now);
  }
  std::vector<ResolvedKind> kinds = resolve(kAcme, Settings());
};

TEST_F(Reachability, IsFineWhileTheWordIsFresh) {
  EXPECT_EQ(reason(Json{{"heard", "2026-05-08T11:00:00Z"}}), "ok");
  EXPECT_EQ(reason(Json{{"heard", "2026-05-08T10:59:59Z"}}), "data_stale");
}

TEST_F(Reachability, DoesNotCallWhatWasNeverHeardStale) {
  EXPECT_EQ(reason(Json()), "ok");
  EXPECT_EQ(reason(Json{{"heard", "0001-01-01T00:00:00Z"}}), "ok");
  EXPECT_EQ(reason(Json{{"heard", 7}}), "ok");
}

TEST_F(Reachability, PutsReadsBeforeTheVendorsWordAndThatBeforeAge) {
  const Json old{{"heard", "2020-01-01T00:00:00Z"}, {"silent", true}};
  EXPECT_EQ(reason(old), "device_offline");
  EXPECT_EQ(reason(old, Instant{}, "read_failed"), "read_failed");
}

TEST_F(Reachability, TakesTheAccountsOwnLimit) {
  kinds = resolve(kAcme, Settings(), 10min);
  EXPECT_EQ(reason(Json{{"heard", "2026-05-08T11:45:00Z"}}), "data_stale");
}

constexpr Read kMeterReads[] = {{.facts = "energy", .every = 5min}, {.facts = "own", .every = 5min}};
constexpr Read kChannelReads[] = {{.facts = "own", .every = 5min}};
constexpr DeviceKind kMeterKinds[] = {{.name = "meter", .reads = kMeterReads},
                                      {.name = "channel", .reads = kChannelReads}};
constexpr Mapper kMeters{
    .name = "acme", .manufacturer = "Acme", .base_url = "", .auth = {}, .kinds = kMeterKinds};

TEST(ReachabilityOfChildren, FollowsTheParentWhoseReadFeedsThem) {
  const auto kinds = resolve(kMeters, Settings());
  DeviceRecord meter;
  meter.kind = &kinds[0];
  DeviceRecord channel;
  channel.kind = &kinds[1];
  channel.device.facts = boost::json::object{{"list", 1}, {"own", 1}};
  meter.reason = "data_stale";
  EXPECT_EQ(reachability(channel, Instant{}, &meter), "ok") << "it lives by itself";

  channel.device.facts.get_object()["energy"] = 1;
  EXPECT_EQ(reachability(channel, Instant{}, &meter), "parent_offline");
  EXPECT_EQ(reachability(channel, Instant{}), "ok");
  channel.read_trouble = "read_failed";
  EXPECT_EQ(reachability(channel, Instant{}, &meter), "read_failed") << "its own reason says more";
  channel.read_trouble = "";
  meter.reason = "ok";
  EXPECT_EQ(reachability(channel, Instant{}, &meter), "ok");
}

}  // namespace
}  // namespace bridge
