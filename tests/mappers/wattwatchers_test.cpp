#include <boost/json/serialize.hpp>

#include "registry.hpp"
#include "support/mapper_parts.hpp"

namespace bridge {
namespace {

using namespace std::chrono_literals;

const Mapper& watt() { return *mappers::find("wattwatchers"); }

constexpr const char* kId = "D123456789012";
constexpr const char* kOther = "D234567890123";

std::string meter(const std::string& id, const std::string& more = "") {
  return R"({"id":")" + id + R"(","label":"Switchboard","model":"6M+3SW","firmwareVersion":"49.1.0",
    "latestStatus":1550632148,"comms":{"type":"cellular","lastHeardAt":1691035991.25,"signalQualityDbm":-57,
      "simId":"PRIVATE","imsi":"PRIVATE","networkId":"PRIVATE","macAddress":"PRIVATE","wifi":{"ssid":"PRIVATE"}},
    "channels":[{"id":")" + id + R"(_C1","label":"Grid","categoryId":1,"categoryLabel":"Grid connect","ctRating":60},
      {"id":")" + id + R"(_C2","label":"Nothing","categoryId":0},
      {"id":")" + id + R"(_C3","label":"Solar","categoryId":5}],
    "switches":[{"id":")" + id + R"(_S1","label":"Pump","state":"open","colour":{"new":["field"]}}])" + more + "}";
}

RecordedFleet listed(const std::string& answer, Json settings = boost::json::object()) {
  ScriptedVendor vendor(std::move(settings));
  vendor.expect("GET /devices", R"(["D123456789012"])");
  vendor.expect("GET /devices/D123456789012", answer);
  RecordedFleet fleet;
  EXPECT_TRUE(run(watt().list(vendor, fleet)));
  return fleet;
}

Device the_meter(const std::string& settings = "{}") {
  return listed(meter(kId), boost::json::parse(settings)).devices.front();
}

Error with_status(Errc code, int status) {
  Error error(code, "no");
  error.status = status;
  return error;
}

// ---- The list -------------------------------------------------------------------------------

TEST(WattwatchersList, MakesDevicesOfMetersChannelsAndSwitches) {
  const RecordedFleet fleet = listed(meter(kId));
  std::vector<std::string> found;
  for (const Device& device : fleet.devices) {
    found.push_back(std::string(device.kind) + ' ' + device.id + ' ' + device.name + ' ' + device.parent);
  }
  const std::vector<std::string> expected{
      "meter D123456789012 Switchboard ", "channel D123456789012_C1 Grid D123456789012",
      "channel D123456789012_C3 Solar D123456789012", "switch D123456789012_S1 Pump D123456789012"};
  EXPECT_EQ(found, expected);
}

TEST(WattwatchersList, TakesOverNothingPersonal) {
  for (const Device& device : listed(meter(kId)).devices) {
    EXPECT_EQ(boost::json::serialize(device.facts).find("PRIVATE"), std::string::npos) << device.id;
  }
}

TEST(WattwatchersList, TakesTheConfiguredChannelsAlone) {
  const auto fleet = listed(meter(kId), boost::json::parse(R"({"channels":["D123456789012_C3"]})"));
  ASSERT_EQ(fleet.devices.size(), 3U);
  EXPECT_EQ(fleet.devices[1].id, "D123456789012_C3");
}

TEST(WattwatchersList, SurvivesWhatIsMissingOrOfAnotherType) {
  const auto fleet = listed(R"({"id":"D123456789012","channels":[7,null,{"id":3},{"id":""}],"switches":[7],"comms":[]})");
  ASSERT_EQ(fleet.devices.size(), 5U);
  for (std::size_t part = 1; part < fleet.devices.size(); ++part) EXPECT_EQ(fleet.devices[part].id, "");
  for (const char* key : {"signal", "last_heard", "latest_status", "frequency", "modbus_net"}) {
    EXPECT_EQ(shown(watt(), fleet.devices[0], key), Json()) << key;
  }
}

