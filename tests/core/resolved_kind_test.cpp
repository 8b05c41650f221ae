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
    toggle("pause", "Pause", "/list/pause", nullptr).settable_with("controls", "pause").main(),
    number("limit", "Limit", "/list/limit", "°C", {0, 90}, nullptr)
        .of_class(DeviceClass::temperature)
        .config()
        .settable_with("controls", "limit"),
    select("level", "Level", "/list/level", kLevels, nullptr)
        .with_icon("mdi:gauge")
        .settable_with("controls", "level"),
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
  EXPECT_TRUE(pause.is_device);
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
  EXPECT_EQ(level.icon, "mdi:gauge");
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

constexpr Entity kLimited[] = {
    celsius("water", "Water", "/list/water").within("/limits/low", "/limits/high"),
    volts("volts", "Voltage", "/list/volts"),
};
constexpr DeviceKind kPools[] = {{.name = "pool", .entities = kLimited}};
const Mapper kPond{
    .name = "pond", .manufacturer = "Pond", .base_url = "", .auth = {}, .kinds = kPools};

TEST(ResolvedKind, HasThreeMoreRowsForALimitedOne) {
  const ResolvedKind kind = resolve(kPond, Settings()).at(0);  // moved: the rows stay where they are
  ASSERT_EQ(kind.rows.size(), 5u);
  const Entity& outside = *kind.find("water_outside")->entity;
  EXPECT_EQ(outside.component, Component::binary_sensor);
  EXPECT_EQ(outside.device_class, DeviceClass::problem);
  EXPECT_EQ(outside.name, "Water out of range");
  EXPECT_EQ(kind.find("water_low")->unit, "°C");
  EXPECT_EQ(kind.find("water_low")->device_class, DeviceClass::temperature) << "shown in the owner's unit, as the measure is";
  EXPECT_EQ(kind.find("water_low")->entity->pointer, "/limits/low");
  EXPECT_EQ(kind.find("water_high")->entity->pointer, "/limits/high");
  EXPECT_FALSE(kind.find("water_high")->entity->enabled);
  EXPECT_EQ(kind.find("water")->entity, &kLimited[0]);
}

Json outside(const Json& water, const Json& low, const Json& high) {
  return is_outside(kLimited[0], {{"list", {{"water", water}}}, {"limits", {{"low", low}, {"high", high}}}});
}

TEST(ResolvedKind, JudgesAValueByTheLimitsThatAreKnown) {
  EXPECT_EQ(outside(20, 10, 30), Json(false));
  EXPECT_EQ(outside(10, 10, 30), Json(false));
  EXPECT_EQ(outside(9.9, 10, 30), Json(true));
  EXPECT_EQ(outside("30.1", 10, 30), Json(true));
  EXPECT_EQ(outside(31, 10, Json()), Json(false));
  EXPECT_EQ(outside(31, Json(), 30), Json(true));
  EXPECT_EQ(outside(31, Json(), Json()), Json());
  EXPECT_EQ(outside(Json(), 10, 30), Json());
}

}  // namespace
}  // namespace bridge
