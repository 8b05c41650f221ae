// eWellcon Partner API v1: fleets of irrigation pumps. Read only.
//
// A poll of the list costs one request per hundred pumps. The allowance is not published: 429 with
// Retry-After says when it is used up. The opt-in reads cost one request per pump each: a thousand
// pumps once an hour are 17 requests a minute.

#include <algorithm>

#include "bridge/mapper.hpp"

namespace mappers {
namespace {

using namespace bridge;
using namespace std::chrono_literals;

constexpr int kMostPages = 1000;  // more than anybody has: has_next of a broken server ends too
// How many pumps a page may have is not documented; its example has 50.
constexpr int kLargePage = 100, kSurePage = 50;

std::string pumps_page(int page, int size) {
  return "/pumps?page=" + std::to_string(page) + "&limit=" + std::to_string(size);
}

Task<void> list_users(Vendor& ewellcon, Fleet& fleet) {
  const auto answer = co_await ewellcon.get("/delegated-users");
  if (!answer) co_return answer.error();
  if (!at(*answer, "/delegated_users").is_array()) {
    co_return Error(Errc::malformed, "the list of users has no users");
  }
  for (const Json& user : items(at(*answer, "/delegated_users"))) {
    const std::string number = text(user, "/user_id");
    if (number.find_first_not_of("0123456789") != number.npos) {
      fleet.unread(Error(Errc::malformed, "a user's id is no number"));
      continue;
    }
    const std::string own_name = text(user, "/name");
    const bool by_name = ewellcon.settings().flag("user_names") && !own_name.empty();
    const std::string id = number.empty() ? "" : "user-" + number;
    const std::string name = by_name ? own_name : "User " + number;
    fleet.add({.kind = "user", .id = id, .name = name, .parent = "hub", .facts = user});
  }
  co_return success();
}

Task<void> list_fleet(Vendor& ewellcon, Fleet& fleet) {
  const Json no_facts;
  fleet.add({.kind = "hub", .id = "hub", .name = "eWellcon fleet", .facts = no_facts});

  int size = kLargePage;
  for (int page = 1; page <= kMostPages; ++page) {
    auto answer = co_await ewellcon.get(pumps_page(page, size));
    if (!answer && page == 1 && answer.error().vendor_code == "invalid_pagination") {
      size = kSurePage;
      answer = co_await ewellcon.get(pumps_page(page, size));
    }
    if (!answer) co_return answer.error();
    if (!at(*answer, "/controllers").is_array()) {
      co_return Error(Errc::malformed, "the list of pumps has no controllers");
    }
    const auto& pumps = items(at(*answer, "/controllers"));
    const bool more = flag(*answer, "/pagination/has_next") && !pumps.empty();
    if (more) ewellcon.ahead(pumps_page(page + 1, size));

    for (const Json& pump : pumps) {
      const std::string id = text(pump, "/pump_id");
      const std::string name = text(pump, "/custom_name");
      fleet.add({.kind = "pump", .id = id, .name = name, .parent = "hub", .facts = pump});
    }
    if (more) continue;
    if (const auto total = number_at(*answer, "/pagination/total")) {
      fleet.expect("pump", static_cast<std::size_t>(std::clamp(*total, 0.0, 1e9)));
    }
    if (!ewellcon.settings().flag("users")) co_return success();
    const auto users = co_await list_users(ewellcon, fleet);
    if (!users && users.error().hits_all()) co_return users.error();
    if (!users) fleet.unread(users.error());  // a key that may not see users may see pumps
    co_return success();
  }
  co_return Error(Errc::malformed, "the list of pumps does not end");
}

Task<Facts> read_stats(Vendor& ewellcon, const Device&) {
  const auto stats = co_await ewellcon.get("/stats");
  if (!stats) co_return stats.error();
  co_return Facts(at(*stats, "/statistics"));
}

Task<Facts> read_user(Vendor& ewellcon, const Device& user) {
  const std::string number = user.id.substr(std::string_view("user-").size());
  const auto summary = co_await ewellcon.get("/users/" + number + "/summary?page=1&limit=50");
  if (!summary) co_return summary.error();
  co_return Facts(Json{{"pumps", at(*summary, "/pagination/total")}});
}

// A pump without metadata or summary is a new pump, not a missing one: the list still feeds it.
constexpr std::string_view kMetadata = "/pumps/{id}/metadata", kSummary = "/pumps/{id}/summary";

// Zeros that were calculated from nothing are not measurements.
template <const std::string_view& member>
Json unless_no_data(const Json& averages) {
  if (text(averages, "/calculation_method") == "no_data") return {};
  return at(averages, member);
}
constexpr std::string_view kDailyWater = "/avg_daily_water";
constexpr std::string_view kPressure = "/avg_pressure";
constexpr std::string_view kCharge = "/avg_battery_soc";

Json is_positive(const Json& count) {
  const auto number = number_at(count, "");
  return number ? Json(*number > 0) : Json();
}

Result<Json> judge(Reply reply) {
  const std::string code = text(reply.body, "/error/code");
  auto judged = by_status(std::move(reply));
  if (judged) return judged;

  Error error = judged.error();
  if (code == "insufficient_scope") error.permanent = true;
  if (code == "forbidden") return error.as(Errc::not_found);  // this pump or user, not the key
  return error;
}

constexpr Entity kFleet[] = {
    measurement("controllers", "Pumps", "/stats/total_controllers").diagnostic(),
    measurement("controllers_active", "Pumps active", "/stats/active_controllers").diagnostic(),
    measurement("controllers_offline", "Pumps offline", "/stats/offline_controllers").diagnostic(),
    measurement("vpn_connections", "VPN connections", "/stats/wireguard_connections").diagnostic(),
    battery("battery", "Average battery", "/stats/average_battery_soc"),
    // The sum falls when a pump leaves the integration, which is no new meter: total.
    water_total("water", "Water delivered", "/stats/total_water_delivered")
        .counting(StateClass::total)
        .in_unit_of("water_unit"),
};

constexpr Entity kUser[] = {
    measurement("controllers", "Pumps", "/list/total_controllers").diagnostic(),
    measurement("controllers_active", "Pumps active", "/list/active_controllers").diagnostic(),
    measurement("controllers_offline", "Pumps offline", "/list/offline_controllers").diagnostic(),
    measurement("vpn_connections", "VPN connections", "/list/wireguard_connections").diagnostic(),
    measurement("pumps_listed", "Pumps listed", "/users/pumps").diagnostic().disabled(),
    battery("battery", "Average battery", "/list/average_battery_soc"),
    water_total("water", "Water delivered", "/list/total_water_delivered")
        .counting(StateClass::total)
        .in_unit_of("water_unit"),
};

constexpr Entity kPump[] = {
    state_of("running", "Running", "/list/pump/running", DeviceClass::running),
    sensor("pump_status", "Pump status", "/list/pump/status").with_icon("mdi:water-pump"),
    water_total("water", "Water delivered", "/list/pump/total_water_delivered")
        .in_unit_of("water_unit"),
    pressure("pressure", "Pressure", "/list/current_pressure").in_unit_of("pressure_unit"),
    battery("battery", "Battery", "/list/battery/soc"),
    volts("battery_voltage", "Battery voltage", "/list/battery/voltage").diagnostic(),
    amperes("battery_current", "Battery current", "/list/battery/current").diagnostic(),
    measurement("alarms", "Active alarms", "/list/active_alarms_count")
        .with_icon("mdi:alarm-light-outline"),
    state_of("alarm", "Alarm", "/list/active_alarms_count", DeviceClass::problem).via(is_positive),
    sensor("alarm_level", "Highest alarm level", "/list/highest_alarm_level").diagnostic(),
    counter("sessions", "Sessions", "/list/total_sessions").diagnostic(),
    elapsed("uptime", "Uptime", "/list/uptime").diagnostic().disabled(),
    moment("last_seen", "Last seen", "/list/last_seen").diagnostic().disabled(),
    last_heard("last_heartbeat", "Last heartbeat", "/list/last_heartbeat"),
    online("online", "Online"),
    sensor("communication", "Communication", "/list/communication_method")
        .diagnostic().with_icon("mdi:access-point-network"),
    state_of("own", "Own pump", "/list/is_owner").diagnostic().disabled(),
    pressure("week_pressure", "Pressure, week", "/summary/week_trends/avg_pressure")
        .in_unit_of("pressure_unit").only_with("summary").disabled(),
    battery("week_battery", "Battery, week", "/summary/week_trends/avg_battery_soc")
        .only_with("summary").disabled(),
    // A stretch of time that moves on is no meter: no state class.
    water_total("week_water", "Water, week", "/summary/week_trends/total_water_delivered")
        .counting(StateClass::none)
        .in_unit_of("water_unit").only_with("summary").disabled(),
    water_total("daily_water", "Water, daily average", "/summary/total_average_water")
        .via(unless_no_data<kDailyWater>).counting(StateClass::none)
        .in_unit_of("water_unit").only_with("summary").disabled(),
    pressure("lifetime_pressure", "Pressure, lifetime", "/summary/lifetime_averages")
        .via(unless_no_data<kPressure>)
        .in_unit_of("pressure_unit").only_with("summary").disabled(),
    battery("lifetime_battery", "Battery, lifetime", "/summary/lifetime_averages")
        .via(unless_no_data<kCharge>).only_with("summary").disabled(),
    measurement("alarms_critical", "Critical alarms, recent", "/summary/recent_alarms/critical")
        .diagnostic().only_with("summary"),
    measurement("alarms_warning", "Warnings, recent", "/summary/recent_alarms/warning")
        .diagnostic().only_with("summary"),
    moment("summary_updated", "Summary updated", "/summary/last_updated")
        .diagnostic().only_with("summary"),
};

constexpr Read kFleetReads[] = {
    {.facts = "stats", .every = 5min, .read = read_stats, .shortest = 30s}};
constexpr Read kUserReads[] = {
    {.facts = "users", .every = 1h, .read = read_user, .when = "users", .shortest = 5min}};
constexpr Read kPumpReads[] = {
    {.facts = "metadata", .every = 24h, .read = read_answer<kMetadata>, .when = "metadata", .shortest = 1h},
    {.facts = "summary", .every = 1h, .read = read_answer<kSummary>, .when = "summary", .shortest = 5min},
};

constexpr DeviceKind kKinds[] = {
    {.name = "hub", .model = "Partner integration", .reads = kFleetReads, .entities = kFleet},
    {.name = "pump",
     .model = "/list/profile",
     .area = "/list/installation/location_name /list/installation/installation_name "
             "/metadata/metadata/location_name /metadata/metadata/installation_name",
     .reads = kPumpReads,
     .entities = kPump,
     .heard = "/list/last_heartbeat",
     .stale_after = 60min},
    {.name = "user", .model = "Delegated user", .reads = kUserReads, .entities = kUser},
};

constexpr Setting kSettings[] = {
    {.key = "api_key", .help = "The integration's key (pcv_...), from the eWellcon portal.",
     .type = SettingType::secret, .example = "{ credential = \"ewellcon\" }"},
    {.key = "water_unit", .help = "What the portal counts water in; unset: no unit, no statistics.",
     .type = SettingType::choice, .options = "m³ L gal ft³ CCF", .example = "\"m³\""},
    {.key = "pressure_unit", .help = "What the portal shows pressure in; unset: no unit.",
     .type = SettingType::choice, .options = "bar mbar kPa hPa Pa psi", .example = "\"bar\""},
    {.key = "summary", .help = "Also read each pump's averages: one request per pump and period.",
     .type = SettingType::flag, .fallback = "false"},
    {.key = "metadata", .help = "Also read each pump's metadata: one request per pump and period.",
     .type = SettingType::flag, .fallback = "false"},
    {.key = "users", .help = "Also show the delegated users, one device each.",
     .type = SettingType::flag, .fallback = "false"},
    {.key = "user_names", .help = "Show delegated users by name: personal data.",
     .type = SettingType::flag, .fallback = "false"},
};

}  // namespace

extern constinit const Mapper ewellcon{
    .name = "ewellcon",
    .manufacturer = "eWellcon",
    .base_url = "https://monitoring.ewellcon.com/v1",
    .auth = {.key = "api_key"},
    .list_every = 1min,
    .list_shortest = 15s,
    .list_page = 100,
    .list = list_fleet,
    .kinds = kKinds,
    .settings = kSettings,
    .judge = judge,
};

}  // namespace mappers
