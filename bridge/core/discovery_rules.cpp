#include "core/discovery_rules.hpp"

#include <algorithm>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include "core/characters.hpp"
#include "core/component_rules.hpp"
#include "core/option_rules.hpp"

namespace bridge {
namespace {

using Object = boost::json::object;

constexpr std::string_view kSchemes = "http https homeassistant";
constexpr std::string_view kDeviceTexts =
    "manufacturer model model_id name hw_version sw_version serial_number suggested_area "
    "via_device";
constexpr std::size_t kLongestName = 255;

/// The document as a whole under its rules: whatever is found here refuses all of it.
class DocumentRules {
 public:
  DocumentRules(const Object& document, std::vector<Finding>& findings)
      : root_(document), findings_(findings) {}

  void check() {
    check_root();
    if (const Object* device = required("device")) check_device(*device);
    if (const Object* origin = required("origin")) check_origin(*origin);
    if (const Object* components = required("components")) check_components(*components);
  }

 private:
  void report(std::string rule) { findings_.push_back({"", std::move(rule)}); }

  const Object* required(std::string_view name) {
    const Json* found = root_.if_contains(name);
    if (found != nullptr && found->is_object()) return &found->get_object();
    report(std::string(name) + " is missing or no object: Home Assistant refuses the device");
    return nullptr;
  }

  void check_root() {
    for (const auto& each : root_) {
      const std::string_view name = each.key();
      if (is_word_of("device origin components", name)) continue;
      const Option* option = find_shared_option(name);
      if (option == nullptr) {
        report(std::string(name) + " is no key of a device document: Home Assistant refuses it");
      } else if (const auto problem = option_problem(*option, each.value()); !problem.empty()) {
        report(std::string(name) + ' ' + problem + ": Home Assistant refuses the device");
      }
    }
    if (root_.contains("availability") && root_.contains("availability_topic")) {
      report("availability and availability_topic exclude each other");
    }
    const std::string_view mode = text_member(root_, "availability_mode");
    if (!mode.empty() && !is_word_of("all any latest", mode)) {
      report("availability_mode has to be all, any or latest");
    }
  }

  void check_device(const Object& device) {
    for (const auto& each : device) check_device_member(each.key(), each.value());
    if (!has_identity(device)) report("device has neither identifiers nor connections");
    const std::string_view name = text_member(device, "name");
    if (name.empty()) report("device has no name: Home Assistant invents one");
    if (character_count(name) > kLongestName) report("device name is longer than 255 characters");
    const std::string_view parent = text_member(device, "via_device");
    if (!parent.empty() && is_identifier(device, parent)) report("via_device is the device itself");
  }

  void check_device_member(std::string_view name, const Json& value) {
    if (is_word_of(kDeviceTexts, name)) {
      if (!value.is_string()) report("device " + std::string(name) + " is no text");
      if (name == "via_device" && value.is_string() && value.get_string().empty()) {
        report("via_device is empty: a parent without a name remains in Home Assistant");
      }
    } else if (name == "configuration_url") {
      const bool fits = value.is_string() && is_address(value.get_string(), kSchemes);
      if (!fits) report("configuration_url has to be http, https or homeassistant, with a host");
    } else if (name == "identifiers") {
      if (!are_identifiers(value)) report("identifiers have to be a text or a list of texts");
    } else if (name == "connections") {
      if (!are_connections(value)) report("connections have to be a list of pairs of texts");
    } else {
      report(std::string(name) + " is no key of a device: Home Assistant refuses the document");
    }
  }

  static bool is_filled_text(const Json& value) {
    return value.is_string() && !value.get_string().empty();
  }

  static bool are_identifiers(const Json& value) {
    if (!value.is_array()) return is_filled_text(value);
    const auto& list = value.get_array();
    return std::all_of(list.begin(), list.end(), is_filled_text);
  }

  static bool are_connections(const Json& value) {
    if (!value.is_array()) return false;
    const auto& list = value.get_array();
    return std::all_of(list.begin(), list.end(), [](const Json& pair) {
      return pair.is_array() && pair.get_array().size() == 2 && are_identifiers(pair);
    });
  }