TEST(WattwatchersList, LeavesAMeterAsItWasWhoseChannelsAreNoList) {
  for (const char* parts : {"", R"(,"channels":7)", R"(,"channels":[],"switches":{"a":1})"}) {
    ScriptedVendor vendor;
    vendor.expect("GET /devices", R"(["D123456789012"])");
    vendor.expect("GET /devices/D123456789012", R"({"id":"D123456789012")" + std::string(parts) + "}");
    RecordedFleet fleet;
    ASSERT_TRUE(run(watt().list(vendor, fleet))) << parts;
    EXPECT_EQ(fleet.kept, std::vector<std::string>{"D123456789012"}) << parts;
  }
}

TEST(WattwatchersList, NamesChannelsOfOneLabelWithTheirNumber) {
  const auto fleet = listed(R"({"id":"D123456789012","channels":[{"id":"D123456789012_C1","label":"Grid"},
      {"id":"D123456789012_C2","label":"Grid"},{"id":"D123456789012_C3","label":"Solar"}]})");
  ASSERT_EQ(fleet.devices.size(), 4U);
  EXPECT_EQ(fleet.devices[1].name, "Grid C1");
  EXPECT_EQ(fleet.devices[2].name, "Grid C2");
  EXPECT_EQ(fleet.devices[3].name, "Solar");
}

TEST(WattwatchersList, TakesTheNumberOfAChannelForItsPlaceAndAnythingElseForNone) {
  constexpr double kNowhere = 4294967295;
  for (const auto& [end, place] : {std::pair("3", 2.0), {"1", 0.0}, {"", kNowhere}, {"x", kNowhere}, {"0", kNowhere},
                                   {"-2147483648", kNowhere}, {"99999999999999999999", kNowhere}}) {
    const auto fleet = listed(R"({"id":"D123456789012","channels":[{"id":"D123456789012_C)" + std::string(end) + "\"}]}");
    const Json& channel = at(fleet.devices.at(0).facts, "/list/channels/0");
    EXPECT_EQ(number_at(channel, "/place"), place) << end;
  }
}

TEST(WattwatchersList, KeepsAMeterThatCannotBeReadAndGoesOn) {
  for (const Error& trouble : {with_status(Errc::not_found, 404), with_status(Errc::network, 500),
                               with_status(Errc::refused, 403)}) {
    ScriptedVendor vendor;
    vendor.expect("GET /devices", R"(["D123456789012","nonsense","D234567890123"])");
    vendor.expect("GET /devices/D123456789012", trouble);
    vendor.expect("GET /devices/D234567890123", meter(kOther));
    RecordedFleet fleet;
    EXPECT_TRUE(run(watt().list(vendor, fleet)));
    EXPECT_EQ(fleet.kept, (std::vector<std::string>{kId, "nonsense"}));
    EXPECT_EQ(fleet.devices.front().id, kOther);
  }
}

TEST(WattwatchersList, AsksForNoMeterWhoseIdIsNotOfTheDocumentedForm) {
  for (const char* id : {"D12345678901", "D1234567890123", "A123456789012", "G123456789012", "1123456789012",
                         "d123456789012", "D12345678901G", "D12345678901f", "D12345678901/", "D12345678901 ", ""}) {
    ScriptedVendor vendor;
    vendor.expect("GET /devices", "[\"" + std::string(id) + "\"]");
    RecordedFleet fleet;
    EXPECT_TRUE(run(watt().list(vendor, fleet)));
    ASSERT_TRUE(fleet.gap) << id;
    EXPECT_EQ(fleet.gap->code(), Errc::malformed) << id;
  }
  for (const char* id : {"B0000000000AF", "CABCDEF012345", "DFFFFFFFFFFFF", "E123456789012", "F000000000000"}) {
    ScriptedVendor vendor;
    vendor.expect("GET /devices", "[\"" + std::string(id) + "\"]");
    vendor.expect("GET /devices/" + std::string(id), meter(id));
    RecordedFleet fleet;
    EXPECT_TRUE(run(watt().list(vendor, fleet)));
    EXPECT_FALSE(fleet.gap) << id;
  }
}

TEST(WattwatchersList, EndsWhenTheAccountIsInTrouble) {
  for (const Error& trouble : {with_status(Errc::unauthorized, 401), with_status(Errc::rate_limited, 429),
                               Error(Errc::network, "gone")}) {
    ScriptedVendor vendor;
    vendor.expect("GET /devices", R"(["D123456789012"])");
    vendor.expect("GET /devices/D123456789012", trouble);
    RecordedFleet fleet;
    EXPECT_EQ(run(watt().list(vendor, fleet)).error().code(), trouble.code());
  }
}

