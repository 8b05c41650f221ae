#include "core/discovery.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <boost/json/parse.hpp>
#include <fstream>
#include <sstream>

#include "core/discovery_rules.hpp"
#include "core/json_text.hpp"
#include "core/state_document.hpp"

namespace bridge {
namespace {

constexpr std::string_view kModes[] = {"away", "home"};
constexpr std::string_view kTypes[] = {"relay", "trigger"};

Task<Json> perform(Vendor&, const Device&, Json) { co_return Json(); }
Result<Json> parse(const Json& value, const Device&) { return value; }

constexpr Entity kEntities[] = {
    toggle("load", "Load", "/list/on", perform),
    volts("voltage", "Voltage", "/list/volts").rounded(1),
    energy_total("energy", "Energy", "/list/energy"),
    water_total("water", "Water delivered", "/list/water").in_unit_of("water_unit"),
    state_of("running", "Running", "/list/on", DeviceClass::running),
    moment("update", "Last update", "/list/at").disabled(),
    last_heard("heard", "Last heard", "/list/at"),
    online("online", "Online"),
    choice("mode", "Mode", "/list/mode", kModes),
    sensor("firmware", "Firmware", "/list/firmware").diagnostic(),
    number("limit", "Power limit", "/list/limit", "%", {.minimum = 0, .maximum = 100, .step = 0.5},
           perform)
        .config(),
    select("program", "Program", "/list/mode", kModes, perform),
    press("restart", "Restart", perform).of_class(DeviceClass::restart).config(),
    happening("activity", "Activity", kTypes),
    command("on_for", "On for", perform).accepts(parse),
};
constexpr DeviceKind kKinds[] = {{.name = "pump",
                                  .model = "/list/model",
                                  .model_id = "/list/model_id",
                                  .firmware = "/list/firmware",
                                  .serial = "/list/serial",
                                  .area = "/list/room /list/site",
                                  .entities = kEntities}};
const Mapper kAcme{
    .name = "acme", .manufacturer = "Acme", .base_url = "", .auth = {}, .kinds = kKinds};
const Topics kTopics("cloud2mqtt", "homeassistant");
const Announcer kFrom{&kTopics, &kAcme, "home", "0.1.0"};

Device pump() {
  Device device;
  device.kind = "pump";
  device.id = "6ItNKFLm_mS";
  device.name = "Garden pump";
  device.parent = "hub";
  device.facts = boost::json::parse(R"({"list": {
      "on": true, "volts": "230.5", "model": "P 100", "model_id": "p100", "firmware": "1.2",
      "serial": "0001", "room": "", "site": "Garden"}})");
  return device;
}

ResolvedKind resolved(const Json& settings = boost::json::object()) {
  return resolve(kAcme, Settings(settings)).at(0);
}

Json announced(const Device& device, const std::vector<std::string>& gone = {}) {
  const auto made = announcement(kFrom, resolved(), device, gone);
  EXPECT_TRUE(made.left_out.empty()) << made.left_out.front();
  return boost::json::parse(made.document);
}

/// A kind of these rows alone.
struct Rows {
  DeviceKind kind{.name = "thing"};
  ResolvedKind resolved;

  explicit Rows(std::vector<const Entity*> rows) {
    resolved.kind = &kind;
    for (const Entity* row : rows) {
      resolved.rows.push_back({row, std::string(row->unit), row->device_class});
    }
  }
};

Json golden(const std::string& name) {
  std::ifstream file(PROJECT_SOURCE_DIR "/tests/golden/" + name);
  std::stringstream content;
  content << file.rdbuf();
  return boost::json::parse(content.str());
}

TEST(Discovery, AnnouncesADeviceAsTheGoldenDocumentHasIt) {
  const auto made = announcement(kFrom, resolved(), pump());
  const Json expected = golden("discovery_example.json");
  ASSERT_TRUE(expected.as_object().contains(made.topic)) << made.topic;
  EXPECT_EQ(made.document, json_text(expected.at(made.topic)));
  EXPECT_TRUE(made.left_out.empty());
}