  static bool has_identity(const Object& device) {
    const Json* identifiers = member(device, "identifiers");
    const Json* connections = member(device, "connections");
    return (identifiers != nullptr && (identifiers->is_string() || !items(*identifiers).empty())) ||
           (connections != nullptr && !items(*connections).empty());
  }

  static bool is_identifier(const Object& device, std::string_view id) {
    const Json* identifiers = member(device, "identifiers");
    if (identifiers == nullptr) return false;
    if (identifiers->is_string()) return identifiers->get_string() == id;
    const auto& list = items(*identifiers);
    return std::any_of(list.begin(), list.end(), [id](const Json& each) {
      return each.is_string() && each.get_string() == id;
    });
  }

  void check_origin(const Object& origin) {
    for (const auto& each : origin) {
      if (!is_word_of("name sw_version support_url", each.key())) {
        report(std::string(each.key()) + " is no key of an origin: Home Assistant refuses it");
      } else if (!each.value().is_string()) {
        report("origin " + std::string(each.key()) + " is no text");
      }
    }
    if (text_member(origin, "name").empty()) report("origin has no name");
    const std::string_view url = text_member(origin, "support_url");
    if (origin.contains("support_url") && !is_address(url, kSchemes)) {
      report("support_url has to be http, https or homeassistant, with a host");
    }
  }

  void check_components(const Object& components) {
    if (components.empty()) report("components are none: Home Assistant shows nothing");
    for (const auto& each : components) {
      find_in_component(each.key(), each.value(), root_, findings_);
    }
    check_unique_ids(components);
    check_main(components);
  }

  /// A name that is null stands for the device's own.
  void check_main(const Object& components) {
    bool has_one = false;
    for (const auto& each : components) {
      const Object* component = each.value().if_object();
      const Json* name = component == nullptr ? nullptr : component->if_contains("name");
      if (name == nullptr || !name->is_null()) continue;
      if (has_one) {
        findings_.push_back({std::string(each.key()),
                             "name is null a second time: only one entity is the device itself"});
      }
      has_one = true;
    }
  }

  void check_unique_ids(const Object& components) {
    std::vector<std::pair<std::string_view, std::string_view>> seen;
    seen.reserve(components.size());
    for (const auto& each : components) {
      if (!each.value().is_object()) continue;
      const Object& component = each.value().get_object();
      const std::pair id(text_member(component, "unique_id"), text_member(component, "platform"));
      if (id.first.empty()) continue;
      if (std::find(seen.begin(), seen.end(), id) != seen.end()) {
        findings_.push_back({std::string(each.key()),
                             "unique_id " + std::string(id.first) +
                                 " stands twice: Home Assistant ignores the second entity"});
      }
      seen.push_back(id);
    }
  }

  const Object& root_;
  std::vector<Finding>& findings_;
};

// <prefix>/device/[<node>/]<id>/config; the prefix may have several levels.
std::string discovery_topic_problem(std::string_view topic) {
  if (auto problem = topic_problem(topic, false); !problem.empty()) return problem;
  std::vector<std::string_view> levels;
  for (std::string_view rest = topic;;) {
    const auto slash = rest.find('/');
    levels.push_back(rest.substr(0, slash));
    if (slash == std::string_view::npos) break;
    rest.remove_prefix(slash + 1);
  }
  const std::size_t count = levels.size();
  if (count < 4 || levels.back() != "config") return "is not <prefix>/device/<id>/config";
  const bool has_node = levels[count - 3] != "device";
  if (has_node && (count < 5 || levels[count - 4] != "device")) {
    return "is not <prefix>/device/<id>/config";
  }
  if (!is_plain_id(levels[count - 2]) || (has_node && !is_plain_id(levels[count - 3]))) {
    return "has an id that is not [A-Za-z0-9_-]";
  }
  if (levels.front().empty()) return "has no prefix";
  return {};
}

}  // namespace

std::vector<Finding> discovery_findings(std::string_view topic, const Json& document) {
  std::vector<Finding> findings;
  if (const auto problem = discovery_topic_problem(topic); !problem.empty()) {
    findings.push_back({"", "the discovery topic " + problem + ": Home Assistant ignores it"});
  }
  if (!document.is_object()) {
    findings.push_back({"", "the document is no JSON object: Home Assistant ignores it"});
    return findings;
  }
  DocumentRules(document.get_object(), findings).check();
  return findings;
}

}  // namespace bridge
