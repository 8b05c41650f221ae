#include "core/resolved_kind.hpp"

#include <gtest/gtest.h>

namespace bridge {
namespace {

using namespace std::chrono_literals;

constexpr Read kReads[] = {
    {.facts = "stats", .every = 60s},
    {.facts = "users", .every = 1h, .when = "users"},
};
constexpr std::string_view kLevels[] = {"low", "high"};
constexpr Entity kEntities[] = {
    volts("volts", "Voltage", "/list/volts"),
    water_total("water", "Water", "/list/water").in_unit_of("water_unit"),
    sensor("owner", "Owner", "/list/owner").only_with("users"),
    toggle("pause", "Pause", "/list/pause", nullptr).settable_with("controls", "pause"),
    number("limit", "Limit", "/list/limit", "°C", {0, 90}, nullptr)
        .of_class(DeviceClass::temperature)
        .config()
        .settable_with("controls", "limit"),
    select("level", "Level", "/list/level", kLevels, nullptr).settable_with("controls", "level"),
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
  EXPECT_EQ(kind.rows.size(), 5u);
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

TEST(ResolvedKind, HasAControlWhereTheListHasItsWord) {
  const auto kind = resolved({{"controls", {"away", "pause", "limit", "level"}}});
  EXPECT_EQ(kind.find("pause")->entity, &kEntities[3]);
  EXPECT_EQ(kind.find("limit")->entity, &kEntities[4]);
  EXPECT_EQ(kind.find("level")->entity, &kEntities[5]);
}

TEST(ResolvedKind, OnlyShowsTheValueOfAControlWhereTheListLacksItsWord) {
  const auto kind = resolved({{"controls", {"away"}}});
  const Entity& pause = *kind.find("pause")->entity;
  EXPECT_EQ(pause.component, Component::binary_sensor);
  EXPECT_EQ(pause.pointer, "/list/pause");
  const Entity& limit = *kind.find("limit")->entity;
  EXPECT_EQ(limit.component, Component::sensor);
  EXPECT_EQ(limit.state_class, StateClass::measurement);
  EXPECT_EQ(limit.device_class, DeviceClass::temperature);
  EXPECT_EQ(limit.category, Category::diagnostic);
  EXPECT_EQ(kind.find("limit")->unit, "°C");
  const Entity& level = *kind.find("level")->entity;
  EXPECT_EQ(level.component, Component::sensor);
  EXPECT_EQ(level.device_class, DeviceClass::enum_);
  EXPECT_EQ(level.options.size(), 2u);
  for (const Entity* row : {&pause, &limit, &level}) EXPECT_FALSE(row->is_command()) << row->key;
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
