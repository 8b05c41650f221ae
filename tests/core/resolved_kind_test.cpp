#include "core/resolved_kind.hpp"

#include <gtest/gtest.h>

namespace bridge {
namespace {

using namespace std::chrono_literals;

constexpr Read kReads[] = {
    {.facts = "stats", .every = 60s},
    {.facts = "users", .every = 1h, .when = "users"},
};
constexpr Entity kEntities[] = {
    volts("volts", "Voltage", "/list/volts"),
    water_total("water", "Water", "/list/water").in_unit_of("water_unit"),
    sensor("owner", "Owner", "/list/owner").only_with("users"),
};
constexpr DeviceKind kKinds[] = {
    {.name = "pump", .reads = kReads, .entities = kEntities, .stale_after = 3600s},
};
const Mapper kAcme{
    .name = "acme", .manufacturer = "Acme", .base_url = "", .auth = {}, .kinds = kKinds};

ResolvedKind resolved(const Json& settings, std::optional<std::chrono::seconds> stale_after = {}) {
  return resolve(kAcme, Settings(settings), stale_after).at(0);
}

TEST(ResolvedKind, LeavesOutRowsAndReadsThatNoSettingSwitchesOn) {
  const auto kind = resolved({{"users", false}});
  EXPECT_EQ(kind.kind, &kKinds[0]);
  EXPECT_EQ(kind.rows.size(), 2u);
  EXPECT_EQ(kind.reads.size(), 1u);
  EXPECT_EQ(kind.find("owner"), nullptr);
  EXPECT_EQ(kind.find_read("users"), nullptr);
}

TEST(ResolvedKind, HasRowsAndReadsThatASettingSwitchesOn) {
  const auto kind = resolved({{"users", true}});
  ASSERT_NE(kind.find("owner"), nullptr);
  EXPECT_EQ(kind.find("owner")->entity, &kEntities[2]);
  EXPECT_EQ(kind.find_read("users"), &kReads[1]);
}

TEST(ResolvedKind, KeepsAFixedUnitAndItsClass) {
  const auto kind = resolved(boost::json::object());
  EXPECT_EQ(kind.find("volts")->unit, "V");
  EXPECT_EQ(kind.find("volts")->device_class, DeviceClass::voltage);
}

TEST(ResolvedKind, TakesAUnitFromItsSetting) {
  const auto kind = resolved({{"water_unit", "gal"}});
  EXPECT_EQ(kind.find("water")->unit, "gal");
  EXPECT_EQ(kind.find("water")->device_class, DeviceClass::water);
}

TEST(ResolvedKind, HasNeitherUnitNorClassWhereTheUnitIsUnknown) {
  const auto kind = resolved(boost::json::object());
  EXPECT_EQ(kind.find("water")->unit, "");
  EXPECT_EQ(kind.find("water")->device_class, DeviceClass::none);
  EXPECT_EQ(kind.find("water")->entity->state_class, StateClass::total_increasing);
}

TEST(ResolvedKind, TakesTheAccountsPatienceInsteadOfTheKinds) {
  EXPECT_EQ(resolved(boost::json::object()).stale_after, 3600s);
  EXPECT_EQ(resolved(boost::json::object(), 60s).stale_after, 60s);
}

}  // namespace
}  // namespace bridge
