#include "core/device_document.hpp"

#include <algorithm>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include "core/characters.hpp"
#include "core/discovery_vocabulary.hpp"
#include "core/document_parts.hpp"
#include "core/option_words.hpp"

namespace bridge {
namespace {

using boost::json::array;
using boost::json::object;

// In a template these are what a dictionary can do, not what it holds.
constexpr std::string_view kDictionaryWords[] = {"clear",      "copy",   "fromkeys", "get",
                                                 "items",      "keys",   "pop",      "popitem",
                                                 "setdefault", "update", "values"};

std::string path_of(std::string_view key) {
  const bool is_taken = std::find(std::begin(kDictionaryWords), std::end(kDictionaryWords), key) !=
                        std::end(kDictionaryWords);
  std::string path("value_json");
  path += is_taken ? "['" : ".";
  path += key;
  if (is_taken) path += "']";
  return path;
}

/// What the state renders to for Home Assistant: a null is `None`, which stands for unknown there,
/// also where an older retained state has no such key yet.
std::string value_template(const Entity& row) {
  const std::string path = path_of(row.key);
  if (row.component != Component::binary_sensor && row.component != Component::switch_) {
    return "{{ " + shown_expression(row, path) + " }}";
  }
  return "{{ 'ON' if " + path + " else 'OFF' if " + path + " is false else 'None' }}";
}

class DeviceDocument {
 public:
  DeviceDocument(const Announcer& from, const ResolvedKind& kind, const Device& device,
                 const boost::json::storage_ptr& storage)
      : from_(from),
        topics_(*from.topics),
        kind_(kind),
        device_(device),
        level_(device_level(device.id)),
        id_(identifier(from, device.id)),
        name_(single_line(device.name.empty() ? device.id : device.name, kLongestShown)),
        slug_(slug(name_).empty() ? slug(id_) : slug(name_)),
        document_(storage) {}

  object build(const std::vector<std::string>& gone) {
    add_device();
    add_origin(document_, from_.version);
    array& levels = add_array(document_, "availability", 3);
    add_level(levels, topics_.bridge_availability());
    add_level(levels, topics_.account_availability(from_.account));
    add_level(levels, topics_.availability(from_.account, level_));
    document_.emplace("availability_mode", "all");
    document_.emplace("state_topic", topics_.state(from_.account, level_));
    object& components = add_object(document_, "components");
    components.reserve(kind_.rows.size() + gone.size());
    for (const ResolvedRow& row : kind_.rows) {
      if (!row.entity->announced) continue;
      add_component(add_object(components, row.entity->key), row);
    }
    for (const std::string& each : gone) add_stub(components, each);
    return std::move(document_);
  }

 private:
  void add_device() {
    object& device = add_object(document_, "device");
    device.emplace("identifiers", id_);
    device.emplace("name", name_.empty() ? id_ : name_);
    const DeviceKind& kind = *kind_.kind;
    const std::string maker = fact(kind.manufacturer);
    add_text(device, "manufacturer", maker.empty() ? from_.mapper->manufacturer : maker);
    add_text(device, "model",
             kind.model.starts_with('/') ? fact(kind.model) : std::string(kind.model));
    add_text(device, "model_id", fact(kind.model_id));
    add_text(device, "sw_version", fact(kind.firmware));
    add_text(device, "serial_number", fact(kind.serial));
    add_text(device, "suggested_area", area());
    if (!device_.parent.empty()) {
      device.emplace("via_device", identifier(from_, device_.parent));
    }
  }

  std::string fact(std::string_view pointer) const {
    return pointer.empty() ? std::string() : text(device_.facts, pointer);
  }

  std::string area() const {
    for (std::string_view rest = kind_.kind->area; !rest.empty();) {
      const auto blank = rest.find(' ');
      std::string found = fact(rest.substr(0, blank));
      if (!found.empty() || blank == std::string_view::npos) return found;
      rest.remove_prefix(blank + 1);
    }
    return {};
  }