TEST(WattwatchersList, IsMalformedWhenItIsNoList) {
  for (const char* answer : {"{}", "null", "\"D123456789012\""}) {
    ScriptedVendor vendor;
    vendor.expect("GET /devices", answer);
    RecordedFleet fleet;
    EXPECT_EQ(run(watt().list(vendor, fleet)).error().code(), Errc::malformed);
  }
}

TEST(WattwatchersList, AsksOneMeterAgainForASwitch) {
  ScriptedVendor vendor;
  vendor.expect("GET /devices/D123456789012", meter(kId));
  RecordedFleet fleet;
  const Device relay{"switch", "D123456789012_S1", "Pump", kId, boost::json::object()};
  ASSERT_TRUE(run(watt().list_one(vendor, relay, fleet)));
  EXPECT_EQ(fleet.devices.size(), 4U);
}

TEST(WattwatchersState, ReadsTimesInSecondsWithAFraction) {
  EXPECT_EQ(shown(watt(), the_meter(), "last_heard"), Json("2023-08-03T04:13:11.250Z"));
  EXPECT_EQ(shown(watt(), the_meter(), "latest_status"), Json("2019-02-20T03:09:08.000Z"));
}

TEST(WattwatchersState, CallsASignalOfZeroUnknown) {
  const auto signal = [](const std::string& comms) {
    return shown(watt(), listed(R"({"id":"D123456789012","channels":[],"comms":)" + comms + "}").devices[0], "signal");
  };
  EXPECT_EQ(signal(R"({"signalQualityDbm":-57})"), Json(-57));
  EXPECT_EQ(signal(R"({"signalQualityDbm":0})"), Json());
  EXPECT_EQ(signal(R"({})"), Json());
}

// ---- Live values ----------------------------------------------------------------------------

// What a channel shows of an answer to /latest.
class Live : public testing::Test {
 protected:
  Json of(const std::string& answer, std::string_view key, std::size_t channel = 0) {
    ScriptedVendor vendor;
    vendor.clock = *moment_at(Json(1778245200), "");
    vendor.expect("GET /short-energy/D123456789012/latest", answer);
    const auto facts = run(read_of(kind_of(watt(), "meter"), "energy").read(vendor, meter_));
    if (!facts || facts->children().size() != 2) return "no facts";
    meter_.facts.get_object()["energy"] = facts->own();
    if (key == "frequency") return shown(watt(), meter_, key);
    const auto& [id, own] = facts->children()[channel];
    return shown(watt(), Device{"channel", id, "", kId, boost::json::object{{"energy", own}}}, key);
  }
  static std::string record(const std::string& more) {
    return R"({"timestamp":1778245170,"duration":30,"frequency":50.04,)" + more + "}";
  }

  Device meter_ = the_meter();
};

TEST_F(Live, MayHaveFewerValuesThanChannelsOrMore) {
  const std::string fewer = record(R"("eReal":[36000],"eReactive":[],"vRMS":[240.1,240.2,240.3,240.4])");
  EXPECT_EQ(of(fewer, "power"), Json(1200.0));
  EXPECT_EQ(of(fewer, "reactive_power"), Json());
  EXPECT_EQ(of(fewer, "power", 1), Json());
  EXPECT_EQ(of(fewer, "voltage", 1), Json(240.3));
  EXPECT_EQ(of(fewer, "current", 1), Json());
}

TEST_F(Live, PowerIsEnergyByTime) {
  const std::string answer = record(R"("eReal":[36000,1,-900],"eReactive":[-27000,1,null],"vRMS":[240.1],"iRMS":[5,null,"x"])");
  EXPECT_EQ(of(answer, "power"), Json(1200.0));
  EXPECT_EQ(of(answer, "reactive_power"), Json(-900.0));
  EXPECT_EQ(of(answer, "power_factor"), Json(0.8));
  EXPECT_EQ(of(answer, "voltage"), Json(240.1));
  EXPECT_EQ(of(answer, "frequency"), Json(50.04));
  EXPECT_EQ(of(answer, "power", 1), Json(-30.0)) << "the third in the array is the third channel";
  for (const char* key : {"reactive_power", "power_factor", "voltage", "current"}) {
    EXPECT_EQ(of(answer, key, 1), Json()) << key;
  }
}

