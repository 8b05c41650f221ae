// Every node of every documented answer missing, null, or of another type, one at a time: the mapper
// takes it or says what is wrong, what is published keeps its type, and no device is taken for removed.

#include <boost/json/parse.hpp>
#include <cmath>
#include <limits>

#include "core/discovery.hpp"
#include "registry.hpp"
#include "support/documented_vendor.hpp"

namespace bridge {
namespace {

/// What the documented answers lack, but vendors send: a member, and what it holds.
struct Member {
  std::string_view mapper, of, name, holds;
};

constexpr std::string_view kController = "/GET ~1devices/devices/0/device";
constexpr std::string_view kPumps = "/GET ~1org~1{org_id}~1users~1{user_id}~1heat-pumps";
constexpr Member kMembers[] = {
    {"automate_green", kController, "info",
     R"({"ffr":{"enabled":true,"tripThreshold":59.7,"returnThreshold":59.9,"periods":5,"maxBackOff":600},
         "capacity":{"enabled":true,"maxCapacity":100,"minCapacity":5,"lossPerLiter":0.5,"lossPerIdleMinute":0.1,
                     "gainPerWattHour":0.02},
         "flowmeter":{"type":"tuf2000m","pipeOuterDiameter":22.2,"pipeWallThickness":0.8,"pipeType":"copper"},
         "powerLimit":{"endsAt":1525791855,"power":50},"samplePeriod":900})"},
    {"automate_green", kController, "schedule",
     R"([{"name":"on","when":1571076135,"repeat":86400},{"name":"limit_power","when":1571162475,"power":50,"time":3600}])"},
    {"automate_green", "/GET ~1devices/devices/0/device/status", "responseCodes", "[102]"},
    {"automate_green", "/GET ~1devices/devices/0/device/status/info", "toggleAt", "1525791855"},
    {"automate_green", "/GET ~1devices/devices/0/device/status/info", "firmware", "1042"},
    {"podero", "/GET ~1org~1{org_id}~1users~1{user_id}~1heat-pumps/0", "deleted_at", "null"},
    {"wattwatchers", "/GET ~1devices~1D123456789012/comms", "wifi", R"({"ssid":"a network","bssid":"00:00:5e:00:53:01"})"},
};

Json all_answers(const Mapper& mapper) {
  Json answers = boost::json::parse(mappers::samples(mapper.name));
  boost::system::error_code error;
  for (const Member& member : kMembers) {
    if (member.mapper != mapper.name) continue;
    answers.find_pointer(member.of, error)->as_object()[member.name] = boost::json::parse(member.holds);
  }
  if (mapper.name != "podero") return answers;
  const Json pump = answers.find_pointer(kPumps, error)->at(0);
  answers.as_object()["GET /org/{org_id}/users/{user_id}/heat-pumps/{id}"] = pump;
  return answers;
}

struct Change {
  std::string where;           ///< a JSON pointer into the answers
  std::optional<Json> become;  ///< empty: the member is missing
};

std::string said(const Change& change) {
  const std::string to = change.become ? json_text(*change.become).substr(0, 40) : "missing";
  return change.where + " is " + to;
}

std::string level(std::string_view key) {
  std::string escaped;
  for (const char character : key) {
    if (character == '~') escaped += "~0";
    else if (character == '/') escaped += "~1";
    else escaped += character;
  }
  return "/" + escaped;
}

void collect(const Json& value, const std::string& at, std::vector<std::string>& into) {
  if (value.is_object()) {
    for (const auto& [key, each] : value.get_object()) {
      into.push_back(at + level(key));
      collect(each, std::string(into.back()), into);
    }
  }
  if (value.is_array()) {
    for (std::size_t i = 0; i < value.get_array().size(); ++i) {
      into.push_back(at + level(std::to_string(i)));
      collect(value.get_array()[i], std::string(into.back()), into);
    }
  }
}

Json changed(Json answers, const Change& change) {
  boost::system::error_code error;
  if (change.become) {
    *answers.find_pointer(change.where, error) = *change.become;
    return answers;
  }
  const std::size_t cut = change.where.rfind('/');
  Json& parent = *answers.find_pointer(change.where.substr(0, cut), error);
  if (parent.is_array()) {
    boost::json::array& elements = parent.get_array();
    elements.erase(elements.begin() + std::stoi(change.where.substr(cut + 1)));
    return answers;
  }
  const Json* gone = answers.find_pointer(change.where, error);
  boost::json::object kept;
  for (const auto& [key, each] : parent.get_object()) {
    if (&each != gone) kept[key] = each;
  }
  parent = std::move(kept);
  return answers;
}

const std::vector<std::optional<Json>>& replacements() {
  static const std::vector<std::optional<Json>> all = {
      std::nullopt, nullptr, true, 1e300, std::numeric_limits<std::int64_t>::max(), "", "n/a",
      boost::json::string(5000, 'x'), boost::json::array(), boost::json::object()};
  return all;
}

/// Whether the change is the vendor's way of saying that a thing is gone: a shorter list, another
/// sort of thing, another id.
bool takes_something_out(const Json& answers, const Change& change) {
  if (change.where.ends_with("/type/profile")) return true;
  const bool is_null = !change.become || change.become->is_null();
  if (change.where.ends_with("/switches") && is_null) return true;  // as of models without any
  if (change.where.ends_with("/id") && change.become && !text(*change.become, "").empty()) return true;
  if (change.become) return change.become->is_array();
  return at(answers, change.where.substr(0, change.where.rfind('/'))).is_array();
}

bool fits(const ResolvedRow& row, const Json& value) {
  if (value.is_null()) return true;
  if (row.entity->is_list()) return value.is_array();
  if (value.is_double() && !std::isfinite(value.get_double())) return false;
  switch (row.entity->component) {
    case Component::binary_sensor:
    case Component::switch_: return value.is_bool();
    case Component::number: return value.is_number();
    case Component::select: return value.is_string();
    default: break;
  }
  if (!row.unit.empty()) return value.is_number();
  return value.is_number() || value.is_bool() || (value.is_string() && value.get_string().size() <= 255);
}

class BadAnswers : public testing::TestWithParam<const Mapper*> {
 protected:
  void expect_honest(const ResolvedKind& kind, const Device& device, const std::string& what) {
    const Json state = boost::json::parse(state_document(kind, device, true));
    for (const ResolvedRow& row : kind.rows) {
      const Json* value = state.get_object().if_contains(row.entity->key);
      if (value == nullptr) continue;
      EXPECT_TRUE(fits(row, *value)) << what << ": " << row.entity->key << " shows " << json_text(*value);
    }
    const Topics topics("cloud2mqtt", "homeassistant");
    const Announcer from{&topics, &mapper, "home", "VERSION"};
    const Announcement announced = announcement(from, kind, device);
    EXPECT_FALSE(announced.document.empty()) << what;
    EXPECT_TRUE(announced.left_out.empty()) << what << testing::PrintToString(announced.left_out);
  }