  void add_component(object& to, const ResolvedRow& row) const {
    const Entity& entity = *row.entity;
    const std::string_view platform = spelled(entity.component);
    to.reserve(20);
    to.emplace("platform", platform);
    to.emplace("unique_id", id_ + '_' + std::string(entity.key));
    to.emplace("default_entity_id", std::string(platform) + '.' + slug_ + '_' + slug(entity.key));
    if (entity.is_device) {
      to.emplace("name", nullptr);
    } else if (!entity.name.empty()) {
      to.emplace("name", entity.name);
    }
    if (!entity.icon.empty()) to.emplace("icon", entity.icon);
    add_meaning(to, row);
    if (entity.category != Category::primary) {
      to.emplace("entity_category", spelled(entity.category));
    }
    if (!entity.enabled) to.emplace("enabled_by_default", false);
    if (entity.explains == Explains::device) {
      array& levels = add_array(to, "availability", 2);
      add_level(levels, topics_.bridge_availability());
      add_level(levels, topics_.account_availability(from_.account));
    }
    if (entity.device_class == DeviceClass::connectivity) {
      // The reason and since when: a person looks here for why the device is unavailable.
      to.emplace("json_attributes_topic", topics_.status(from_.account, level_));
    }
    add_topics(to, entity);
    add_platform_options(to, entity);
  }

  static void add_meaning(object& to, const ResolvedRow& row) {
    const std::string_view name = spelled(row.device_class);
    const bool measured =
        row.entity->component == Component::sensor || row.entity->component == Component::number;
    const MeasuredClass* meaning = measured ? find_measured_class(name) : nullptr;
    const bool lacks_unit = meaning != nullptr && needs_unit(*meaning) && row.unit.empty();
    if (!name.empty() && !lacks_unit) to.emplace("device_class", name);
    if (!row.unit.empty()) to.emplace("unit_of_measurement", row.unit);
    if (row.entity->state_class != StateClass::none) {
      to.emplace("state_class", spelled(row.entity->state_class));
    }
    if (row.entity->precision >= 0) {
      to.emplace("suggested_display_precision", row.entity->precision);
    }
  }

  void add_topics(object& to, const Entity& entity) const {
    const Platform* platform = find_platform(spelled(entity.component));
    const bool is_control = platform->needs_command_topic;
    if (entity.is_event()) {
      to.emplace("state_topic", topics_.event(from_.account, level_, entity.key));
    } else if (entity.component != Component::button) {
      to.emplace("value_template", value_template(entity));
    }
    if (is_control) {
      to.emplace("command_topic", topics_.command(from_.account, level_, entity.key));
    }
    if (is_control || entity.is_event()) to.emplace("qos", 1);
  }

  static array& add_words(object& to, std::string_view key, const Entity& entity) {
    array& list = add_array(to, key, entity.options.size() + 1);
    for (const std::string_view option : entity.options) {
      list.emplace_back(shown_option(entity.component, option));
    }
    return list;
  }

  static void add_command_template(object& to, const Entity& entity) {
    const std::string sent = sent_expression(entity, "value");
    if (sent != "value") to.emplace("command_template", "{{ " + sent + " }}");
  }

  static void add_platform_options(object& to, const Entity& entity) {
    switch (entity.component) {
      case Component::sensor:
      case Component::select:
        if (!entity.options.empty()) add_words(to, "options", entity);
        if (entity.is_command()) add_command_template(to, entity);
        break;
      case Component::event:
        add_event_types(to, entity);
        break;
      case Component::switch_:
        to.emplace("payload_on", "ON");
        to.emplace("payload_off", "OFF");
        break;
      case Component::button:
        to.emplace("payload_press", "PRESS");
        break;
      case Component::number:
        to.emplace("min", entity.range.minimum);
        to.emplace("max", entity.range.maximum);
        to.emplace("step", entity.range.step);
        to.emplace("mode", "box");
        break;
      case Component::binary_sensor:
        break;
    }
  }

  static void add_event_types(object& to, const Entity& entity) {
    static constexpr std::string_view kOther = "other";
    array& types = add_words(to, "event_types", entity);
    const bool has_other =
        std::find(entity.options.begin(), entity.options.end(), kOther) != entity.options.end();
    if (!has_other) types.emplace_back(kOther);
  }

  const Announcer& from_;
  const Topics& topics_;
  const ResolvedKind& kind_;
  const Device& device_;
  std::string level_;
  std::string id_;
  std::string name_;
  std::string slug_;
  object document_;
};

}  // namespace

boost::json::object device_document(const Announcer& from, const ResolvedKind& kind,
                                    const Device& device, const std::vector<std::string>& gone,
                                    const boost::json::storage_ptr& storage) {
  return DeviceDocument(from, kind, device, storage).build(gone);
}

}  // namespace bridge
