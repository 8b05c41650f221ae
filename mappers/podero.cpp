// Podero Partner API v2.0: the heat pumps of an organisation's users, one request for each user.
// Limits are not published; the manufacturers' clouds bring something new every 5 to 15 minutes.

#include <cmath>

#include "bridge/mapper.hpp"

namespace mappers {
namespace {
using namespace bridge;
using namespace std::chrono_literals;

std::string users_path(const Vendor& podero) {
  return "/org/" + url_encoded(podero.settings().text("org_id")) + "/users";
}

std::string pumps_path(const Vendor& podero, const std::string& user) {
  return users_path(podero) + "/" + url_encoded(user) + "/heat-pumps";
}

std::string path(const Vendor& podero, const Device& pump) {
  return pumps_path(podero, text(pump.facts, "/list/user")) + "/" + url_encoded(pump.id);
}

// Nothing of the owner but an id is kept. `read` is the moment the pump alone was read.
void add_pump(const Vendor& podero, const Json& pump, const std::string& user, Fleet& fleet,
              std::string_view read = {}) {
  if (parse_time(text(pump, "/deleted_at"))) return;
  Json facts = pump.is_object() ? detached(pump) : boost::json::object();
  for (auto key : {"owner", "comment", "external_device_id", "embeddable_url", "authorization_url"})
    facts.get_object().erase(key);
  facts.get_object()["user"] = user;
  facts.get_object()["read_at"] = read;
  const std::string id = text(pump, "/id"), maker = text(pump, "/device_model/manufacturer");
  std::string name = text(pump, "/device_model/model");
  if (!maker.empty() && !name.starts_with(maker)) name = maker + " " + name;
  const bool is_one = items(podero.settings().value("user_ids")).size() == 1;
  if (!is_one && !name.empty()) name += " " + id.substr(0, 4);  // pumps have no names
  fleet.add({.kind = "pump", .id = id, .name = name, .facts = facts});
}

// How users are listed is not documented: as an array, or within an object that may go on.
Task<Json> wanted_users(Vendor& podero, Fleet& fleet) {
  if (!podero.settings().flag("all_users")) co_return podero.settings().value("user_ids");
  const auto answer = co_await podero.get(users_path(podero));
  if (!answer) co_return answer.error();
  for (const char* place : {"", "/results", "/users", "/items"}) {
    if (!at(*answer, place).is_array()) continue;
    boost::json::array ids;
    for (const Json& user : items(at(*answer, place))) ids.emplace_back(text(user, "/id"));
    const Error more(Errc::malformed, "not all users are in the answer: name them in user_ids");
    if (!at(*answer, "/next").is_null()) fleet.unread(more);
    co_return ids;
  }
  co_return Error(Errc::malformed, "the list of users has no users");
}

Task<void> list_pumps(Vendor& podero, Fleet& fleet) {
  const auto users = co_await wanted_users(podero, fleet);
  if (!users) co_return users.error();
  for (const Json& each : items(*users)) {
    const std::string user = text(each, ""), list = pumps_path(podero, user);
    auto pumps = co_await podero.get(list);
    if (pumps && !pumps->is_array()) pumps = Error(Errc::malformed, "a user's pumps are no list");
    if (!pumps && pumps.error().hits_all()) co_return pumps.error();
    if (!pumps) fleet.unread(pumps.error());
    const Json found = pumps ? std::move(*pumps) : Json();
    for (const Json& pump : items(found)) add_pump(podero, pump, user, fleet);
  }
  co_return success();
}

Task<void> list_pump(Vendor& podero, const Device& pump, Fleet& fleet) {
  const auto answer = co_await podero.get(path(podero, pump));
  if (!answer) co_return answer.error();
  add_pump(podero, *answer, text(pump.facts, "/list/user"), fleet, format_time(podero.now()));
  co_return success();
}

// While nothing is optimised the field holds an old word.
Json present_mode(const Json& pump) {
  return flag(pump, "/is_smart_optimization_active") ? at(pump, "/current_mode") : Json();
}

// A PUT holds the fields that change, and no others.
template <Field field>
Task<Json> write(Vendor& podero, const Device& pump, Json value) {
  return podero.put(path(podero, pump), {{field.name(), std::move(value)}});
}

Instant end_of_pause(Instant begin, const Json& wish) {
  return begin + std::chrono::minutes(std::llround(number_at(wish, "/hours").value_or(2) * 60));
}

Task<Json> pause(Vendor& podero, const Device& pump, Json wish) {
  boost::json::object body{{"is_pause_power_active", at(wish, "/state")}};
  const std::string end = format_time(end_of_pause(podero.now(), wish));
  if (flag(wish, "/state")) body["pause_power_until"] = end;
  return podero.put(path(podero, pump), std::move(body));
}

// It is read within seconds of the write, so a pause that began at the reading would end as soon.
bool shows_pause(const Device& pump, const Json& wish) {
  const auto read = moment_at(pump.facts, "/list/read_at");
  const auto end = moment_at(pump.facts, "/list/pause_power_until");
  const bool is_taken = read && end && abs(*end - end_of_pause(*read, wish)) <= 2min;
  return shows<"is_pause_power_active">(pump, wish) && (is_taken || !flag(wish, "/state"));
}

Task<Json> go_away(Vendor& podero, const Device& pump, Json wish) {
  boost::json::object body{{"is_away_mode_enabled", at(wish, "/state")}};
  for (const std::string day : {"start", "end"})
    if (const Json& given = at(wish, "/" + day); !given.is_null()) body["away_mode_" + day] = given;
  return podero.put(path(podero, pump), std::move(body));
}

Result<Json> in_order(const Json& wish, const Device&) {
  const auto start = parse_time(text(wish, "/start")), end = parse_time(text(wish, "/end"));
  if ((!start && !end) || (start && end && *start < *end)) return wish;
  return Error(Errc::invalid_argument, "Send \"start\" and a later \"end\", or neither.");
}

bool shows_away(const Device& pump, const Json& wish) {
  const bool days = at(wish, "/start").is_null() || (
      is_same(at(pump.facts, "/list/away_mode_start"), at(wish, "/start")) &&
      is_same(at(pump.facts, "/list/away_mode_end"), at(wish, "/end")));
  return days && shows<"is_away_mode_enabled">(pump, wish);
}

consteval Entity opened_by(std::string_view word, Entity control) {
  control = control.then_read("list").alone();
  return word.empty() ? control : control.settable_with("controls", word);
}

template <Field fact>
consteval Entity on_off(std::string_view key, std::string_view name, std::string_view word = {}) {
  return opened_by(word, toggle(key, name, fact.pointer(), write<fact>).confirmed_by(shows<fact>));
}

template <Field field>
consteval Entity degrees(std::string_view key, std::string_view name, std::string_view word,
                         Range range = {0, 40, 0.5}) {
  if (word == "dhw") range = {20, 90, 0.5};
  const Entity row = number(key, name, field.pointer(), "°C", range, write<field>).config();
  return opened_by(word, row.of_class(DeviceClass::temperature).confirmed_by(shows<field>));
}

// clang-format off
constexpr Argument kOn{.name = "state", .kind = Argument::flag},
    kPauseMembers[] = {kOn, {"hours", {0.25, 24, 0.25}}}, kAwayMembers[] = {kOn,
        {.name = "start", .kind = Argument::moment}, {.name = "end", .kind = Argument::moment}};
constexpr std::string_view kLevels[] = {"Low", "Mid", "Max"};
constexpr std::string_view kHealth[] = {"ok", "warning", "error", "unknown"};
constexpr Entity kPump[] = {  // without the owner, and how to sign up for the maker's cloud
    watts("power", "Power", "/list/current_power_consumption_w"),
    celsius("inlet_temperature", "Inlet temperature", "/list/inlet_temperature"),
    celsius("outlet_temperature", "Outlet temperature", "/list/outlet_temperature"),
    celsius("hot_water_temperature", "Hot water temperature", "/list/dhw_temperature"),
    celsius("outdoor_temperature", "Outdoor temperature", "/list/outdoor_temperature"),
    celsius("indoor_temperature", "Indoor temperature", "/list/indoor_actual_temperature"),
    celsius("indoor_target", "Indoor target", "/list/indoor_target_temperature"),
    rolling_energy("energy_day", "Energy, last day", "/list/consumption_last_day_kwh"),
    rolling_energy("energy_week", "Energy, last week", "/list/consumption_last_week_kwh"),
    rolling_energy("energy_month", "Energy, last month", "/list/consumption_last_month_kwh"),
    moment("energy_updated", "Energy updated", "/list/consumption_last_updated_at").diagnostic(),
    sensor("mode", "Mode", "/list").via(present_mode).with_icon("mdi:heat-pump"),
    sensor("operational_mode", "Operational mode", "/list/operational_mode"),
    sensor("steering_state", "Steering state", "/list/actual_steering_state").diagnostic(),
    choice("connection", "Connection", "/list/connection_status", kHealth).diagnostic(),
    choice("monitoring", "Monitoring", "/list/monitoring_status", kHealth).diagnostic(),
    choice("steering", "Steering", "/list/steering_status", kHealth).diagnostic(),
    trouble("needs_login", "Needs login", "/list/is_authenticated").via(negated),
    online("online", "Online"),
    last_heard("last_update", "Last update", "/list/current_state_last_updated_at"),
    moment("last_monitoring", "Monitored", "/list/last_monitoring_executed_at").diagnostic(),
    state_of("forced_mode_active", "Forced mode active", "/list/is_inverter_forced_mode_active"),
    moment("forced_mode_since", "Forced since", "/list/inverter_forced_mode_since").diagnostic(),
    moment("pause_until", "Paused until", "/list/pause_power_until"),
    moment("away_start", "Away from", "/list/away_mode_start"),
    moment("away_end", "Away until", "/list/away_mode_end"),
    moment("away_changed", "Away mode changed", "/list/away_mode_last_updated_at").diagnostic(),
    sensor("policy_name", "Heating policy name", "/list/heating_policy_name").diagnostic(),
    moment("policy_changed", "Policy changed", "/list/heating_policy_last_updated_at").diagnostic(),
    state_of("forecasting", "Forecasting", "/list/is_forecasting_enabled").diagnostic(),
    state_of("trading", "Trading", "/list/is_trading_enabled").diagnostic(),
    state_of("needs_gateway", "Needs a gateway", "/list/needs_gateway").diagnostic().disabled(),
    sensor("price_zone", "Price zone", "/list/price_zone").diagnostic(),
    sensor("type", "Type", "/list/device_model/device_type/long_name").diagnostic().disabled(),
    sensor("user", "User", "/list/user").diagnostic().with_icon("mdi:account"),
    sensor("building", "Building", "/list/building").diagnostic().disabled(),
    sensor("model_year", "Model year", "/list/device_model/year").diagnostic().disabled(),
    watts("solar_minimum", "Minimum solar power", "/list/min_solar_power_w").diagnostic(),
    sensor("slight_change", "Slight change",
           "/list/temperature_delta_override_for_slight_change").diagnostic().disabled(),
    sensor("significant_change", "Significant change",
           "/list/temperature_delta_override_for_significant_change").diagnostic().disabled(),
    moment("created", "Created", "/list/created_at").diagnostic().disabled(),
    moment("changed", "Changed", "/list/updated_at").diagnostic().disabled(),
    on_off<"is_smart_optimization_active">("smart_optimization", "Smart optimisation"),
    opened_by({}, select("optimization_level", "Optimisation level", "/list/optimization_level",
        kLevels, write<"optimization_level">).confirmed_by(shows<"optimization_level">).config()),
    opened_by("pause", toggle("pause", "Pause", "/list/is_pause_power_active", pause)
        .takes(kPauseMembers, 1).confirmed_by(shows_pause)),
    opened_by("away", toggle("away_mode", "Away mode", "/list/is_away_mode_enabled", go_away)
        .takes(kAwayMembers, 1).accepts(in_order).confirmed_by(shows_away)),
    degrees<"away_mode_minimum_temperature_limit">("away_minimum", "Away minimum", "away"),
    degrees<"maximum_temperature_limit">("maximum_limit", "Maximum limit", "limits"),
    degrees<"minimum_temperature_limit">("minimum_limit", "Minimum limit", "limits"),
    degrees<"minimum_dhw_temperature_limit">("hot_water_minimum", "Hot water minimum", "dhw"),
    degrees<"dhw_standard_temperature">("hot_water_standard", "Hot water standard", "dhw"),
    // A difference: as a temperature Home Assistant would shift it by 32 °F.
    degrees<"indoor_target_temperature_offset">("indoor_offset", "Indoor offset", "offset",
        {-10, 10, 0.5}).of_class(DeviceClass::none),
    on_off<"is_space_heating_enabled">("space_heating", "Space heating", "heating"),
    on_off<"is_hot_water_heating_enabled">("hot_water_heating", "Hot water heating", "heating"),
    on_off<"is_pool_heating_enabled">("pool_heating", "Pool heating", "heating"),
    on_off<"is_space_cooling_enabled">("space_cooling", "Space cooling", "heating"),
    on_off<"is_heating_policy_enabled">("heating_policy", "Heating policy", "policy"),
    on_off<"is_inverter_forced_mode_enabled">("forced_mode", "Forced mode", "forced_mode"),
};
constexpr DeviceKind kKinds[] = {{.name = "pump", .model = "/list/device_model/model",
    .model_id = "/list/device_model/device_type/short_name",
    .manufacturer = "/list/device_model/manufacturer", .entities = kPump,
    .heard = "/list/current_state_last_updated_at", .stale_after = 60min}};
constexpr OAuth2 kOAuth{.token_path = "/oauth2/token/", .json_body = true, .life = 10h};
constexpr Setting kSettings[] = {
    {.key = "client_id", .help = "Of a confidential application in Podero's portal."},
    {.key = "client_secret", .help = "Its secret.", .type = SettingType::secret},
    {.key = "org_id", .help = "The organisation's id.", .required = true},
    {.key = "user_ids", .help = "The users whose heat pumps are wanted.", .type = SettingType::list,
     .example = "[\"the id of a user\"]", .required = true, .instead = "all_users"},
    {.key = "all_users", .help = "Every user of the organisation, instead of user_ids.",
     .type = SettingType::flag, .fallback = "false"},
    {.key = "controls", .help = "What may be changed beside smart optimisation and its level.\n"
             "pause: stop for hours, 2 unless said. away: away mode, its days and its minimum.\n"
             "limits: highest and lowest indoors. dhw: minimum and standard of hot water.\n"
             "offset: shift the indoor target. heating: space, hot water, pool, cooling.\n"
             "policy: the heating policy. forced_mode: the inverter's forced mode.",
     .type = SettingType::list,
     .options = "pause away limits dhw offset heating policy forced_mode"},
};
}  // namespace

extern constinit const Mapper podero{
    .name = "podero", .manufacturer = "Podero",
    .base_url = "https://app.podero.com/api/partners/v2.0", .auth = {.key = {}, .oauth2 = &kOAuth},
    .list_every = 5min, .list_shortest = 1min, .list_page = 1, .list = list_pumps,
    .list_one = list_pump, .kinds = kKinds, .settings = kSettings};
// clang-format on
}  // namespace mappers
