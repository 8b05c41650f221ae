// Wattwatchers REST API v3: energy meters with channels and switches.
// Ours, for a meter and day: live values every minute 1440, totals every five minutes 288 and 24
// for older holes, the meter and its modbus 288 each. 2328 of the 3456 that the vendor allows.
// Energy comes in joules for each period, whose END is the stamp. Short energy may get lost: it is
// for the live values. Long energy comes in the end, hours late after an outage: it is summed up.

#include <algorithm>
#include <charconv>
#include <cmath>

#include "bridge/mapper.hpp"

namespace mappers {
namespace {

using namespace bridge;
using namespace std::chrono_literals;

constexpr auto kSilent = 60min, kLive = 15min;  // an older "latest" says nothing about now

// Category 0 is "not connected". One without an id may be any.
bool is_wanted(const Json& channel, const Settings& own) {
  const std::string id = text(channel, "/id");
  if (id.empty()) return true;
  if (id.find("_C") == id.npos || number_at(channel, "/categoryId") == 0) return false;
  return items(own.value("channels")).empty() || own.has_word("channels", id);
}

// The channels that are devices, and where their values stand in arrays: ..._C3 is the third.
boost::json::array wanted_channels(const Json& meter, const Settings& own) {
  boost::json::array wanted;
  for (const Json& channel : items(at(meter, "/channels"))) {
    const std::string id = text(channel, "/id");
    if (id.empty() || !is_wanted(channel, own)) continue;
    std::uint32_t count = 0;  // where there is no number, its place is beyond every array
    std::from_chars(id.data() + id.find("_C") + 2, id.data() + id.size(), count);
    wanted.push_back({{"id", id}, {"place", count - 1}, {"inverted", own.has_word("invert", id)}});
  }
  return wanted;
}

// Channels and switches are heard when their meter is.
void add_part(std::string_view kind, const Json& part, const Json& meter, Fleet& fleet) {
  boost::json::object facts = picked(part, {"categoryLabel", "ctRating", "state", "pending"});
  facts["heard"] = at(meter, "/comms/lastHeardAt");
  const std::string id = text(part, "/id"), label = text(part, "/label");
  const auto label_of = [](const Json& each) { return text(each, "/label"); };
  const auto namesakes = std::ranges::count(items(at(meter, "/channels")), label, label_of);
  const std::string name = namesakes < 2 ? label : label + " " + id.substr(id.rfind('_') + 1);
  fleet.add({.kind = kind, .id = id, .name = name, .parent = text(meter, "/id"), .facts = facts});
}

// SIM, network and MAC address are personal: they are not taken over.
Task<void> add_meter(Vendor& vendor, Fleet& fleet, std::string id) {
  if (id.size() != 13 || id[0] < 'B' || id.find_first_not_of("0123456789ABCDEF") != id.npos)
    co_return Error(Errc::malformed, "no meter's id");  // it goes into paths as it is
  const auto meter = co_await vendor.get("/devices/" + id);
  if (!meter) co_return meter.error();
  if (text(*meter, "/id") != id) co_return Error(Errc::malformed, "not the meter asked for");
  const Json &channels = at(*meter, "/channels"), &relays = at(*meter, "/switches");
  if (!channels.is_array() || !(relays.is_array() || relays.is_null()))
    co_return Error(Errc::malformed, "a meter without its channels");  // which are not removed
  auto own = picked(*meter, {"id", "model", "firmwareVersion", "latestStatus"});
  own["heard"] = at(*meter, "/comms/lastHeardAt");
  own["signal"] = at(*meter, "/comms/signalQualityDbm");
  own["channels"] = wanted_channels(*meter, vendor.settings());
  const Json facts = std::move(own);
  fleet.add({.kind = "meter", .id = id, .name = text(*meter, "/label"), .facts = facts});
  for (const Json& each : items(channels))
    if (is_wanted(each, vendor.settings())) add_part("channel", each, *meter, fleet);
  for (const Json& each : items(relays)) add_part("switch", each, *meter, fleet);
  co_return success();
}

Task<void> list_meters(Vendor& vendor, Fleet& fleet) {
  const auto ids = co_await vendor.get("/devices");
  if (!ids) co_return ids.error();
  co_return co_await list_each(vendor, fleet, *ids, add_meter);
}

Task<void> list_again(Vendor& vendor, const Device& device, Fleet& fleet) {
  return add_meter(vendor, fleet, device.parent.empty() ? device.id : device.parent);
}

// An object, or a list of one; null where there never was any.
const Json& latest(const Json& answer) { return answer.is_array() ? at(answer, "/0") : answer; }

Json live_values(const Json& record, const Json& channel) {
  const std::string place = '/' + text(channel, "/place");
  const double sign = flag(channel, "/inverted") ? -1 : 1;
  const double seconds = number_at(record, "/duration").value_or(0);
  const auto real = number_at(record, "/eReal" + place);
  const auto reactive = number_at(record, "/eReactive" + place);
  const double apparent = real && reactive ? std::hypot(*real, *reactive) : 0;
  // A sum with 0 is never "-0".
  const auto rounded = [=](double it) { return Json(std::round(sign * it * 1e3) / 1e3 + 0.0); };
  return {{"power", real && seconds > 0 ? rounded(*real / seconds) : Json()},
          {"reactive_power", reactive && seconds > 0 ? rounded(*reactive / seconds) : Json()},
          {"power_factor", apparent > 0 ? rounded(*real / apparent) : Json()},
          {"voltage", detached(at(record, "/vRMS" + place))},
          {"current", detached(at(record, "/iRMS" + place))}};
}

Task<Facts> read_energy(Vendor& vendor, const Device& meter) {
  const auto answer = co_await vendor.get("/short-energy/" + meter.id + "/latest");
  if (!answer) co_return answer.error();
  const Json none, &newest = latest(*answer);
  const auto stamp = moment_at(newest, "/timestamp");
  const Json& record = stamp && vendor.now() - *stamp < kLive ? newest : none;
  Facts facts(picked(record, {"frequency"}));
  for (const Json& channel : items(at(meter.facts, "/list/channels"))) {
    facts.child(text(channel, "/id"), live_values(record, channel));
  }
  co_return facts;
}

// Whether there is a modbus meter shows here alone, and hardly ever changes.
Task<Facts> read_modbus(Vendor& vendor, const Device& meter) {
  const auto answer = co_await vendor.get("/modbus/" + meter.id + "/latest");
  if (!answer && answer.error().status != 422) co_return answer.error();
  Facts facts(answer ? detached(latest(*answer)) : Json());
  if (!facts.own().is_null()) facts.again_at(vendor.now() + 5min);
  co_return facts;
}

bool is_amount(std::optional<double> joules) { return joules && *joules >= 0 && *joules < 1e12; }

// Joules in each direction, both positive. Null is not zero: it may still come.
std::vector<Entry> entries(const Json& answer, const Device& meter) {
  std::vector<Entry> found;
  const auto& channels = items(at(meter.facts, "/list/channels"));
  for (const Json& record : items(answer)) {
    const double seconds = std::clamp(number_at(record, "/duration").value_or(0), 0.0, 1e6);
    for (std::size_t part = 0; part < channels.size(); ++part) {
      const std::string place = '/' + text(channels[part], "/place");
      auto imported = number_at(record, "/eRealPositive" + place);
      auto exported = number_at(record, "/eRealNegative" + place);
      if (!is_amount(imported) || !is_amount(exported)) continue;
      if (flag(channels[part], "/inverted")) std::swap(imported, exported);
      found.push_back({text(record, "/timestamp"), moment_at(record, "/timestamp"), record, part,
                       std::chrono::seconds(std::llround(seconds)),
                       {std::llround(*imported), std::llround(*exported)}});
    }
  }
  return found;
}

Json unless_zero(const Json& dbm) { return number_at(dbm, "") == 0 ? Json() : dbm; }

Json is_closed(const Json& state) {
  return state == "closed" || state == "open" ? Json(state == "closed") : Json();
}

Json is_pending(const Json& relay) {
  return relay.is_object() ? Json(!at(relay, "/pending/state").is_null()) : Json();
}

Task<Json> set_switch(Vendor& vendor, const Device& relay, Json closed) {
  const Json change = {{"id", relay.id}, {"state", closed == true ? "closed" : "open"}};
  return vendor.patch("/devices/" + relay.parent, {{"switches", boost::json::array(1, change)}});
}

bool has_moved(const Device& relay, const Json& closed) {
  const bool waits = !at(relay.facts, "/list/pending/state").is_null();
  return !waits && is_closed(at(relay.facts, "/list/state")) == closed;
}

// clang-format off
consteval Entity modbus(std::string_view key, std::string_view name, std::string_view pointer) {
  return energy_total(key, name, pointer, "kWh").via(hundredths).rounded(2).disabled();
}

constexpr Entity kMeter[] = {
    hertz("frequency", "Frequency", "/energy/frequency"),
    modbus("modbus_imported", "Modbus energy imported", "/modbus/kWh_Imp"),
    modbus("modbus_exported", "Modbus energy exported", "/modbus/kWh_Exp"),
    modbus("modbus_total", "Modbus energy total", "/modbus/kWh_Tot"),
    modbus("modbus_net", "Modbus energy net", "/modbus/kWh_Net").counting(StateClass::total),
    measurement("signal", "Signal", "/list/signal", "dBm", DeviceClass::signal_strength)
        .via(unless_zero).diagnostic(),
    moment("latest_status", "Latest status", "/list/latestStatus").diagnostic().disabled(),
    last_heard("last_heard", "Last heard", "/list/heard"),
    online("online", "Online"),
};
constexpr Entity kChannel[] = {
    watts("power", "Power", "/energy/power").rounded(0),
    volts("voltage", "Voltage", "/energy/voltage").rounded(1),
    amperes("current", "Current", "/energy/current").rounded(2),
    energy_total("imported", "Energy imported", "/total/imported", "kWh").via(kilowatt_hours),
    energy_total("exported", "Energy exported", "/total/exported", "kWh").via(kilowatt_hours),
    measurement("power_factor", "Power factor", "/energy/power_factor", {},
                DeviceClass::power_factor).disabled(),
    measurement("reactive_power", "Reactive power", "/energy/reactive_power", "var",
                DeviceClass::reactive_power).disabled(),
    sensor("category", "Category", "/list/categoryLabel").diagnostic(),
    sensor("ct_rating", "CT rating", "/list/ctRating").diagnostic().disabled(),
};
constexpr Entity kSwitch[] = {
    toggle("switch", "Switch", "/list/state", set_switch).via(is_closed)
        .then_read("list").confirmed_by(has_moved, 2min).only_with("writable").main(),
    state_of("switch", "Switch", "/list/state", DeviceClass::power).via(is_closed)
        .only_without("writable").main(),
    state_of("pending", "Pending", "/list").via(is_pending).diagnostic(),
};

constexpr History kTotals{
    .facts = "total",
    .path = "/long-energy/{id}?granularity=5m&fromTs={from_epoch}&toTs={to_epoch}",
    .widest = 168h - 1s, .reread = 1h, .sums = "imported exported", .parts = "/list/channels",
    .period = 5min, .horizon = 166h, .entries = entries};
constexpr Read kReads[] = {
    {.facts = "energy", .every = 1min, .read = read_energy, .shortest = 30s},
    {.facts = "total", .every = 5min, .read = read_history<kTotals>, .durable = true,
     .shortest = 5min},
    {.facts = "modbus", .every = 24h, .read = read_modbus, .shortest = 5min, .again = 5min},
};
constexpr DeviceKind kKinds[] = {
    {.name = "meter", .model = "/list/model", .firmware = "/list/firmwareVersion",
     .serial = "/list/id", .reads = kReads, .entities = kMeter, .heard = "/list/heard",
     .stale_after = kSilent},
    {.name = "channel", .entities = kChannel, .heard = "/list/heard", .stale_after = kSilent},
    {.name = "switch", .entities = kSwitch, .heard = "/list/heard", .stale_after = kSilent}};
constexpr Quota kQuotas[] = {{5, 1s, 1.0 / 3}, {3456, 24h, 3456}};
constexpr QuotaHeaders kHeaders[] = {
    {24h, "x-ratelimit-tpdlimit", "x-ratelimit-tpdremaining", "x-ratelimit-tpdreset"},
    {1s, "x-ratelimit-tpslimit", "x-ratelimit-tpsremaining", "x-ratelimit-tpsreset"},
    {24h - 1s, {}, "x-ratelimit-remaining", "x-ratelimit-reset"}};  // older: of either window
constexpr Setting kSettings[] = {
    {.key = "api_key", .help = "The key (key_...) that Wattwatchers gave you.",
     .type = SettingType::secret, .example = "{ credential = \"wattwatchers\" }"},
    {.key = "writable", .help = "Offer the switches; false for a key that may only read.",
     .type = SettingType::flag, .fallback = "true"},
    {.key = "invert", .help = "Channels whose clamp sits the wrong way: counted so from then on.",
     .type = SettingType::list, .example = "[\"D123456789012_C4\"]", .names_devices = true},
    {.key = "channels", .help = "The channels to take; default: all that are connected.",
     .type = SettingType::list, .example = "[\"D123456789012_C1\"]", .names_devices = true},
};

}  // namespace

extern constinit const Mapper wattwatchers{
    .name = "wattwatchers", .manufacturer = "Wattwatchers",
    .base_url = "https://api-v3.wattwatchers.com.au", .auth = {.key = "api_key"},
    .quotas = kQuotas, .command_reserve = 10, .quota_headers = kHeaders,
    .list_every = 5min, .list_shortest = 1min, .list_per_device = 1, .list = list_meters,
    .list_one = list_again, .kinds = kKinds, .settings = kSettings, .write_permission = "writable",
};
// clang-format on

}  // namespace mappers
