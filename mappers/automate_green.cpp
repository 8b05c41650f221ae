// Automate Green Power Controller API v1: switched loads that report every 15 minutes.
//
// Limits are not published; the list once a minute and the history every five minutes are polite.
// `power` in a status is energy: the Wh used during `duration`, not watts.

#include <algorithm>
#include <cmath>

#include "bridge/mapper.hpp"

namespace mappers {
namespace {

using namespace bridge;
using namespace std::chrono_literals;

Task<Token> sign_in(Vendor& green) {
  const auto life = std::chrono::seconds(
      static_cast<std::int64_t>(number_at(green.settings().value("token_life"), "").value_or(0)));
  Json body = {{"user", {{"email", green.settings().text("email")},
                         {"password", green.settings().text("password")}}},
               {"expires", life.count()}};
  const auto answer = co_await green.post("/signin", std::move(body));
  if (!answer) co_return answer.error();
  Token token{text(*answer, "/token"), life};
  if (token.value.empty()) co_return Error(Errc::malformed, "the sign-in gave no token");
  co_return token;
}

// The account's other devices (thermostats, plugs) are listed too. Adding a device would activate
// a SIM card that costs money: not offered.
Task<void> list_controllers(Vendor& green, Fleet& fleet) {
  const auto answer = co_await green.get("/devices");
  if (!answer) co_return answer.error();
  if (!at(*answer, "/devices").is_array()) {
    co_return Error(Errc::malformed, "the list of devices has no devices");
  }
  for (const Json& wrapped : items(at(*answer, "/devices"))) {
    const Json& device = at(wrapped, "/device");
    if (text(device, "/type/profile") != "power-controller") continue;
    const std::string id = text(device, "/id");
    const std::string own_name = text(device, "/name");
    const std::string name = own_name.empty() ? text(device, "/sn") : own_name;
    fleet.add({.kind = "controller", .id = id, .name = name, .facts = device});
  }
  co_return success();
}

// ---- History: the energy total and the events ----------------------------------------------

constexpr auto kWidestWindow = std::chrono::hours(240) - 1s;  // ten days are refused
constexpr auto kReadAgain = 24h;

struct Status {
  std::string id;
  Instant date;
  std::string type;
  const Json* json;
};

// Elements come plain or wrapped, in any order; one without a date cannot be placed.
std::vector<Status> in_order(const Json& answer) {
  std::vector<Status> statuses;
  for (const Json& element : items(answer.is_array() ? answer : at(answer, "/statuses"))) {
    const Json& status = at(element, "/status").is_object() ? at(element, "/status") : element;
    const auto date = parse_time(text(status, "/date"));
    if (!date) continue;
    const std::string type = text(status, "/type");
    std::string id = text(status, "/id");
    if (id.empty()) id = text(status, "/date") + ' ' + type;
    statuses.push_back({std::move(id), *date, type, &status});
  }
  std::stable_sort(statuses.begin(), statuses.end(),
                   [](const Status& a, const Status& b) { return a.date < b.date; });
  return statuses;
}

// Hundredths of Wh. Nothing: no usable figure, and a corrected report may follow.
std::optional<std::int64_t> energy_of(const Status& update) {
  const auto energy = number_at(*update.json, "/info/power");
  if (!energy || *energy < 0) return std::nullopt;
  return std::llround(*energy * 100);
}

bool overlaps(const Status& update, const std::string& covered) {
  const auto before = parse_time(covered);
  const auto seconds = number_at(*update.json, "/info/duration").value_or(0);
  return before && update.date - std::chrono::milliseconds(std::llround(seconds * 1000)) < *before;
}

Json event_of(const Status& status) {
  const bool documented = status.type == "relay" || status.type == "trigger";
  return {{"event_type", documented ? status.type : "other"},
          {"time", format_time(status.date)},
          {"reason", documented ? text(*status.json, "/reason") : status.type},
          {"on", at(*status.json, "/info/on")},
          {"frequency", at(*status.json, "/info/frequency")}};
}

std::string format_seconds(Instant instant) {
  const std::string exact = format_time(instant);
  return exact.substr(0, exact.find('.')) + 'Z';
}

// Windows follow each other, so an outage of weeks is caught up with.
Task<Facts> read_statuses(Vendor& green, const Device& controller) {
  const Json& known = at(controller.facts, "/statuses");
  RunningTotal energy(known, green.now(), kReadAgain);
  boost::json::object latest;
  for (const std::string_view member : {"covered", "overlaps", "relay", "trigger"}) {
    latest[member] = at(known, "/" + std::string(member));
  }

  Facts facts{Json()};
  for (const Window& window : windows(energy.read_from(), green.now() + 1s, kWidestWindow)) {
    const auto answer = co_await green.get("/statuses?device=" + url_encoded(controller.id) +
                                           "&date[start]=" + format_seconds(window.from) +
                                           "&date[end]=" + format_seconds(window.to));
    if (!answer) co_return answer.error();
    for (const Status& status : in_order(*answer)) {
      if (!energy.is_new(status.id, status.date)) continue;
      if (status.type == "update") {
        const auto hundredths = energy_of(status);
        if (!hundredths) continue;
        energy.add(*hundredths);
        if (overlaps(status, text(latest["covered"], ""))) {
          latest["overlaps"] = number_at(latest["overlaps"], "").value_or(0) + 1;
        }
        latest["covered"] = format_time(status.date);
      } else {
        facts.event("activity", event_of(status));
        latest[status.type] = detached(*status.json);
      }
      energy.mark_seen(status.id, status.date);
    }
  }
  boost::json::object all = energy.facts();
  for (const auto& [member, value] : latest) all[member] = value;
  facts.replace(std::move(all));
  co_return facts;
}

// ---- What the rows need beyond a pointer ----------------------------------------------------

Json watt_hours(const Json& hundredths) {
  const auto sum = number_at(hundredths, "");
  return sum ? Json(*sum / 100) : Json();
}

Json mean_power(const Json& info) {
  const auto energy = number_at(info, "/power");
  const auto seconds = number_at(info, "/duration");
  if (!energy || !seconds || *seconds <= 0) return {};
  return std::round(*energy * 3600 / *seconds * 100) / 100;
}

// Newer controllers name the moment, older ones the seconds from their report; 0 is never.
Json next_toggle(const Json& status) {
  if (const auto epoch = number_at(status, "/info/toggleAt"); epoch && *epoch > 0) {
    return boost::json::string(format_time(Instant(std::chrono::seconds(std::llround(*epoch)))));
  }
  const auto reported = parse_time(text(status, "/date"));
  const auto seconds = number_at(status, "/info/toggleIn");
  if (!reported || !seconds || *seconds <= 0) return {};
  return boost::json::string(
      format_time(*reported + std::chrono::seconds(std::llround(*seconds))));
}

std::string_view silence(const Json& facts) {
  return text(facts, "/list/status/state") == "Unavailable" ? "device_offline" : "";
}

// 200 may hide a failure: the controller's own codes say so. 503 is a silent controller.
Result<Json> judge(Reply reply) {
  auto judged = by_status(std::move(reply));
  if (!judged) return judged;
  for (const std::string_view place : {"", "/device", "/status", "/info", "/device/status/info"}) {
    for (const std::string_view member : {"/responseCodes", "/responseCode"}) {
      const Json& codes = at(*judged, std::string(place) + std::string(member));
      if (codes.is_array() && items(codes).empty()) {
        return Error(Errc::timeout, "the controller did not answer");
      }
      const boost::json::array one{codes};
      for (const Json& code : codes.is_array() ? items(codes) : one) {
        if (number_at(code, "").value_or(0) >= 0) continue;
        return Error(Errc::refused, "the controller answered code " + text(code, ""));
      }
    }
  }
  return judged;
}

// ---- Commands -------------------------------------------------------------------------------

constexpr double kLongest = 7 * 24 * 3600;  // a forgotten "off for" ends within a week

Error expected(std::string_view what) {
  return Error(Errc::invalid_argument, "send " + std::string(what));
}

bool is_seconds(const Json& value) {
  const auto seconds = value.is_number() ? number_at(value, "") : std::nullopt;
  return seconds && *seconds >= 1 && *seconds <= kLongest && *seconds == std::floor(*seconds);
}

Task<Json> send_command(Vendor& green, std::string id, Json command) {
  Json body = {{"command", std::move(command)}};
  co_return co_await green.post("/devices/" + url_encoded(id) + "/command", std::move(body));
}

// ON, OFF, or with a delay: {"state": "ON", "delay": 60}.
Result<Json> parse_load(const Json& value, const Device&) {
  const Json& state = value.is_object() ? at(value, "/state") : value;
  const Json& delay = at(value, "/delay");
  const bool known = state == "ON" || state == "OFF";
  if (!known || !(delay.is_null() || is_seconds(delay))) {
    return expected("ON or OFF, or {\"value\": {\"state\": \"ON\", \"delay\": 60}}");
  }
  Json command = {{"name", state == "ON" ? "on" : "off"}};
  if (!delay.is_null()) command.get_object()["delay"] = delay;
  return command;
}

Task<Json> switch_load(Vendor& green, const Device& controller, const Json& command) {
  Json copy = detached(command);
  co_return co_await send_command(green, controller.id, std::move(copy));
}

bool load_shows(const Device& controller, const Json& command) {
  if (!at(command, "/delay").is_null()) return !next_toggle(at(controller.facts, "/list/status")).is_null();
  const Json& on = at(controller.facts, "/list/status/info/on");
  return on.is_bool() && on.get_bool() == (text(command, "/name") == "on");
}

Result<Json> parse_seconds(const Json& value, const Device&) {
  if (is_seconds(value)) return value;
  return expected("the seconds as a whole number from 1 to 604800");
}

// The user's page calls the seconds `time`, the vendor's newest document `delay`.
Task<Json> switch_for(Vendor& green, const Device& controller, std::string name, Json seconds) {
  const std::string spelling = green.settings().text("timed_commands");
  boost::json::object command{{"name", name}};
  if (spelling != "delay") command["time"] = seconds;
  if (spelling != "time") command["delay"] = seconds;
  co_return co_await send_command(green, controller.id, std::move(command));
}

Task<Json> on_for(Vendor& green, const Device& controller, const Json& seconds) {
  Json copy = detached(seconds);
  co_return co_await switch_for(green, controller, "on_for", std::move(copy));
}

Task<Json> off_for(Vendor& green, const Device& controller, const Json& seconds) {
  Json copy = detached(seconds);
  co_return co_await switch_for(green, controller, "off_for", std::move(copy));
}

Result<Json> parse_limit(const Json& value, const Device&) {
  const auto energy = number_at(value, "/power");
  if (!energy || *energy < 1 || !is_seconds(at(value, "/time"))) {
    return expected("{\"value\": {\"power\": 50, \"time\": 3600}}: Wh and seconds");
  }
  return Json{{"name", "limit_power"}, {"power", at(value, "/power")}, {"time", at(value, "/time")}};
}

Task<Json> refresh(Vendor& green, const Device& controller, const Json&) {
  Json no_body;
  co_return co_await green.post("/devices/" + url_encoded(controller.id) + "/status", std::move(no_body));
}

// ---- Configuration: written with one name, read back with another ---------------------------

struct Field {
  std::string_view group, written, read;
};
constexpr Field kFfr[] = {{"ffr", "enable", "enabled"},
                          {"ffr", "tripThreshold", "tripThreshold"},
                          {"ffr", "returnThreshold", "returnThreshold"},
                          {"ffr", "periods", "periods"},
                          {"ffr", "delay", "maxBackOff"}};
constexpr Field kCapacity[] = {{"capacity", "enable", "enabled"},
                               {"capacity", "maxCapacity", "maxCapacity"},
                               {"capacity", "minCapacity", "minCapacity"},
                               {"capacity", "lossPerLiter", "lossPerLiter"},
                               {"capacity", "lossPerIdleMinute", "lossPerIdleMinute"},
                               {"capacity", "gainPerWattHour", "gainPerWattHour"}};
constexpr Field kFlowmeter[] = {{"flowmeter", "type", "type"},
                                {"flowmeter", "pipeOuterDiameter", "pipeOuterDiameter"},
                                {"flowmeter", "pipeWallThickness", "pipeWallThickness"},
                                {"flowmeter", "pipeType", "pipeType"}};

// A group is written whole, with what the controller reported of its other members.
template <const auto& group, std::size_t changed>
Task<Json> configure(Vendor& green, const Device& controller, const Json& value) {
  boost::json::object members;
  for (const Field& field : group) {
    const Json& known = at(controller.facts, "/list/info/" + std::string(field.group) + '/' +
                                                 std::string(field.read));
    if (!known.is_null()) members[field.written] = known;
  }
  members[group[changed].written] = value;
  Json body = {{"info", {{group[changed].group, std::move(members)}}}};
  co_return co_await green.put("/devices/" + url_encoded(controller.id), std::move(body));
}

template <const auto& group, std::size_t changed>
bool shows(const Device& controller, const Json& value) {
  const Json& known = at(controller.facts, "/list/info/" + std::string(group[changed].group) + '/' +
                                               std::string(group[changed].read));
  return value.is_number() ? number_at(known, "") == number_at(value, "") : known == value;
}

template <const auto& group, std::size_t changed>
consteval Entity setting(Entity row) {
  row.perform = configure<group, changed>;
  return row.perhaps_confirmed_by(shows<group, changed>).then_read("list").config().only_with("configuration");
}

constexpr std::string_view kMeters[] = {"none", "tuf2000m", "euf4315k"};
constexpr std::string_view kHappenings[] = {"relay", "trigger"};
constexpr Range kGridFrequency{.minimum = 40, .maximum = 70, .step = 0.01};
constexpr Range kCount{.minimum = 0, .maximum = 100000, .step = 0.01};

constexpr Entity kEntities[] = {
    toggle("load", "Load", "/list/status/info/on", switch_load).accepts(parse_load)
        .then_read("list").perhaps_confirmed_by(load_shows),
    volts("voltage", "Voltage", "/list/status/info/voltage"),
    amperes("current", "Current", "/list/status/info/current"),
    hertz("frequency", "Frequency", "/list/status/info/frequency"),
    watts("power", "Mean power", "/list/status/info").via(mean_power),
    energy_total("energy", "Energy", "/statuses/sum").via(watt_hours),
    fahrenheit("temperature", "Temperature", "/list/status/info/temperature").diagnostic(),
    flow("flow", "Flow", "/list/status/info/flow"),
    moment("next_toggle", "Next toggle", "/list/status").via(next_toggle),
    last_heard("last_report", "Last report", "/list/status/date"),
    online("online", "Online"),
    sensor("last_reason", "Last switch reason", "/statuses/relay/reason").diagnostic(),
    hertz("trigger_frequency", "Trigger frequency", "/statuses/trigger/info/frequency").diagnostic(),
    happening("activity", "Activity", kHappenings),
    command("on_for", "Switch on for", on_for, parse_seconds).then_read("list").once(),
    command("off_for", "Switch off for", off_for, parse_seconds).then_read("list").once(),
    command("limit_power", "Limit energy", switch_load, parse_limit).then_read("list").once(),
    press("refresh", "Ask for a report", refresh).then_read("list").diagnostic(),
    setting<kFfr, 0>(toggle("ffr", "Frequency response", "/list/info/ffr/enabled", {})),
    setting<kFfr, 1>(number("ffr_trip", "Trip below", "/list/info/ffr/tripThreshold", "Hz", kGridFrequency, {})),
    setting<kFfr, 2>(number("ffr_return", "Return above", "/list/info/ffr/returnThreshold", "Hz", kGridFrequency, {})),
    setting<kFfr, 3>(number("ffr_periods", "Trip after cycles", "/list/info/ffr/periods", {}, {0, 1000, 1}, {})),
    setting<kFfr, 4>(number("ffr_delay", "Longest return delay", "/list/info/ffr/maxBackOff", "s", {0, 86400, 1}, {})),
    setting<kFlowmeter, 0>(select("flowmeter", "Flow meter", "/list/info/flowmeter/type", kMeters, {})),
    setting<kFlowmeter, 1>(number("pipe_diameter", "Pipe outer diameter", "/list/info/flowmeter/pipeOuterDiameter", "mm", kCount, {})),
    setting<kFlowmeter, 2>(number("pipe_wall", "Pipe wall", "/list/info/flowmeter/pipeWallThickness", "mm", kCount, {})),
    setting<kCapacity, 0>(toggle("capacity", "Load capacity", "/list/info/capacity/enabled", {})),
    setting<kCapacity, 1>(number("capacity_max", "Capacity, maximum", "/list/info/capacity/maxCapacity", {}, kCount, {})),
    setting<kCapacity, 2>(number("capacity_min", "Capacity, minimum", "/list/info/capacity/minCapacity", {}, kCount, {})),
    setting<kCapacity, 3>(number("loss_per_liter", "Loss per liter", "/list/info/capacity/lossPerLiter", {}, kCount, {})),
    setting<kCapacity, 4>(number("loss_per_minute", "Loss per idle minute", "/list/info/capacity/lossPerIdleMinute", {}, kCount, {})),
    setting<kCapacity, 5>(number("gain_per_watt_hour", "Gain per watt-hour", "/list/info/capacity/gainPerWattHour", {}, kCount, {})),
};

constexpr Read kReads[] = {{.facts = "statuses", .every = 5min, .read = read_statuses,
                            .durable = true, .shortest = 1min}};

constexpr DeviceKind kKinds[] = {{.name = "controller",
                                  .model = "/list/type/desc",
                                  .model_id = "/list/type/id",
                                  .firmware = "/list/status/info/firmware",
                                  .serial = "/list/sn",
                                  .reads = kReads,
                                  .entities = kEntities,
                                  .heard = "/list/status/date",
                                  .unreachable = silence}};

constexpr Setting kSettings[] = {
    {.key = "email", .help = "The account's e-mail address."},
    {.key = "password", .help = "The account's password.", .type = SettingType::secret,
     .example = "{ credential = \"automate_green\" }"},
    {.key = "token", .help = "A ready token (web app: User, Tokens) instead of e-mail and password.",
     .type = SettingType::secret},
    {.key = "token_life", .help = "How long a signed-in token is asked for.",
     .type = SettingType::span, .fallback = "14d"},
    {.key = "timed_commands", .help = "How on_for and off_for spell their seconds.",
     .type = SettingType::choice, .fallback = "time", .options = "time delay both"},
    {.key = "configuration", .help = "Offer frequency response, flow meter and capacity settings.",
     .type = SettingType::flag, .fallback = "false"},
};

}  // namespace

extern constinit const Mapper automate_green{
    .name = "automate_green",
    .manufacturer = "Automate Green",
    .base_url = "https://api.automategreen.com/v1",
    .auth = {.key = "token", .sign_in = sign_in, .sign_in_settings = "email password"},
    .list_every = 1min,
    .list_shortest = 30s,
    .list = list_controllers,
    .kinds = kKinds,
    .settings = kSettings,
    .judge = judge,
};

}  // namespace mappers