TEST(Discovery, BreaksNoRuleOfHomeAssistant) {
  const auto made = announcement(kFrom, resolved({{"water_unit", "L"}}), pump());
  EXPECT_TRUE(discovery_findings(made.topic, boost::json::parse(made.document)).empty());
}

TEST(Discovery, NamesEveryAnnouncedKeyAndNoOther) {
  const auto made = announcement(kFrom, resolved(), pump());
  EXPECT_EQ(made.components.size(), std::size(kEntities) - 1);
  const auto& keys = made.components;
  EXPECT_TRUE(std::none_of(keys.begin(), keys.end(),
                           [](const auto& key) { return key.starts_with("on_for"); }));
  EXPECT_EQ(std::count(keys.begin(), keys.end(), "load:switch"), 1);
}

TEST(Discovery, HasAStateMemberForEveryTemplate) {
  const Json document = announced(pump());
  const Json state = boost::json::parse(state_document(resolved(), pump(), true));
  std::size_t templates = 0;
  for (const auto& each : document.at("components").as_object()) {
    if (!each.value().as_object().contains("value_template")) continue;
    ++templates;
    EXPECT_TRUE(state.as_object().contains(each.key())) << each.key();
  }
  EXPECT_EQ(templates, state.as_object().size());
}

TEST(Discovery, HasTheUnitAndClassThatTheAccountNames) {
  const auto made = announcement(kFrom, resolved({{"water_unit", "L"}}), pump());
  const Json water = boost::json::parse(made.document).at("components").at("water");
  EXPECT_EQ(at(water, "/unit_of_measurement"), Json("L"));
  EXPECT_EQ(at(water, "/device_class"), Json("water"));
}

TEST(Discovery, LeavesOutAClassWhoseUnitIsMissingAndKeepsTheStateClass) {
  static constexpr Entity bare = water_total("water", "Water", "/x");
  const Rows rows({&bare});
  const auto made = announcement(kFrom, rows.resolved, pump());
  EXPECT_TRUE(made.left_out.empty());
  const Json water = boost::json::parse(made.document).at("components").at("water");
  EXPECT_FALSE(water.as_object().contains("device_class"));
  EXPECT_EQ(at(water, "/state_class"), Json("total_increasing"));
}

TEST(Discovery, OfTheHubIsNamedByItsAccount) {
  Device hub = pump();
  hub.id = "hub";
  hub.parent.clear();
  const auto made = announcement(kFrom, resolved(), hub);
  EXPECT_EQ(made.topic, "homeassistant/device/cloud2mqtt_acme_hub__home/config");
  const Json document = boost::json::parse(made.document);
  EXPECT_EQ(at(document, "/device/identifiers"), Json(identifier(kFrom, "hub")));
  EXPECT_EQ(at(document, "/state_topic"), Json("cloud2mqtt/home/hub/state"));
  EXPECT_FALSE(document.at("device").as_object().contains("via_device"));
}

TEST(Discovery, NamesTheParentByItsIdentifier) {
  Device child = pump();
  child.id = "D1_C1";
  child.parent = "D/1";
  EXPECT_EQ(at(announced(child), "/device/via_device"), Json("cloud2mqtt_acme_D__2F1"));
  EXPECT_EQ(identifier(kFrom, "D/1"), "cloud2mqtt_acme_D__2F1");
}

TEST(Discovery, CleansAndCutsTheDevicesName) {
  Device device = pump();
  device.name = "  Garden\n\tpump " + std::string(200, 'x');
  const Json document = announced(device);
  EXPECT_EQ(at(document, "/device/name").as_string(), "Garden pump " + std::string(88, 'x'));
}

TEST(Discovery, CallsADeviceWithoutANameByItsId) {
  Device device = pump();
  device.name.clear();
  EXPECT_EQ(at(announced(device), "/device/name"), Json("6ItNKFLm_mS"));
}

TEST(Discovery, MakesValidEntityIdsFromAnyName) {
  for (const auto* name : {"水", "__", "Über-Pumpe!", "\x01", "a  b", "\xff"}) {
    Device device = pump();
    device.name = name;
    const Json document = announced(device);
    EXPECT_FALSE(at(document, "/components/load/default_entity_id").as_string().empty());
  }
  Device device = pump();
  device.name = "水";
  EXPECT_EQ(at(announced(device), "/components/load/default_entity_id"),
            Json("switch.cloud2mqtt_acme_6itnkflm_ms_load"));
}

