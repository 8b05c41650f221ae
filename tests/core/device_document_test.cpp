#include "core/device_document.hpp"

#include <gtest/gtest.h>

#include <boost/json/monotonic_resource.hpp>

namespace bridge {
namespace {

constexpr std::string_view kTypes[] = {"relay", "other"};
constexpr std::string_view kMeters[] = {"none", "tuf2000m"};
constexpr std::string_view kModes[] = {"away", "home"};

Task<Json> perform(Vendor&, const Device&, Json) { co_return Json(); }

/// The component that a row becomes.
Json component_of(const Entity& entity) {
  const Topics topics("c", "homeassistant");
  const Mapper mapper{
      .name = "acme", .manufacturer = "Acme", .base_url = "", .auth = {}, .kinds = {}};
  const DeviceKind kind{.name = "thing"};
  ResolvedKind resolved;
  resolved.kind = &kind;
  resolved.rows.push_back({&entity, std::string(entity.unit), entity.device_class});
  Device device;
  device.id = "7";
  const auto document = device_document({&topics, &mapper, "home", "1"}, resolved, device, {}, {});
  return document.at("components").at(entity.key);
}

TEST(DeviceDocument, IsBuiltAlsoForRowsThatHomeAssistantWouldRefuse) {
  const Json broken = component_of(volts("x", "X", "/x").counting(StateClass::total));
  EXPECT_EQ(at(broken, "/state_class"), Json("total"));
}

TEST(DeviceDocument, ReachesKeysThatAreWordsOfDictionaries) {
  EXPECT_EQ(at(component_of(sensor("values", "X", "/x")), "/value_template"),
            Json("{{ value_json['values'] }}"));
  EXPECT_EQ(at(component_of(sensor("value", "X", "/x")), "/value_template"),
            Json("{{ value_json.value }}"));
}

TEST(DeviceDocument, ShowsAWordThatHomeAssistantWouldMisreadInBrackets) {
  const Json meter = component_of(select("meter", "X", "/x", kMeters, perform));
  EXPECT_EQ(at(meter, "/options"), (boost::json::array{"(none)", "tuf2000m"}));
  EXPECT_EQ(at(meter, "/value_template"),
            Json("{{ {'none': '(none)'}.get(value_json.meter, value_json.meter) }}"));
  EXPECT_EQ(at(meter, "/command_template"), Json("{{ {'(none)': 'none'}.get(value, value) }}"));
}

TEST(DeviceDocument, ShowsTheSameWordWhereItCanOnlyBeRead) {
  const Json meter = component_of(choice("meter", "X", "/x", kMeters));
  EXPECT_EQ(at(meter, "/options"), (boost::json::array{"(none)", "tuf2000m"}));
  EXPECT_EQ(at(meter, "/value_template"),
            Json("{{ {'none': '(none)'}.get(value_json.meter, value_json.meter) }}"));
  EXPECT_FALSE(meter.as_object().contains("command_template"));
}

TEST(DeviceDocument, LeavesOtherWordsAsTheyAre) {
  const Json mode = component_of(select("mode", "X", "/x", kModes, perform));
  EXPECT_EQ(at(mode, "/options"), (boost::json::array{"away", "home"}));
  EXPECT_EQ(at(mode, "/value_template"), Json("{{ value_json.mode }}"));
  EXPECT_FALSE(mode.as_object().contains("command_template"));
}

TEST(DeviceDocument, GivesControlsAndEventsQualityOfServiceOneAndNothingElse) {
  EXPECT_EQ(at(component_of(toggle("x", "X", "/x", nullptr)), "/qos"), Json(1));
  EXPECT_EQ(at(component_of(press("x", "X", nullptr)), "/qos"), Json(1));
  EXPECT_EQ(at(component_of(happening("x", "X", kTypes)), "/qos"), Json(1));
  EXPECT_TRUE(at(component_of(volts("x", "X", "/x")), "/qos").is_null());
}

TEST(DeviceDocument, NeverAsksForRetainedCommands) {
  EXPECT_FALSE(component_of(toggle("x", "X", "/x", nullptr)).as_object().contains("retain"));
}

TEST(DeviceDocument, AddsTheTypeOtherOnce) {
  EXPECT_EQ(at(component_of(happening("x", "X", kTypes)), "/event_types"),
            (boost::json::array{"relay", "other"}));
}

TEST(DeviceDocument, NamesTheMakerThatTheFactsNameElseTheVendor) {
  const Topics topics("c", "homeassistant");
  const Mapper mapper{
      .name = "acme", .manufacturer = "Acme", .base_url = "", .auth = {}, .kinds = {}};
  const DeviceKind kind{.name = "thing", .manufacturer = "/list/maker"};
  ResolvedKind resolved;
  resolved.kind = &kind;
  Device device;
  device.id = "7";
  const auto maker = [&] {
    const Json document = device_document({&topics, &mapper, "home", "1"}, resolved, device, {}, {});
    return at(document, "/device/manufacturer");
  };
  EXPECT_EQ(maker(), Json("Acme"));
  device.facts = boost::json::object{{"list", {{"maker", "Brand"}}}};
  EXPECT_EQ(maker(), Json("Brand"));
}

TEST(DeviceDocument, LeavesAnUnnamedEntityToItsClass) {
  EXPECT_FALSE(component_of(volts("x", "", "/x")).as_object().contains("name"));
}

TEST(DeviceDocument, NamesTheMainEntityAsTheDeviceAndKeepsItsIds) {
  const Json plain = component_of(toggle("relay", "Relay", "/x", perform));
  const Json main = component_of(toggle("relay", "Relay", "/x", perform).main());
  ASSERT_TRUE(main.as_object().contains("name"));
  EXPECT_TRUE(main.at("name").is_null());
  for (const char* each : {"unique_id", "default_entity_id", "command_topic", "value_template"}) {
    EXPECT_EQ(main.at(each), plain.at(each)) << each;
  }
}

TEST(DeviceDocument, HasAnIconWhereTheRowNamesOne) {
  EXPECT_EQ(at(component_of(sensor("x", "X", "/x").with_icon("mdi:pulse")), "/icon"),
            Json("mdi:pulse"));
  EXPECT_EQ(at(component_of(counter("x", "X", "/x")), "/icon"), Json("mdi:counter"));
  EXPECT_FALSE(component_of(volts("x", "X", "/x")).as_object().contains("icon"));
}

TEST(DeviceDocument, MakesAnEntityIdFromAnyKey) {
  EXPECT_EQ(at(component_of(volts("a__b_", "X", "/x")), "/default_entity_id"),
            Json("sensor.7_a_b"));
}

TEST(DeviceDocument, LivesInTheGivenStorage) {
  const Topics topics("c", "homeassistant");
  const Mapper mapper{
      .name = "acme", .manufacturer = "Acme", .base_url = "", .auth = {}, .kinds = {}};
  const DeviceKind kind{.name = "thing"};
  ResolvedKind resolved;
  resolved.kind = &kind;
  boost::json::monotonic_resource memory;
  const boost::json::storage_ptr storage(&memory);
  const auto document =
      device_document({&topics, &mapper, "home", "1"}, resolved, Device{}, {"old:sensor"}, storage);
  EXPECT_EQ(document.storage(), storage);
  EXPECT_EQ(document.at("components").storage(), storage);
  EXPECT_EQ(document.at("components").at("old"), (Json{{"platform", "sensor"}}));
}

}  // namespace
}  // namespace bridge