TEST_F(Live, MayComeInAList) {
  EXPECT_EQ(of("[" + record(R"("eReal":[30])") + "]", "power"), Json(1.0));
}

TEST_F(Live, AreUnknownWhereTheVendorSaysNothing) {
  for (const std::string answer : {"null", "[]", "{}", "[null]", "7"}) {
    EXPECT_EQ(of(answer, "power"), Json()) << answer;
    EXPECT_EQ(of(answer, "frequency"), Json()) << answer;
  }
}

TEST_F(Live, DoNotDivideByNothing) {
  for (const std::string duration : {"0", "-5", "null", "\"long\""}) {
    EXPECT_EQ(of(R"({"timestamp":1778245170,"duration":)" + duration + R"(,"eReal":[30]})", "power"), Json());
  }
  EXPECT_EQ(of(record(R"("eReal":[0],"eReactive":[0])"), "power_factor"), Json());
}

TEST_F(Live, AreUnknownWhenTheLatestRecordIsOld) {
  EXPECT_EQ(of(R"({"timestamp":1778244300,"duration":30,"eReal":[30],"frequency":50})", "power"), Json());
  EXPECT_EQ(of(R"({"timestamp":1778244301,"duration":30,"eReal":[30],"frequency":50})", "power"), Json(1.0));
}

TEST_F(Live, AreTurnedRoundWithTheChannel) {
  meter_ = the_meter(R"({"invert":["D123456789012_C1"]})");
  const std::string answer = record(R"("eReal":[3000,0,0],"eReactive":[-300,0,0])");
  EXPECT_EQ(of(answer, "power"), Json(-100.0));
  EXPECT_EQ(of(answer, "reactive_power"), Json(10.0));
  EXPECT_EQ(boost::json::serialize(of(answer, "power", 1)), "0E0");
}

// ---- Modbus ---------------------------------------------------------------------------------

Result<Facts> modbus(Result<Json> answer) {
  ScriptedVendor vendor;
  const std::string asked = "GET /modbus/D123456789012/latest";
  if (answer) vendor.expect(asked, boost::json::serialize(*answer));
  if (!answer) vendor.expect(asked, answer.error());
  return run(read_of(kind_of(watt(), "meter"), "modbus").read(vendor, the_meter()));
}

TEST(WattwatchersModbus, CountsInHundredths) {
  const auto facts = modbus(Json{{"kWh_Imp", 28301}, {"kWh_Exp", 5}, {"kWh_Net", -3}, {"_PFa", 1}});
  Device device = the_meter();
  device.facts.get_object()["modbus"] = facts->own();
  EXPECT_EQ(shown(watt(), device, "modbus_imported"), Json(283.01));
  EXPECT_EQ(shown(watt(), device, "modbus_exported"), Json(0.05));
  EXPECT_EQ(shown(watt(), device, "modbus_net"), Json(-0.03));
  EXPECT_EQ(shown(watt(), device, "modbus_total"), Json());
  EXPECT_EQ(facts->again(), ScriptedVendor().now() + 5min);
}

TEST(WattwatchersModbus, CountsNoReactiveEnergy) {
  for (const DeviceKind& kind : watt().kinds) {
    for (const Entity& row : kind.entities) EXPECT_EQ(row.pointer.find("kvarh"), row.pointer.npos) << row.key;
  }
}

TEST(WattwatchersModbus, IsAskedRarelyWhereThereIsNone) {
  for (const Result<Json>& answer : {Result<Json>(Json()), Result<Json>(boost::json::array()),
                                     Result<Json>(with_status(Errc::refused, 422))}) {
    const auto facts = modbus(answer);
    ASSERT_TRUE(facts);
    EXPECT_EQ(facts->own(), Json());
    EXPECT_FALSE(facts->again());
  }
  EXPECT_EQ(modbus(with_status(Errc::network, 500)).error().code(), Errc::network);
}

// ---- Switches -------------------------------------------------------------------------------

Device relay(const std::string& list) {
  return {"switch", "D123456789012_S1", "Pump", kId, boost::json::object{{"list", boost::json::parse(list)}}};
}

