#include "cli/vendor_page.hpp"

#include <algorithm>
#include <boost/json/parse.hpp>

#include "cli/command_examples.hpp"
#include "cli/sample_devices.hpp"
#include "core/discovery_vocabulary.hpp"
#include "core/duration_text.hpp"
#include "core/every_setting.hpp"
#include "core/json_text.hpp"
#include "core/polling_plan.hpp"
#include "core/quota_budget.hpp"
#include "core/state_document.hpp"
#include "core/topics.hpp"

namespace bridge {
namespace {

std::string code(std::string_view text) {
  return text.empty() ? std::string() : "`" + std::string(text) + "`";
}

/// Text as a cell of a table: one line, no bars.
std::string cell(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '|') out += '\\';
    out += c == '\n' ? ' ' : c;
  }
  return out;
}

std::string row_of(std::initializer_list<std::string> cells) {
  std::string out = "|";
  for (const std::string& each : cells) out += ' ' + cell(each) + " |";
  return out + '\n';
}

std::string table(std::initializer_list<std::string> heads) {
  std::string out = "\n" + row_of(heads) + "|";
  for (std::size_t i = 0; i < heads.size(); ++i) out += "---|";
  return out + '\n';
}

std::string words(std::string_view separated) {
  std::string out;
  for (std::size_t begin = 0; begin < separated.size();) {
    const std::size_t end = std::min(separated.find(' ', begin), separated.size());
    out += (out.empty() ? "" : ", ") + code(separated.substr(begin, end - begin));
    begin = end + 1;
  }
  return out;
}

std::string type_of(const Setting& setting) {
  switch (setting.type) {
    case SettingType::text: return "text";
    case SettingType::secret: return "secret";
    case SettingType::flag: return "true or false";
    case SettingType::choice: return "one of " + words(setting.options);
    case SettingType::span: return "duration";
    case SettingType::list: break;
  }
  return setting.options.empty() ? "list of texts" : "list of " + words(setting.options);
}

std::string settings_of(const Mapper& mapper) {
  std::string out = "\n## Settings\n";
  if (mapper.settings.empty()) {
    return out + "\nNone of its own; `cloud2mqtt example` shows those that every account has.\n";
  }
  out += table({"Setting", "Value", "Default", "Meaning"});
  for (const Setting& setting : mapper.settings) {
    const std::string fallback = setting.required                         ? "required"
                                 : setting.type == SettingType::flag &&
                                         setting.fallback.empty() ? "`false`"
                                                                          : code(setting.fallback);
    out += row_of({code(setting.key), type_of(setting), fallback, std::string(setting.help)});
  }
  return out + "\n`cloud2mqtt example` shows them with the settings that every account has.\n";
}

std::string condition_text(const Condition& when) {
  if (when.setting.empty()) return {};
  if (!when.word.empty()) return "with " + code(when.word) + " in " + code(when.setting);
  return (when.off ? "without " : "with ") + code(when.setting);
}

std::string reads_of(const Mapper& mapper) {
  std::string out = "\n## Reads\n" + table({"Read", "Every", "For each", "Only"});
  out += row_of({"`list`", duration_text(mapper.list_every), "account", ""});
  for (const DeviceKind& kind : mapper.kinds) {
    for (const Read& read : kind.reads) {
      const std::string only = read.spare ? "from what the quota has left" : condition_text(read.when);
      const std::string each = kind.name == kHub ? "account" : std::string(kind.name);
      const std::string sooner = read.again.count() > 0 ? duration_text(read.again) + " or " : "";
      out += row_of({code(read.facts), sooner + duration_text(read.every), each, only});
    }
  }
  out += "\nThe setting `every` changes the periods. ";
  if (mapper.quotas.empty()) return out + "The vendor publishes no limit.\n";
  out += "The vendor allows ";
  for (const Quota& quota : mapper.quotas) {
    out += (&quota == mapper.quotas.data() ? "" : " and ") + std::to_string(quota.requests) +
           " requests in " + duration_text(quota.per);
    if (quota.per_device == 0) continue;
    out += " (or " + count_text(quota.per_device) + " for each device, where that is more)";
  }
  const Quota& largest = *std::max_element(
      mapper.quotas.begin(), mapper.quotas.end(),
      [](const Quota& one, const Quota& other) { return one.requests < other.requests; });
  const int kept = largest.requests - poll_allowance(largest, mapper.command_reserve);
  if (kept == 0) return out + ".\n";
  return out + "; polls always leave " + std::to_string(kept) + " of " +
         std::to_string(largest.requests) + " to commands and sign-ins.\n";
}

std::string unit_of(const ResolvedRow& row) {
  if (!row.entity->unit_setting.empty()) return "as " + code(row.entity->unit_setting) + " says";
  return row.unit;
}

/// The platform with what a person notices of it.
std::string in_home_assistant(const Entity& entity) {
  const std::string only = condition_text(entity.when);
  if (!entity.announced) return "none: an action" + (only.empty() ? "" : "; " + only);
  std::string out(spelled(entity.component));
  if (entity.category != Category::primary) out += ", " + std::string(spelled(entity.category));
  if (!entity.enabled) out += ", disabled at first";
  if (entity.shown_anyway) return out + "; a plain state unless " + only.substr(5) ;
  return only.empty() ? out : out + "; " + only;
}

