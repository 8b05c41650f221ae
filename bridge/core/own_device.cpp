#include "core/own_device.hpp"

#include "core/characters.hpp"
#include "core/document_parts.hpp"

namespace bridge {

using boost::json::object;

OwnDevice::OwnDevice(std::string id, std::string_view name, std::string_view version)
    : id_(std::move(id)) {
  object& device = add_object(document_, "device");
  device.emplace("identifiers", id_);
  add_text(device, "name", name);
  add_text(device, "sw_version", version);
  add_origin(document_, version);
  add_object(document_, "components");
}

void OwnDevice::available_with(const std::string& topic) {
  availability_.clear();
  add_level(availability_, topic);
}

void OwnDevice::add(std::string_view platform, std::string_view key, std::string_view name,
                    object options) {
  object& to = add_object(document_["components"].get_object(), key);
  to.emplace("platform", platform);
  to.emplace("unique_id", id_ + '_' + std::string(key));
  to.emplace("default_entity_id", std::string(platform) + '.' + slug(id_) + '_' + slug(key));
  add_text(to, "name", name);
  for (auto& each : options) to.emplace(each.key(), std::move(each.value()));
  if (!availability_.empty()) to.emplace("availability", availability_);
}

Json OwnDevice::finish(const std::vector<std::string>& gone) && {
  object& components = document_["components"].get_object();
  for (const std::string& each : gone) add_stub(components, each);
  return std::move(document_);
}

}  // namespace bridge
