#include "core/meters.hpp"

#include <gtest/gtest.h>

#include <boost/json/parse.hpp>

#include "core/device_registry.hpp"
#include "core/state_document.hpp"

namespace bridge {
namespace {

constexpr Entity kRows[] = {water_total("water", "Water", "/list/water"),
                            counter("starts", "Starts", "/detail/starts"),
                            sensor("speed", "Speed", "/list/speed")};
constexpr DeviceKind kKinds[] = {{.name = "pump", .entities = kRows}};
constexpr Mapper kAcme{.name = "acme", .manufacturer = "Acme", .base_url = "", .auth = {}, .kinds = kKinds};

class MetersTest : public testing::Test {
 protected:
  /// The vendor's next answer; whether something is to be said.
  bool poll(const Json& facts) {
    const auto seen = registry_.see({.kind = "pump", .id = "p", .name = "P", .facts = facts});
    record_ = seen.record;
    return seen.changed;
  }
  Json said(std::string_view key) const {
    const auto state = state_document(*record_->kind, record_->device, true, record_->meters);
    return boost::json::parse(state).at(key);
  }
  Json water_after(const Json& value) {
    poll(Json{{"water", value}});
    return said("water");
  }

  std::vector<ResolvedKind> kinds_ = resolve(kAcme, Settings());
  DeviceRegistry registry_{kinds_};
  Record record_;
};

TEST_F(MetersTest, AStrayZeroIsNotSaid) {
  EXPECT_EQ(water_after(5000), Json(5000));
  EXPECT_EQ(water_after(0), Json(5000));
  EXPECT_EQ(water_after(5001), Json(5001));
}

TEST_F(MetersTest, AMeterThatBeganAnewIsBelievedAtTheSecondAnswer) {
  water_after(5000);
  water_after(1);
  EXPECT_EQ(water_after(2), Json(2));
  EXPECT_EQ(water_after(3), Json(3));
}

TEST_F(MetersTest, TheSecondAnswerMayBeTheVerySame) {
  water_after(5000);
  water_after(0);
  EXPECT_TRUE(poll(Json{{"water", 0}})) << "nothing differs, but it is believed now";
  EXPECT_EQ(said("water"), Json(0));
  EXPECT_FALSE(poll(Json{{"water", 0}}));
}

TEST_F(MetersTest, SecondThoughtsDoNotSpanARise) {
  water_after(5000);
  water_after(0);
  water_after(5000);
  EXPECT_EQ(water_after(0), Json(5000));
}

TEST_F(MetersTest, WhatIsMissingIsUnknownAndForgetsNothing) {
  water_after(5000);
  EXPECT_EQ(water_after(nullptr), Json());
  EXPECT_EQ(water_after(0), Json(5000));
  EXPECT_EQ(water_after(nullptr), Json());
  EXPECT_EQ(water_after(0), Json(5000));
}

TEST_F(MetersTest, AReadJudgesItsOwnMetersAlone) {
  poll(Json{{"water", 10}});
  DeviceRegistry::merge(*record_, "detail", Json{{"starts", 7}});
  DeviceRegistry::merge(*record_, "detail", Json{{"starts", 0}});
  poll(Json{{"water", 11}});
  EXPECT_EQ(said("starts"), Json(7)) << "the list says nothing about it";
  DeviceRegistry::merge(*record_, "detail", Json{{"starts", 0}});
  EXPECT_EQ(said("starts"), Json(0));
}

TEST_F(MetersTest, DoubtOutlivesRowsThatAreMadeAnew) {
  water_after(5000);
  water_after(0);
  auto anew = resolve(kAcme, Settings());
  kinds_[0] = std::move(anew[0]);
  EXPECT_EQ(said("water"), Json(5000));
  EXPECT_EQ(water_after(5001), Json(5001));
  EXPECT_FALSE(record_->meters.in_doubt());
}

TEST_F(MetersTest, WhatIsNoMeterMayFall) {
  poll(Json{{"speed", 9}});
  poll(Json{{"speed", 3}});
  EXPECT_EQ(said("speed"), Json(3));
}

TEST_F(MetersTest, KeepsTheFormOfANumber) {
  poll(Json{{"water", "12.50"}});
  EXPECT_EQ(said("water"), Json(12.5));
  poll(Json{{"water", "0"}});
  EXPECT_EQ(said("water"), Json(12.5));
}

}  // namespace
}  // namespace bridge