std::string classes_of(const ResolvedRow& row) {
  std::string out(spelled(row.device_class));
  const std::string_view state(spelled(row.entity->state_class));
  return state.empty() ? out : out + (out.empty() ? "" : ", ") + std::string(state);
}

bool has_state(const ResolvedRow& row, const Json& state) {
  return state.is_object() && state.get_object().contains(row.entity->key);
}

std::string keys_of(const ResolvedKind& kind, const Json& state) {
  std::string out = table({"Key", "Name", "Unit", "Class", "Home Assistant", "Example"});
  for (const ResolvedRow& row : kind.rows) {
    if (!has_state(row, state)) continue;
    const std::string example = json_text(state.at(row.entity->key));
    out += row_of({code(row.entity->key), std::string(row.entity->name), unit_of(row),
                   classes_of(row), in_home_assistant(*row.entity), code(example)});
  }
  return out;
}

std::string events_of(const ResolvedKind& kind, const std::string& topic) {
  std::string out;
  for (const ResolvedRow& row : kind.rows) {
    if (!row.entity->is_event()) continue;
    std::string types;
    for (const std::string_view type : row.entity->options) types += std::string(type) + ' ';
    out += row_of({code(row.entity->key), std::string(row.entity->name), words(types)});
  }
  if (out.empty()) return {};
  return "\nEvents, on " + code(topic + "/event/KEY") + ":\n" + table({"Key", "Name", "Types"}) + out;
}

/// How Home Assistant sends the commands that have no entity there.
std::string actions_of(const ResolvedKind& kind, const Device& sample, const std::string& topic) {
  std::string out;
  for (const ResolvedRow& row : kind.rows) {
    if (row.entity->announced || !row.entity->is_command()) continue;
    out += command_action(*row.entity, sample, topic + "/" + std::string(row.entity->key) + "/set");
  }
  if (out.empty()) return {};
  return "\nWhat has no entity is an action in a script or an automation of Home Assistant:\n\n"
         "```yaml\n" + out + "```\n";
}

std::string commands_of(const ResolvedKind& kind, const Device& sample, const std::string& topic) {
  std::string out;
  for (const ResolvedRow& row : kind.rows) {
    if (!row.entity->is_command()) continue;
    const Entity& entity = *row.entity;
    out += row_of({code(entity.key), std::string(entity.name), command_values(entity, sample),
                   code(command_example(entity, sample)), in_home_assistant(entity)});
  }
  if (out.empty()) return "\nNo commands.\n";
  return "\nCommands, to " + code(topic + "/KEY/set") + "; the outcome comes on " +
         code(topic + "/outcome") + ":\n" +
         table({"Key", "Name", "Value", "Example", "Home Assistant"}) + out + actions_of(kind, sample, topic);
}

std::string kind_page(const ResolvedKind& kind, const DeviceRecord* sample) {
  const bool is_hub = kind.kind->name == kHub;
  const std::string topic = is_hub ? "cloud2mqtt/ACCOUNT/hub" : "cloud2mqtt/ACCOUNT/ID";
  std::string out = "\n## " + std::string(is_hub ? "The account's own device" : "Device: ") +
                    (is_hub ? "" : std::string(kind.kind->name)) + "\n";
  if (sample != nullptr) {
    const Json state = boost::json::parse(state_document(kind, sample->device, true));
    out += "\nState, retained, on " + code(topic + "/state") + ":\n" + keys_of(kind, state);
  }
  out += events_of(kind, topic);
  const bool has_history = std::any_of(kind.reads.begin(), kind.reads.end(),
                                       [](const Read* read) { return read->spare; });
  if (has_history) {
    out += "\nWhat an outage missed, one value in each message and not retained, comes on " +
           code(topic + "/history") + ".\n";
  }
  return out + commands_of(kind, sample == nullptr ? Device() : sample->device, topic);
}

}  // namespace

std::string vendor_page(const Mapper& mapper) {
  const Settings settings = every_setting(mapper);
  const auto kinds = resolve(mapper, settings);
  DeviceRegistry registry(kinds);
  read_sample_devices(mapper, settings, registry);
  std::string out = "<!-- Written by \"cloud2mqtt docs " + std::string(mapper.name) +
                    "\": do not edit. -->\n\n# " + std::string(mapper.manufacturer) +
                    "\n\n`mapper = \"" + std::string(mapper.name) + "\"`, " +
                    std::string(mapper.base_url) + "\n";
  out += settings_of(mapper) + reads_of(mapper);
  for (const ResolvedKind& kind : kinds) {
    const auto records = registry.all();
    const auto sample = std::find_if(records.begin(), records.end(), [&](const Record& record) {
      return record->device.kind == kind.kind->name;
    });
    out += kind_page(kind, sample == records.end() ? nullptr : sample->get());
  }
  return out;
}

}  // namespace bridge
