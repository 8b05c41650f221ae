#include "core/component_rules.hpp"

#include <algorithm>
#include <boost/json/array.hpp>

#include "core/characters.hpp"
#include "core/option_rules.hpp"
#include "core/option_words.hpp"

namespace bridge {
namespace {

using Object = boost::json::object;

constexpr std::size_t kLongestId = 255;
constexpr std::size_t kLongestState = 255;
constexpr double kSmallestStep = 0.001;

/// One component under its rules.
/// Whether a text is the name of a Material Design icon: "mdi:water-pump".
bool is_icon(std::string_view text) {
  return text.starts_with("mdi:") && text.size() > 4 &&
         text.substr(4).find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789-") == text.npos;
}

class ComponentRules {
 public:
  ComponentRules(std::string_view key, const Object& own, const Object& root,
                 const Platform& platform, std::vector<Finding>& findings)
      : key_(key), own_(own), root_(root), platform_(platform), findings_(findings) {}

  void check() {
    check_options();
    check_unique_id();
    check_entity_id();
    check_name();
    check_category();
    check_topics();
    check_availability();
    check_delivery();
    check_device_class();
    switch (platform_.component) {
      case Component::sensor:
        check_sensor();
        break;
      case Component::number:
        check_number();
        break;
      case Component::select:
        require("options");
        check_words();
        break;
      case Component::event:
        require("event_types");
        break;
      default:
        break;
    }
  }

 private:
  void report(std::string rule) { findings_.push_back({std::string(key_), std::move(rule)}); }

  const Json* inherited(std::string_view name) const {
    const Json* own = member(own_, name);
    return own != nullptr ? own : member(root_, name);
  }

  std::string_view text(std::string_view name) const { return text_member(own_, name); }

  void require(std::string_view name) {
    if (member(own_, name) == nullptr) {
      report(std::string(name) + " is missing: Home Assistant refuses the entity");
    }
  }

  void check_options() {
    for (const auto& each : own_) {
      const Option* option = find_option(each.key());
      if (option == nullptr || (option->platforms & bit(platform_.component)) == 0) {
        report_unknown(each.key());
      } else if (const auto problem = option_problem(*option, each.value()); !problem.empty()) {
        report(std::string(each.key()) + ' ' + problem + ": Home Assistant refuses the entity");
      }
    }
  }

  void report_unknown(std::string_view name) {
    if (name == "object_id") {
      report("object_id is no longer honoured since 2026.4: default_entity_id replaces it");
    } else {
      report(std::string(name) + " is no option of a " + std::string(platform_.name) +
             ": Home Assistant ignores it");
    }
  }

  void check_unique_id() {
    const std::string_view id = text("unique_id");
    if (id.empty()) {
      report("unique_id is missing: Home Assistant refuses the entity");
    } else if (!is_plain_id(id) || id.size() > kLongestId) {
      report("unique_id has to be at most 255 of [A-Za-z0-9_-]");
    }
  }

  void check_entity_id() {
    if (!own_.contains("default_entity_id")) return;
    std::string_view id = text("default_entity_id");
    if (!id.starts_with(platform_.name) || id.substr(platform_.name.size()).substr(0, 1) != ".") {
      return report("default_entity_id has to begin with the platform and a point");
    }
    if (id.size() > kLongestId) report("default_entity_id is longer than 255 characters");
    id.remove_prefix(platform_.name.size() + 1);
    const bool fits =
        id.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789_") == std::string_view::npos;
    if (!fits || id.empty() || id.front() == '_' || id.back() == '_' ||
        id.find("__") != std::string_view::npos) {
      report("default_entity_id is no valid entity id after its point");
    }
  }

  void check_name() {
    const Json* name = member(own_, "name");
    if (name != nullptr && name->is_string() && name->get_string().empty()) {
      report("name is empty: null stands for the device's own name");
    }
    if (character_count(text("name")) > kLongestState) {
      report("name is longer than 255 characters");
    }
    if (own_.contains("icon") && !is_icon(text("icon"))) {
      report("icon has to be of the form mdi:name, in small letters: it would not be shown");
    }
  }

  void check_category() {
    const std::string_view category = text("entity_category");
    if (category.empty()) return;
    if (category != "diagnostic" && category != "config") {
      report("entity_category has to be diagnostic or config: Home Assistant refuses the entity");
    }
    const bool read_only =
        !platform_.needs_command_topic && platform_.component != Component::event;
    if (category == "config" && read_only) {
      report("entity_category config is not for what can only be read: it is not added");
    }
  }

  void check_topics() {
    if (platform_.needs_state_topic && inherited("state_topic") == nullptr) {
      report("state_topic is missing: Home Assistant refuses the entity");
    }
    if (platform_.needs_command_topic && inherited("command_topic") == nullptr) {
      report("command_topic is missing: Home Assistant refuses the entity");
    }
  }

  void check_availability() {
    const std::string_view mode = text("availability_mode");
    if (!mode.empty() && !is_word_of("all any latest", mode)) {
      report("availability_mode has to be all, any or latest");
    }
    const bool own = own_.contains("availability") || own_.contains("availability_topic");
    if (own && inherited("availability") != nullptr && inherited("availability_topic") != nullptr) {
      report("availability and availability_topic exclude each other");
    }
  }