TEST(WattwatchersSwitch, SendsWhatChangesAndNothingElse) {
  const Entity& row = row_of(kind_of(watt(), "switch"), "switch");
  for (const auto& [value, state] : {std::pair("ON", "closed"), {"OFF", "open"}}) {
    ScriptedVendor vendor;
    vendor.expect(R"(PATCH /devices/D123456789012 {"switches":[{"id":"D123456789012_S1","state":")" + std::string(state) + "\"}]}", "{}");
    EXPECT_TRUE(execute(row, vendor, relay(R"({"state":"open","pending":null,"label":"x"})"), Json(value)));
  }
  ScriptedVendor unasked;
  for (const Json& wrong : {Json("closed"), Json("on"), Json(1), Json()}) {
    EXPECT_EQ(execute(row, unasked, relay("{}"), wrong).error().code(), Errc::invalid_argument);
  }
}

TEST(WattwatchersSwitch, IsOnWhenClosed) {
  const auto shows = [](const std::string& list, const char* key = "switch") {
    return shown(watt(), relay(list), key, Settings(Json{{"writable", true}}));
  };
  EXPECT_EQ(shows(R"({"state":"closed"})"), Json(true));
  EXPECT_EQ(shows(R"({"state":"open"})"), Json(false));
  for (const char* unknown : {R"({"state":"ajar"})", R"({"state":null})", "{}", "null"}) {
    EXPECT_EQ(shows(unknown), Json()) << unknown;
  }
  EXPECT_EQ(shows(R"({"pending":{"state":"open"}})", "pending"), Json(true));
  EXPECT_EQ(shows(R"({"pending":{}})", "pending"), Json(false));
  EXPECT_EQ(shows("{}", "pending"), Json(false));
}

TEST(WattwatchersSwitch, IsOnWhenClosedWhateverItsContactorIsLikeAtRest) {
  const auto fleet = listed(R"({"id":"D123456789012","channels":[],"switches":[
      {"id":"D123456789012_S1","state":"closed","contactorType":"NO"},
      {"id":"D123456789012_S2","state":"closed","contactorType":"NC"},
      {"id":"D123456789012_S3","state":"open","contactorType":"NC"}]})");
  ASSERT_EQ(fleet.devices.size(), 4U);
  const Settings writable(Json{{"writable", true}});
  EXPECT_EQ(shown(watt(), fleet.devices[1], "switch", writable), Json(true));
  EXPECT_EQ(shown(watt(), fleet.devices[2], "switch", writable), Json(true));
  EXPECT_EQ(shown(watt(), fleet.devices[3], "switch", writable), Json(false));
}

TEST(WattwatchersSwitch, IsConfirmedWhenNothingIsPendingAndTheStateFits) {
  const Confirm confirm = row_of(kind_of(watt(), "switch"), "switch").confirm;
  EXPECT_TRUE(confirm(relay(R"({"state":"closed"})"), true));
  EXPECT_FALSE(confirm(relay(R"({"state":"closed"})"), false));
  EXPECT_FALSE(confirm(relay(R"({"state":"open","pending":{"state":"closed"}})"), true));
  EXPECT_FALSE(confirm(relay(R"({"state":"closed","pending":{"state":"open"}})"), true));
  EXPECT_FALSE(confirm(relay("{}"), false));
}

TEST(WattwatchersSwitch, IsOnlyShownToAKeyThatMayNotWrite) {
  const auto row = [](bool writable) {
    const auto kinds = resolve(watt(), Settings(Json{{"writable", writable}}));
    return kinds[2].find("switch")->entity;
  };
  EXPECT_EQ(row(true)->component, Component::switch_);
  EXPECT_EQ(row(false)->component, Component::binary_sensor);
  EXPECT_EQ(row(false)->device_class, DeviceClass::power);
  EXPECT_EQ(watt().write_permission, "writable");
}

TEST(Wattwatchers, FindsTheReasonInAListOfErrors) {
  Reply reply;
  reply.status = 403;
  reply.body = boost::json::parse(R"({"errors":[{"code":"FORBIDDEN","httpCode":401,"message":"not permitted"}]})");
  const Error error = by_status(std::move(reply)).error();
  EXPECT_EQ(error.vendor_code, "FORBIDDEN");
  EXPECT_EQ(error.status, 403);
  EXPECT_NE(error.message().find("not permitted"), std::string::npos);
}

}  // namespace
}  // namespace bridge