TEST(Discovery, TakesAFixedModelAsItStands) {
  static const DeviceKind fixed{.name = "pump", .model = "Model X", .entities = kEntities};
  ResolvedKind kind = resolved();
  kind.kind = &fixed;
  const auto made = announcement(kFrom, kind, pump());
  EXPECT_EQ(at(boost::json::parse(made.document), "/device/model"), Json("Model X"));
}

TEST(Discovery, LeavesOutABadComponentAndSaysWhy) {
  static constexpr Entity good = volts("good", "Good", "/x");
  static constexpr Entity bad = volts("bad", "Bad", "/x").counting(StateClass::total_increasing);
  static constexpr Entity last = volts("last", "Last", "/x");
  const Rows rows({&bad, &good, &last});
  const auto made = announcement(kFrom, rows.resolved, pump());
  EXPECT_EQ(made.components, (std::vector<std::string>{"good:sensor", "last:sensor"}));
  ASSERT_EQ(made.left_out.size(), 1u);
  EXPECT_EQ(made.left_out[0].find("bad: device_class voltage"), 0u) << made.left_out[0];
  const Json document = boost::json::parse(made.document);
  EXPECT_FALSE(document.at("components").as_object().contains("bad"));
  EXPECT_TRUE(discovery_findings(made.topic, document).empty());
}

TEST(Discovery, AnnouncesNothingWhereTheWholeDocumentWouldBeRefused) {
  const Topics broken("cloud\n2mqtt", "homeassistant");
  const Announcer from{&broken, &kAcme, "home", "0.1.0"};
  const auto made = announcement(from, resolved(), pump());
  EXPECT_EQ(made.document, "");
  EXPECT_TRUE(made.components.empty());
  ASSERT_EQ(made.left_out.size(), 1u);
  EXPECT_EQ(made.left_out[0].find(": "), 0u) << made.left_out[0];
}

TEST(Discovery, AnnouncesNothingWithoutComponents) {
  const Rows rows({});
  const auto made = announcement(kFrom, rows.resolved, pump());
  EXPECT_EQ(made.document, "");
  EXPECT_EQ(made.left_out.size(), 1u);
}

TEST(Discovery, AnnouncesNothingWhereEveryComponentIsBad) {
  static constexpr Entity bad = volts("bad", "Bad", "/x").counting(StateClass::total_increasing);
  const Rows rows({&bad});
  const auto made = announcement(kFrom, rows.resolved, pump());
  EXPECT_EQ(made.document, "");
  EXPECT_EQ(made.left_out.size(), 1u);
}

TEST(Discovery, RemovesGoneKeysByAStub) {
  const Json document = announced(pump(), {"old:sensor", "older:switch", "nonsense"});
  EXPECT_EQ(at(document, "/components/old"), (Json{{"platform", "sensor"}}));
  EXPECT_EQ(at(document, "/components/older"), (Json{{"platform", "switch"}}));
  EXPECT_FALSE(document.at("components").as_object().contains("nonsense"));
  const auto made = announcement(kFrom, resolved(), pump(), {"old:sensor"});
  EXPECT_EQ(std::count(made.components.begin(), made.components.end(), "old:sensor"), 0);
}

TEST(Discovery, KeepsAKeyThatIsNotGone) {
  EXPECT_EQ(announced(pump(), {"load:switch"}), announced(pump()));
}

TEST(Discovery, RemovesAKeyFirstThatMovedToAnotherPlatform) {
  const auto made = announcement(kFrom, resolved(), pump(), {"load:binary_sensor"});
  const Json document = boost::json::parse(made.document);
  EXPECT_EQ(at(document, "/components/load"), (Json{{"platform", "binary_sensor"}}));
  EXPECT_EQ(made.components.size(), std::size(kEntities) - 2) << "neither as it was nor as it is";
}

}  // namespace
}  // namespace bridge