  void check_delivery() {
    const Json* retain = member(own_, "retain");
    if (retain != nullptr && retain->is_bool() && retain->get_bool()) {
      report("retain keeps the command in the broker, which repeats it at every reconnect");
    }
    if (own_.contains("expire_after")) {
      report("expire_after starts anew with every replay of a retained state");
    }
  }

  void check_device_class() {
    const std::string_view name = text("device_class");
    const bool measured =
        platform_.component == Component::sensor || platform_.component == Component::number;
    const Json* unit = member(own_, "unit_of_measurement");
    if (unit != nullptr &&
        text("unit_of_measurement").find_first_not_of(' ') == std::string::npos) {
      report("unit_of_measurement is blank");
    }
    if (name.empty()) return;
    if (measured) return check_measured_class(name);
    const auto& classes = platform_.device_classes;
    if (std::find(classes.begin(), classes.end(), name) == classes.end()) {
      report_class(name, "is no class of a " + std::string(platform_.name));
    }
  }

  void check_measured_class(std::string_view name) {
    const MeasuredClass* meaning = find_measured_class(name);
    const bool is_number = platform_.component == Component::number;
    if (meaning == nullptr || (is_number && meaning->state_classes.empty())) {
      return report_class(name, "is no class of a " + std::string(platform_.name));
    }
    const std::string_view unit = text("unit_of_measurement");
    if (unit.empty() && needs_unit(*meaning)) {
      report_class(name, "needs a unit");
    } else if (!takes_unit(*meaning, unit)) {
      report_class(name, "does not go with the unit " + std::string(unit));
    }
    const std::string_view state_class = text("state_class");
    if (!state_class.empty() && !is_word_of(meaning->state_classes, state_class)) {
      report_class(name, "does not go with the state class " + std::string(state_class));
    }
  }

  void report_class(std::string_view name, const std::string& problem) {
    report("device_class " + std::string(name) + ' ' + problem);
  }

  void check_sensor() {
    const std::string_view state_class = text("state_class");
    if (!state_class.empty() &&
        !is_word_of("measurement measurement_angle total total_increasing", state_class)) {
      report("state_class " + std::string(state_class) + " is none");
    }
    if (state_class == "measurement_angle" && text("unit_of_measurement") != "°") {
      report("state_class measurement_angle needs the unit °");
    }
    if (own_.contains("last_reset_value_template") && state_class != "total") {
      report("last_reset_value_template goes with the state class total alone");
    }
    check_sensor_options();
  }

  void check_sensor_options() {
    const bool is_enum = text("device_class") == "enum";
    const Json* options = member(own_, "options");
    if (is_enum && options == nullptr) report("options are missing for the device class enum");
    if (options == nullptr) return;
    if (!is_enum) report("options need the device class enum");
    if (member(own_, "unit_of_measurement") != nullptr || member(own_, "state_class") != nullptr) {
      report("options exclude unit_of_measurement and state_class");
    }
    for (const Json& each : items(*options)) {
      if (each.is_string() && character_count(each.get_string()) > kLongestState) {
        report("options have a word longer than the 255 characters of a state");
      }
    }
    check_words();
  }

  void check_words() {
    const Json* options = member(own_, "options");
    if (options == nullptr) return;
    for (const Json& each : items(*options)) {
      if (!each.is_string() || !is_special_word(platform_.component, each.get_string())) continue;
      report("options have the word " + std::string(each.get_string()) +
             ": Home Assistant takes it for no value");
    }
  }

  void check_number() {
    const double min = number_at(own_.contains("min") ? own_.at("min") : Json(1), "").value_or(0);
    const double max = number_at(own_.contains("max") ? own_.at("max") : Json(100), "").value_or(0);
    if (min > max) report("min is larger than max");
    const Json* step = member(own_, "step");
    if (step != nullptr && number_at(*step, "").value_or(0) < kSmallestStep) {
      report("step has to be at least 0.001");
    }
    const std::string_view mode = text("mode");
    if (!mode.empty() && !is_word_of("auto box slider", mode)) {
      report("mode has to be auto, box or slider");
    }
  }

  std::string_view key_;
  const Object& own_;
  const Object& root_;
  const Platform& platform_;
  std::vector<Finding>& findings_;
};

}  // namespace

void find_in_component(std::string_view key, const Json& component, const Object& root,
                       std::vector<Finding>& findings) {
  const auto refused = [&](std::string rule) {
    findings.push_back({std::string(key), rule + ": Home Assistant refuses the whole device"});
  };
  if (!component.is_object()) return refused("the component is no object");
  const Object& own = component.get_object();
  const std::string_view name = text_member(own, "platform");
  if (name.empty()) return refused("platform is missing");
  const Platform* platform = find_platform(name);
  if (platform == nullptr) return refused("platform " + std::string(name) + " is not known here");
  const bool removes_the_entity = own.size() == 1;
  if (removes_the_entity) return;
  ComponentRules(key, own, root, *platform, findings).check();
}

}  // namespace bridge
