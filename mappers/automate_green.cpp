// Automate Green Power Controller API v1: switched loads that report every 15 minutes.
// Limits are not published; the list once a minute and the history every five minutes are polite.
// `power` in a status is energy: the Wh used during `duration`, not watts.

#include <cmath>

#include "bridge/mapper.hpp"

namespace mappers {
namespace {

using namespace bridge;
using namespace std::chrono_literals;

Task<Token> sign_in(Vendor& green) {
  const Settings& own = green.settings();
  const std::chrono::seconds life(std::llround(number_at(own.value("token_life"), "").value_or(0)));
  Json body = {{"user", {{"email", own.text("email")}, {"password", own.text("password")}}},
               {"expires", life.count()}};
  const auto answer = co_await green.post("/signin", std::move(body));
  if (!answer) co_return answer.error();
  Token token{text(*answer, "/token"), life};
  if (token.value.empty()) co_return Error(Errc::malformed, "the sign-in gave no token");
  co_return token;
}

// Thermostats and plugs are listed too. Adding a device would activate a SIM card: not offered.
Task<void> list_controllers(Vendor& green, Fleet& fleet) {
  const auto answer = co_await green.get("/devices");
  if (!answer) co_return answer.error();
  if (!at(*answer, "/devices").is_array()) co_return Error(Errc::malformed, "no list of devices");
  for (const Json& wrapped : items(at(*answer, "/devices"))) {
    const Json& device = at(wrapped, "/device");
    const std::string profile = text(device, "/type/profile");
    if (!profile.empty() && profile != "power-controller") continue;
    const std::string own = text(device, "/name"), name = own.empty() ? text(device, "/sn") : own;
    fleet.add({.kind = "controller", .id = text(device, "/id"), .name = name, .facts = device});
  }
  co_return success();
}

std::vector<Entry> entries(const Json& answer, const Device& controller) {
  std::vector<Entry> statuses;
  for (const Json& element : items(answer.is_array() ? answer : at(answer, "/statuses"))) {
    const Json& status = at(element, "/status").is_object() ? at(element, "/status") : element;
    std::string id = text(status, "/id"), owner = text(status, "/deviceId");
    if (owner.empty()) owner = text(status, "/device");
    if (!owner.empty() && owner != controller.id) continue;
    if (id.empty()) id = text(status, "/date") + ' ' + text(status, "/type");
    statuses.push_back({std::move(id), parse_time(text(status, "/date")), status});
  }
  return statuses;
}

// The sum is in hundredths of Wh. A report without a usable figure waits for a corrected one.
bool take(const Entry& status, RunningTotal& total, Facts& facts) {
  const std::string type = text(status.json, "/type");
  if (type != "update") {
    const bool documented = type == "relay" || type == "trigger";
    auto event = picked(at(status.json, "/info"), {"on", "frequency"});
    event["event_type"] = documented ? type : "other";
    event["time"] = format_time(*status.date);
    event["reason"] = documented ? text(status.json, "/reason") : type;
    facts.event("activity", event);
    const auto newest = parse_time(text(total.kept(type), "/time"));
    if (documented && newest <= *status.date) total.keep(type, event);
    return true;
  }
  const auto energy = number_at(status.json, "/info/power");
  if (!energy || *energy < 0 || *energy > 1e9) return false;
  total.add("sum", std::llround(*energy * 100));
  const std::chrono::duration<double> length(number_at(status.json, "/info/duration").value_or(0));
  const auto covered = parse_time(text(total.kept("covered"), ""));
  if (covered >= *status.date) return true;  // late: what it may overlap is not known
  if (covered > *status.date - length) total.add("overlaps", 1);
  total.keep("covered", boost::json::string(format_time(*status.date)));
  return true;
}

Json mean_power(const Json& info) {
  const auto energy = number_at(info, "/power"), seconds = number_at(info, "/duration");
  return energy && seconds > 0 ? Json(std::round(*energy * 360000 / *seconds) / 100) : Json();
}

// Newer controllers name the moment, older ones the seconds from their report; 0 is never.
Json next_toggle(const Json& status) {
  const double epoch = number_at(status, "/info/toggleAt").value_or(0);
  const auto from = epoch > 0 ? Instant() : parse_time(text(status, "/date"));
  const double wait = epoch > 0 ? epoch : number_at(status, "/info/toggleIn").value_or(0);
  if (!from || wait <= 0 || wait > 1e11) return {};
  return boost::json::string(format_time(*from + std::chrono::seconds(std::llround(wait))));
}

std::string_view silence(const Json& facts) {
  return text(facts, "/list/status/state") == "Unavailable" ? "device_offline" : "";
}

// 200 may hide a failure: the controller's own codes say so. 503 is a silent controller.
Result<Json> judge(Reply reply) {
  auto judged = by_status(std::move(reply));
  if (!judged) return judged;
  for (const std::string place : {"", "/device", "/device/info", "/device/status",
                                  "/device/status/info", "/status", "/info"}) {
    for (const char* member : {"/responseCodes", "/responseCode"}) {
      const Json& found = at(*judged, place + member);
      const auto codes = found.is_array() ? found.get_array() : boost::json::array{found};
      if (codes.empty()) return Error(Errc::timeout, "the controller did not answer");
      for (const Json& code : codes)
        if (number_at(code, "").value_or(0) < 0)
          return Error(Errc::refused, "the controller answered code " + text(code, ""));
    }
  }
  return judged;
}

// The user's page calls the seconds of a timer `time`, the vendor's newest document `delay`.
template <const std::string_view& name>
Task<Json> send(Vendor& green, const Device& controller, Json arguments) {
  const std::string spelling = green.settings().text("timed_commands");
  boost::json::object command{{"name", name}};
  for (const auto& [member, value] : arguments.get_object()) {
    if (member == "state") command["name"] = value == true ? "on" : "off";
    if (member == "seconds" && spelling != "delay") command["time"] = value;
    if (member == "seconds" && spelling != "time") command["delay"] = value;
    if (member != "state" && member != "seconds") command[member] = value;
  }
  return green.post(path_to("/devices/{id}/command", controller), {{"command", command}});
}

bool load_shows(const Device& controller, const Json& arguments) {
  const Json& status = at(controller.facts, "/list/status");
  const auto delay = number_at(arguments, "/delay");
  if (!delay) return at(status, "/info/on") == at(arguments, "/state");
  auto due = parse_time(text(next_toggle(status), "")), now = parse_time(text(status, "/date"));
  return due && now && std::abs((*due - *now) / 1.0s - *delay) <= 15;  // at the report
}

Task<Json> refresh(Vendor& green, const Device& controller, Json) {
  return green.post(path_to("/devices/{id}/status", controller), {});
}

// What is replaced whole. Where it can be read is not documented: under the same name, if at all.
template <const std::string_view& name>
Task<Json> put(Vendor& green, const Device& controller, Json value) {
  return green.put(path_to("/devices/{id}", controller), {{name, value}});
}

// clang-format off
constexpr std::string_view kMeters[] = {"none", "tuf2000m", "euf4315k"}, kOn = "on",
    kOnFor = "on_for", kOffFor = "off_for", kCap = "limit_power", kInfo = "info",
    kSchedule = "schedule", kPlanned[] = {kOn, "off", kCap}, kHappenings[] = {"relay", "trigger"};
constexpr Range kTime{1, 7 * 24 * 3600}, kEnergy{1, 1e6}, kHertz{40, 70, 0.01}, kAny{0, 1e5, 0},
    kRepeat{0, 366 * 24 * 3600}, kSample{60, 24 * 3600};
constexpr Argument kLoad[] = {{.name = "state", .kind = Argument::flag}, {"delay", kTime}},
    kTimer[] = {{"seconds", kTime}}, kLimit[] = {{"power", kEnergy}, {"time", kTime}};
constexpr Argument kEnable{.name = "enable", .kind = Argument::flag, .reported = "enabled"};
constexpr Argument kFfrMembers[] = {kEnable, {"tripThreshold", kHertz}, {"returnThreshold", kHertz},
    {"periods", {0, 1000}}, {.name = "delay", .range = {0, 86400}, .reported = "maxBackOff"}};
constexpr Argument kMeterMembers[] = {
    {.name = "type", .kind = Argument::text, .options = kMeters}, {"pipeOuterDiameter", kAny},
    {"pipeWallThickness", kAny}, {.name = "pipeType", .kind = Argument::text}};
constexpr Argument kCapacityMembers[] = {kEnable, {"maxCapacity", kAny}, {"minCapacity", kAny},
    {"lossPerLiter", kAny}, {"lossPerIdleMinute", kAny}, {"gainPerWattHour", kAny}};
constexpr Argument kPeriodMembers[] = {{"samplePeriod", kSample}}, kEntry[] = {
    {.name = "name", .kind = Argument::text, .options = kPlanned},
    {.name = "when", .kind = Argument::unix_time}, {"repeat", kRepeat},
    {.name = "power", .range = kEnergy, .only_for = kCap},
    {.name = "time", .range = kTime, .only_for = kCap}};
constexpr ObjectList kEntries{kEntry, 2, 39, "/list/schedule"};
constexpr GroupPlace kDevice{"/devices/{id}", "/device/info", kInfo};
constexpr Group kFfr{"ffr", kFfrMembers, "/list/info", &kDevice};
constexpr Group kMeter{"flowmeter", kMeterMembers, "/list/info", &kDevice};
constexpr Group kCapacity{"capacity", kCapacityMembers, "/list/info", &kDevice};
constexpr Group kPeriod{kInfo, kPeriodMembers, "/list"};

Result<Json> with_pipe(const Json& given, const Device& controller) {
  const Json meter = at(completed(kMeter, given, at(controller.facts, kMeter.facts)), "/flowmeter");
  const bool complete = meter.get_object().size() == kMeter.members.size();
  if (text(meter, "/type") != "tuf2000m" || complete) return given;
  return Error(Errc::invalid_argument, "A tuf2000m needs its pipe: send \"type\" together with "
               "\"pipeOuterDiameter\", \"pipeWallThickness\" (both in mm) and \"pipeType\".");
}

constexpr Entity kEntities[] = {
    toggle("load", "Load", "/list/status/info/on", send<kOn>)
        .takes(kLoad, 1).then_read("list").perhaps_confirmed_by(load_shows).main(),
    volts("voltage", "Voltage", "/list/status/info/voltage"),
    amperes("current", "Current", "/list/status/info/current"),
    hertz("frequency", "Frequency", "/list/status/info/frequency"),
    watts("power", "Mean power", "/list/status/info").via(mean_power),
    energy_total("energy", "Energy", "/statuses/sum").via(hundredths),
    fahrenheit("temperature", "Temperature", "/list/status/info/temperature").diagnostic(),
    flow("flow", "Flow", "/list/status/info/flow"),
    moment("next_toggle", "Next toggle", "/list/status").via(next_toggle),
    last_heard("last_report", "Last report", "/list/status/date"),
    online("online", "Online"),
    sensor("last_reason", "Last switch reason", "/statuses/relay/reason").diagnostic(),
    hertz("trigger_frequency", "Trigger frequency", "/statuses/trigger/frequency").diagnostic(),
    happening("activity", "Activity", kHappenings).with_icon("mdi:pulse"),
    command("on_for", "Switch on for", send<kOnFor>).takes(kTimer, 1).then_read("list").once(),
    command("off_for", "Switch off for", send<kOffFor>).takes(kTimer, 1).then_read("list").once(),
    command("limit_power", "Limit energy", send<kCap>).takes(kLimit, 2).then_read("list").once(),
    press("refresh", "Ask for a report", refresh).then_read("list").diagnostic(),
    toggle("ffr", "Frequency response", "/list/info/ffr/enabled", put_group<kFfr>)
        .part_of<kFfr>().then_read("list").config().only_with("configuration"),
    select("flowmeter", "Flow meter", "/list/info/flowmeter/type", kMeters, put_group<kMeter>)
        .part_of<kMeter>().accepts(with_pipe).then_read("list").config().only_with("configuration"),
    toggle("capacity", "Load capacity", "/list/info/capacity/enabled", put_group<kCapacity>)
        .part_of<kCapacity>().then_read("list").config().only_with("configuration"),
    number("sample_period", "Sample period", "/list/info/samplePeriod", "s", kSample, put<kInfo>)
        .part_of<kPeriod>().of_class(DeviceClass::duration).then_read("list").config()
        .only_with("configuration"),
    list_command("schedules", "Schedules", kEntries, put<kSchedule>)
        .perhaps_confirmed_by(shows<kEntries>).then_read("list").only_with("configuration"),
};

// Ten days at once are refused. What comes a day after a newer report is not asked for any more.
constexpr History kHistory{
    .facts = "statuses", .path = "/statuses?device={id}&date[start]={from}&date[end]={to}",
    .widest = 240h - 1s, .reread = 24h, .sums = "sum", .entries = entries, .take = take};
constexpr Read kReads[] = {{.facts = "statuses", .every = 5min, .read = read_history<kHistory>,
                            .durable = true, .shortest = 1min}};
constexpr DeviceKind kKinds[] = {{.name = "controller", .model = "/list/type/desc",
    .model_id = "/list/type/id", .firmware = "/list/status/info/firmware", .serial = "/list/sn",
    .reads = kReads, .entities = kEntities, .heard = "/list/status/date", .unreachable = silence}};

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
    {.key = "configuration", .help = "Offer schedules and the controller's own settings.",
     .type = SettingType::flag, .fallback = "false"},
};

}  // namespace

extern constinit const Mapper automate_green{
    .name = "automate_green", .manufacturer = "Automate Green",
    .base_url = "https://api.automategreen.com/v1", .auth = {.key = "token", .sign_in = sign_in,
    .sign_in_settings = "email password"}, .list_every = 1min, .list_shortest = 30s,
    .list = list_controllers, .kinds = kKinds, .settings = kSettings, .judge = judge};
// clang-format on

}  // namespace mappers
