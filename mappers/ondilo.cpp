// Ondilo ICO, Customer API v1: probes that float in pools and spas and measure once an hour.
// Of the 30 requests an hour that a user may make a pool costs 1.2, so that one account feeds
// twenty and keeps five for commands and tokens. Owner, shares and the app's units are not asked.

#include <algorithm>
#include <cmath>

#include "bridge/mapper.hpp"

namespace mappers {
namespace {

using namespace bridge;
using namespace std::chrono_literals;

constexpr std::string_view kTypes[] = {"temperature", "ph",      "orp", "salt",
                                       "tds",         "battery", "rssi"};
constexpr std::string_view kProbe = "/pools/{id}/device";
constexpr std::string_view kConfiguration = "/pools/{id}/configuration";
constexpr std::string_view kRecommendations = "/pools/{id}/recommendations";
// Without types the answer is empty, and a list of them with commas is refused.
constexpr std::string_view kMeasures = "/pools/{id}/lastmeasures?types[]=temperature&types[]=ph"
    "&types[]=orp&types[]=salt&types[]=tds&types[]=battery&types[]=rssi";

Task<void> list_pools(Vendor& ondilo, Fleet& fleet) {
  const auto pools = co_await ondilo.get("/pools");
  if (!pools) co_return pools.error();
  if (!pools->is_array()) co_return Error(Errc::malformed, "the answer is no list of pools");
  for (const Json& pool : items(*pools)) {
    const std::string id = text(pool, "/id"), name = text(pool, "/name");
    fleet.add({.kind = "pool", .id = id, .name = name, .facts = pool});
  }
  co_return success();
}

// What is not valid is null, with the reason. A sensor that the probe has not got is left out, or
// valid and null.
boost::json::object measured(const Json& answer, Series& series, Instant now) {
  boost::json::object measures;
  std::string invalid;
  std::optional<Instant> newest;
  for (const Json& measure : items(answer)) {
    const std::string type = text(measure, "/data_type");
    if (type.empty()) continue;
    const auto taken = parse_time(text(measure, "/value_time"));
    newest = std::max(newest, taken);
    if (taken) series.came(*taken, now);
    if (flag(measure, "/is_valid")) {
      if (const auto value = number_at(measure, "/value")) measures[type] = at(measure, "/value");
      continue;
    }
    const std::string why = text(measure, "/exclusion_reason");
    invalid += (invalid.empty() ? "" : ", ") + type + ": " + (why.empty() ? "no reason" : why);
    measures[type] = nullptr;
  }
  if (!measures.empty()) measures["any_invalid"] = !invalid.empty();
  measures["invalid"] = invalid;
  measures["series"] = series.facts();
  measures["time"] = newest ? Json(format_time(*newest)) : Json();
  return measures;
}

// The cloud has a measure some four minutes after it was taken, sometimes later.
Task<Facts> read_measures(Vendor& ondilo, const Device& pool) {
  const auto answer = co_await get_list(ondilo, path_to(kMeasures, pool));
  if (!answer) co_return answer.error();
  Series series(at(pool.facts, "/measures/series"), 2h);
  Facts facts(measured(*answer, series, ondilo.now()));
  series.follow(facts, ondilo.now(), {64min, 69min, 79min});
  co_return facts;
}

// One request fills one type's gaps, the next follows at once; without gaps nothing is asked. The
// facts say how far each type is complete.
Task<Facts> fill_gaps(Vendor& ondilo, const Device& pool) {
  const Series series(at(pool.facts, "/measures/series"), 2h);
  Facts facts(at(pool.facts, "/history"));
  for (const std::string_view type : kTypes) {
    const std::string name(type);
    const auto complete = parse_time(text(facts.own(), '/' + name));
    const auto from = series.missing_since(complete);
    if (!from || !at(pool.facts, "/measures").get_object().contains(type)) continue;
    const auto age = ondilo.now() - *from;
    const std::string period = age <= 24h ? "day" : age <= 7 * 24h ? "week" : "month";
    const std::string query = "/pools/{id}/measures?type=" + name + "&period=" + period;
    const auto answer = co_await get_list(ondilo, path_to(query, pool));
    if (!answer) co_return answer.error();
    for (const Json& measure : items(*answer)) {
      const auto taken = parse_time(text(measure, "/value_time"));
      const bool usable = flag(measure, "/is_valid") && number_at(measure, "/value");
      if (!taken || !usable || !series.misses(*taken, complete)) continue;
      facts.past({{"time", format_time(*taken)}, {"key", type}, {"value", at(measure, "/value")}});
    }
    Json done = facts.own();
    if (!done.is_object()) done.emplace_object();
    done.get_object()[type] = format_time(*series.newest());
    facts.replace(std::move(done));
    facts.again_at(ondilo.now() + 1s);
    break;
  }
  co_return facts;
}

std::string in_small_letters(std::string word) {
  std::transform(word.begin(), word.end(), word.begin(), ::tolower);
  return word;
}

bool is_newer(const Json& one, const Json& other) {
  const auto created = parse_time(text(one, "/created_at"));
  const auto before = parse_time(text(other, "/created_at"));
  return created != before ? created > before : number_at(one, "/id") > number_at(other, "/id");
}

// The waiting ones, newest first, and every id that ever waited. The first list is no news.
Task<Facts> read_recommendations(Vendor& ondilo, const Device& pool) {
  const auto answer = co_await get_list(ondilo, path_to(kRecommendations, pool));
  if (!answer) co_return answer.error();
  const Json& before = at(pool.facts, "/recommendations");
  Facts facts(before);
  if (answer->is_null()) co_return facts;
  boost::json::array waiting, known = items(at(before, "/known"));
  for (const Json& each : items(*answer)) {
    const std::string id = text(each, "/id"), status = in_small_letters(text(each, "/status"));
    if (!id.empty() && (status.empty() || status == "waiting")) waiting.push_back(each);
  }
  std::stable_sort(waiting.begin(), waiting.end(), is_newer);
  for (auto each = waiting.rbegin(); each != waiting.rend(); ++each) {
    if (std::find(known.begin(), known.end(), at(*each, "/id")) != known.end()) continue;
    known.push_back(at(*each, "/id"));
    const auto created = parse_time(text(*each, "/created_at"));
    auto event = picked(*each, {"id", "title", "message", "created_at", "deadline", "status"});
    event["event_type"] = "new";
    event["time"] = format_time(created.value_or(ondilo.now()));
    if (before.is_object()) facts.event("new_recommendation", std::move(event));
  }
  if (known.size() > 500) known.erase(known.begin(), known.end() - 500);
  facts.replace(Json{{"count", waiting.size()}, {"waiting", waiting}, {"known", known}});
  co_return facts;
}

constexpr std::string_view kDays[] = {"Monday", "Tuesday",  "Wednesday", "Thursday",
                                      "Friday", "Saturday", "Sunday"};
Json weekday(const Json& number) {
  const double day = number_at(number, "").value_or(-1);
  const bool is_one = day >= 0 && day <= 6 && day == std::floor(day);
  return is_one ? Json(kDays[static_cast<std::size_t>(day)]) : Json();
}

// PRESS is the newest one.
Result<Json> choose(const Json& value, const Device& pool) {
  std::string ids;
  for (const Json& each : items(at(pool.facts, "/recommendations/waiting"))) {
    const std::string id = text(each, "/id");
    if (value == "PRESS" || text(value, "") == id) return Json(id);
    ids += (ids.empty() ? "" : ", ") + id;
  }
  if (ids.empty()) return Error(Errc::invalid_argument, "No recommendation is waiting.");
  return Error(Errc::invalid_argument, "No such recommendation is waiting: send PRESS for the "
               "newest one, or the id of one that is waiting: " + ids + ".");
}

// "Done" comes in capitals or not, quoted or not; anything else is an error, whatever the status.
Task<Json> validate(Vendor& ondilo, const Device& pool, Json id) {
  const std::string path = path_to(kRecommendations, pool) + '/' + url_encoded(text(id, ""));
  auto answer = co_await ondilo.put(path, Json());
  if (!answer || answer->is_null()) co_return answer;
  if (in_small_letters(text(*answer, "").substr(0, 4)) == "done") co_return answer;
  co_return Error(Errc::refused, "the vendor did not validate it: " + text(*answer, ""));
}

bool is_validated(const Device& pool, const Json& id) { return !choose(id, pool); }

// Some answers are words that are no JSON. The second 400 in a row says that the quota is used up.
Result<Json> judge(Reply reply) {
  if (reply.status / 100 == 2 && !reply.plain.empty()) return Json(reply.plain);
  auto judged = by_status(std::move(reply));
  if (judged || judged.error().status != 400) return judged;
  Error error = judged.error();
  error.pause_if_repeated = 1h;
  return error;
}

// clang-format off
constexpr std::string_view kPrimary[] = {"chlorine", "bromine", "salt"}, kNews[] = {"new"};
constexpr Entity kEntities[] = {
    celsius("temperature", "Water temperature", "/measures/temperature").rounded(1)
        .within("/configuration/temperature_low", "/configuration/temperature_high"),
    measurement("ph", "pH", "/measures/ph", {}, DeviceClass::ph).rounded(2)
        .within("/configuration/ph_low", "/configuration/ph_high"),
    measurement("orp", "Redox potential", "/measures/orp", "mV", DeviceClass::voltage).rounded(0)
        .within("/configuration/orp_low", "/configuration/orp_high"),
    measurement("salt", "Salt", "/measures/salt", "mg/L").rounded(0)
        .within("/configuration/salt_low", "/configuration/salt_high").with_icon("mdi:shaker"),
    measurement("tds", "Dissolved solids", "/measures/tds", "ppm").rounded(0)
        .within("/configuration/tds_low", "/configuration/tds_high").with_icon("mdi:blur"),
    battery("battery", "Battery", "/measures/battery"),
    measurement("rssi", "Signal quality", "/measures/rssi", "%").diagnostic(),
    state_of("any_invalid", "Invalid measures", "/measures/any_invalid", DeviceClass::problem)
        .diagnostic(),
    sensor("invalid", "Why measures are invalid", "/measures/invalid").diagnostic(),
    last_heard("last_measure", "Last measure", "/measures/time"),
    online("online", "Online"),
    measurement("recommendations", "Recommendations", "/recommendations/count"),
    sensor("recommendation", "Newest recommendation", "/recommendations/waiting/0/title"),
    sensor("recommendation_message", "Recommendation text", "/recommendations/waiting/0/message"),
    sensor("recommendation_id", "Recommendation number", "/recommendations/waiting/0/id"),
    moment("recommendation_deadline", "Recommended until", "/recommendations/waiting/0/deadline"),
    happening("new_recommendation", "New recommendation", kNews).with_icon("mdi:bell-outline"),
    press("validate_recommendation", "Validate newest recommendation", validate)
        .accepts(choose).then_read("recommendations").confirmed_by(is_validated).once(),
    command("validate", "Validate a recommendation", validate)
        .accepts(choose).then_read("recommendations").confirmed_by(is_validated).once(),
    sensor("type", "Type", "/list/type").diagnostic().with_icon("mdi:pool"),
    measurement("volume", "Volume", "/list/volume", "m³", DeviceClass::volume_storage)
        .diagnostic().disabled(),
    choice("disinfection", "Disinfection", "/list/disinfection/primary", kPrimary).diagnostic(),
    choice("maintenance_day", "Maintenance day", "/configuration/maintenance_day", kDays)
        .via(weekday).diagnostic().disabled(),
};

constexpr Read kReads[] = {
    {.facts = "measures", .every = 64min, .read = read_measures, .durable = true, .shortest = 1min},
    {.facts = "probe", .every = 24h, .read = read_answer<kProbe>, .shortest = 1h},
    {.facts = "configuration", .every = 24h, .read = read_answer<kConfiguration>, .shortest = 1h},
    {.facts = "recommendations", .every = 6h, .read = read_recommendations, .durable = true,
     .shortest = 10min},
    {.facts = "history", .every = 1h, .read = fill_gaps, .durable = true, .shortest = 5min,
     .spare = true},
};
constexpr DeviceKind kKinds[] = {
    {.name = "pool", .model = "ICO", .firmware = "/probe/sw_version",
     .serial = "/probe/serial_number", .reads = kReads, .entities = kEntities,
     .heard = "/measures/time", .stale_after = 3h}};
constexpr Quota kQuotas[] = {{.requests = 5, .per = 1s}, {.requests = 30, .per = 1h}};
constexpr OAuth2 kOAuth{.grant = OAuth2::Grant::authorization_code, .token_path = "/oauth2/token",
    .authorize_path = "/oauth2/authorize", .client_id = "customer_api", .scope = "api",
    .login_hint = "Mostly the shop's account was used: sign in with that of the ICO app."};

}  // namespace

extern constinit const Mapper ondilo{
    .name = "ondilo", .manufacturer = "Ondilo",
    .base_url = "https://interop.ondilo.com/api/customer/v1", .auth = {.oauth2 = &kOAuth},
    .quotas = kQuotas, .command_reserve = 5, .list_every = 6h, .list_shortest = 1h,
    .list = list_pools, .kinds = kKinds, .judge = judge,
};
// clang-format on

}  // namespace mappers