  void expect_honest(const Device& device, const std::string& what) {
    if (device.id.empty() || device.id.size() > 200) return;  // the core leaves them out
    expect_honest(*find_kind(kinds, device.kind), device, what);
  }

  static void expect_clear(const Error& error, const std::string& what) {
    EXPECT_TRUE(error.code() == Errc::malformed || error.code() == Errc::not_found || error.code() == Errc::refused)
        << what << ": " << error.message();
    EXPECT_FALSE(error.message().empty()) << what;
  }

  const Mapper& mapper = *GetParam();
  const Settings settings = every_setting(mapper);
  const Json answers = all_answers(mapper);
  const std::vector<ResolvedKind> kinds = resolve(mapper, settings);
};

INSTANTIATE_TEST_SUITE_P(, BadAnswers, testing::ValuesIn(mappers::all().begin(), mappers::all().end()),
                         [](const auto& info) { return std::string(info.param->name); });

TEST_P(BadAnswers, AreTakenOrSaidToBeWrong) {
  std::vector<std::string> places;
  collect(answers, "", places);
  ASSERT_GT(places.size(), 5u);
  const std::size_t devices = read_once(mapper, answers, settings).devices.size();
  for (const std::string& place : places) {
    for (const std::optional<Json>& become : replacements()) {
      const Change change{place, become};
      const std::string what = said(change);
      const ReadOnce all = read_once(mapper, changed(answers, change), settings);
      for (const auto& [read, error] : all.errors) expect_clear(error, what);
      for (const Device& device : all.devices) expect_honest(device, what);
      const bool says_so = all.gap || (!all.errors.empty() && all.errors[0].first == "list");
      if (takes_something_out(answers, change)) continue;
      EXPECT_TRUE(says_so || all.devices.size() >= devices) << what << ": a device is gone, and nothing said";
    }
  }
}

// After a command one device is listed again.
TEST_P(BadAnswers, ForOneDeviceAreTakenOrSaidToBeWrong) {
  if (mapper.list_one == nullptr) return;
  std::vector<std::string> places;
  collect(answers, "", places);
  const Device first = read_once(mapper, answers, settings).devices.at(0);
  DocumentedVendor honest(answers, settings);
  RecordedFleet same;
  ASSERT_TRUE(run(mapper.list_one(honest, first, same)));
  ASSERT_EQ(same.devices.at(0).id, first.id);
  for (const std::string& place : places) {
    for (const std::optional<Json>& become : replacements()) {
      const Change change{place, become};
      DocumentedVendor vendor(changed(answers, change), settings);
      RecordedFleet fleet;
      const auto listed = run(mapper.list_one(vendor, first, fleet));
      if (!listed) expect_clear(listed.error(), said(change));
      for (const Device& device : fleet.devices) expect_honest(device, said(change));
    }
  }
}

// The answers to commands, with a code at every place where one may stand.
TEST_P(BadAnswers, ToACommandAreJudged) {
  if (mapper.judge == nullptr) return;
  const Json whole = boost::json::parse(
      R"({"a":{"responseCodes":[102],"responseCode":102,"message":"done","error":{"code":"x","message":"y"},
              "device":{"responseCodes":[102],"info":{"responseCodes":[102]},
                        "status":{"responseCode":102,"info":{"responseCode":[102]}}},
              "status":{"responseCodes":[102]},"info":{"responseCodes":["102"]}}})");
  std::vector<std::string> places;
  collect(whole, "", places);
  for (const std::string& place : places) {
    for (const std::optional<Json>& become : replacements()) {
      for (const int status : {200, 400, 503}) {
        const Change change{place, become};
        Reply reply;
        reply.status = status;
        reply.body = at(changed(whole, change), "/a");
        const auto verdict = mapper.judge(std::move(reply));
        EXPECT_FALSE(status != 200 && verdict) << said(change);
        EXPECT_FALSE(!verdict && verdict.error().message().empty()) << said(change);
      }
    }
  }
}

/// Gives one answer, whatever is asked.
class OneAnswer : public DocumentedVendor {
 public:
  OneAnswer(Json answer, const Settings& settings) : DocumentedVendor({}, settings), answer_(std::move(answer)) {}
  Task<Json> request(Method, std::string, Json) override { co_return answer_; }

 private:
  Json answer_;
};

TEST_P(BadAnswers, ToASignInGiveATokenOrAreSaidToBeWrong) {
  if (mapper.auth.sign_in == nullptr) return;
  const Json whole = boost::json::parse(
      R"({"a":{"message":"Sign in successful","token":"a.b.c","user":{"email":"user@example.com","name":"Example User"}}})");
  std::vector<std::string> places;
  collect(whole, "", places);
  for (const std::string& place : places) {
    for (const std::optional<Json>& become : replacements()) {
      const Change change{place, become};
      OneAnswer vendor(at(changed(whole, change), "/a"), settings);
      const auto token = run(mapper.auth.sign_in(vendor));
      EXPECT_FALSE(token && token->value.empty()) << said(change);
      if (!token) expect_clear(token.error(), said(change));
    }
  }
}

}  // namespace
}  // namespace bridge
