#include "core/account_device.hpp"

#include <algorithm>
#include <boost/json/array.hpp>

#include "core/document_parts.hpp"
#include "core/json_text.hpp"
#include "core/outcome.hpp"
#include "core/own_device.hpp"
#include "core/token_life.hpp"

namespace bridge {
namespace {

using boost::json::object;

constexpr std::string_view kProblem =
    "{{ 'OFF' if value_json.reason in ['ok', 'starting'] else 'ON' if value_json.reason else "
    "'None' }}";

// Without the moments that change with every poll: each change of an attribute is a row in Home
// Assistant's database.
constexpr std::string_view kCircumstances =
    "{{ {'message': value_json.message | default(none), 'since': value_json.since | default(none), "
    "'note': value_json.note | default(none), 'periods': value_json.periods | default(none)} | "
    "tojson }}";

// The outcome as an event. An answer that is kept from before an update names no device.
constexpr std::string_view kOutcomeEvent =
    "{{ {'event_type': value_json.outcome, 'device': value_json.device | default(none), "
    "'key': value_json.key, 'text': value_json.message, 'reason': value_json.reason, "
    "'id': value_json.id} | tojson }}";

bool has_commands(const Mapper& mapper) {
  return std::any_of(mapper.kinds.begin(), mapper.kinds.end(), [](const DeviceKind& kind) {
    return std::any_of(kind.entities.begin(), kind.entities.end(),
                       [](const Entity& row) { return row.is_command(); });
  });
}

bool has_quota(const AccountConfiguration& account) {
  const Mapper& mapper = *account.mapper;
  if (account.quotas) return !account.quotas->empty();
  return !mapper.quotas.empty() || !mapper.quota_headers.empty();
}

bool has_tokens(const Mapper& mapper) {
  return mapper.auth.sign_in != nullptr || mapper.auth.oauth2 != nullptr;
}

/// Whether the token in use is one that the owner gave, and that ends one day.
bool has_token_to_replace(const AccountConfiguration& account) {
  const std::string_view key = account.mapper->auth.key;
  return !key.empty() && jwt_expiry(account.settings.text(key)).has_value();
}

/// One member of the account's status as a diagnostic sensor.
class StatusSensors {
 public:
  StatusSensors(OwnDevice& device, std::string topic) : device_(device), topic_(std::move(topic)) {}

  void add(std::string_view key, std::string_view name, object options = {}) {
    const std::string member(key);
    options.emplace("entity_category", "diagnostic");
    options.emplace("state_topic", topic_);
    options.emplace("value_template", "{{ value_json." + member + " | default(none) }}");
    device_.add("sensor", key, name, std::move(options));
  }

 private:
  OwnDevice& device_;
  std::string topic_;
};

void add_status(OwnDevice& device, const std::string& topic, const AccountConfiguration& account) {
  const object moment{{"device_class", "timestamp"}};
  object rare = moment;
  rare.emplace("enabled_by_default", false);
  StatusSensors sensors(device, topic);
  sensors.add("reason", "Reason", {{"icon", "mdi:information-outline"}});
  if (has_quota(account)) {
    sensors.add("quota_left", "Quota left",
                {{"icon", "mdi:speedometer"}, {"state_class", "measurement"}});
  }
  // The end of a token that renews itself is nobody's business.
  if (has_token_to_replace(account)) {
    sensors.add("token_expires", "Token expires", moment);
  } else if (has_tokens(*account.mapper)) {
    sensors.add("token_expires", "Token expires", rare);
  }
  sensors.add("devices", "Devices", {{"icon", "mdi:counter"}, {"state_class", "measurement"}});
  sensors.add("devices_offline", "Devices offline",
              {{"icon", "mdi:cloud-off-outline"}, {"state_class", "measurement"}});
  sensors.add("last_success", "Last success", moment);
  sensors.add("next_poll", "Next poll", std::move(rare));
}

/// What became of every command of the account, from the devices' own outcome topics: no message
/// more than there is.
void add_outcomes(OwnDevice& device, const Topics& topics, const AccountConfiguration& account) {
  if (!has_commands(*account.mapper)) return;
  boost::json::array types;
  for (const Outcome::Word each : kOutcomeWords) types.emplace_back(word(each));
  device.add("event", "command_outcome", "Command outcome",
             {{"icon", "mdi:message-alert"},
              {"event_types", std::move(types)},
              {"entity_category", "diagnostic"},
              {"state_topic", topics.outcome(account.name, "+")},
              {"value_template", kOutcomeEvent},
              {"qos", 1}});
}

}  // namespace

Announcement account_announcement(const Topics& topics, const AccountConfiguration& account,
                                  std::string_view version, const std::vector<std::string>& gone) {
  const std::string id = topics.account_id(account.name);
  const std::string status = topics.account_status(account.name);
  const std::string vendor(account.mapper->manufacturer);
  OwnDevice device(id, vendor + " account " + account.name, version);
  add_text(device.block(), "manufacturer", vendor);
  device.block().emplace("model", "Account");
  device.block().emplace("via_device", topics.bridge_id());
  device.available_with(topics.bridge_availability());
  device.add("binary_sensor", "problem", "",
             {{"device_class", "problem"},
              {"entity_category", "diagnostic"},
              {"state_topic", status},
              {"value_template", kProblem},
              {"json_attributes_topic", status},
              {"json_attributes_template", kCircumstances}});
  device.add("binary_sensor", "connectivity", "",
             {{"device_class", "connectivity"},
              {"entity_category", "diagnostic"},
              {"state_topic", topics.account_availability(account.name)},
              {"payload_on", "online"},
              {"payload_off", "offline"}});
  add_status(device, status, account);
  add_outcomes(device, topics, account);
  device.add("button", "poll_now", "Poll now",
             {{"icon", "mdi:refresh"},
              {"command_topic", topics.bridge_request("poll")},
              {"payload_press", json_text(object{{"account", account.name}})},
              {"qos", 1}});
  Json document = std::move(device).finish(gone);
  return sound_announcement(topics.discovery(id), document);
}

}  // namespace bridge
