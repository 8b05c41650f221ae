#include "core/discovery.hpp"

#include <boost/json/monotonic_resource.hpp>
#include <boost/json/object.hpp>
#include <cstddef>

#include "core/device_document.hpp"
#include "core/discovery_rules.hpp"
#include "core/json_text.hpp"
#include "core/option_rules.hpp"

namespace bridge {
namespace {

constexpr std::size_t kLargestDocument = 256 * 1024;

bool is_stub(const Json& component) { return component.get_object().size() == 1; }

std::string with_platform(const boost::json::key_value_pair& component) {
  std::string text(component.key());
  text += ':';
  return text += text_member(component.value().get_object(), "platform");
}

/// Takes out what Home Assistant would refuse, and says so. False: nothing can be announced.
bool keep_what_is_sound(std::string_view topic, Json& document, Announcement& announcement) {
  auto& components = document.at("components").get_object();
  for (const Finding& finding : discovery_findings(topic, document)) {
    announcement.left_out.push_back(finding.component + ": " + finding.rule);
    if (finding.component.empty()) return false;
    components.stable_erase(finding.component);
  }
  return !components.empty();
}

}  // namespace

Announcement sound_announcement(std::string topic, Json& document) {
  Announcement made;
  made.topic = std::move(topic);
  if (!keep_what_is_sound(made.topic, document, made)) return made;

  const auto& components = document.at("components").get_object();
  made.document.reserve(256 + 512 * components.size());
  append_json(made.document, document);
  if (made.document.size() > kLargestDocument) {
    made.document.clear();
    made.left_out.push_back(": the document is larger than 256 KiB");
    return made;
  }
  for (const auto& each : components) {
    if (!is_stub(each.value())) made.components.push_back(with_platform(each));
  }
  return made;
}

Announcement announcement(const Announcer& from, const ResolvedKind& kind, const Device& device,
                          const std::vector<std::string>& gone) {
  alignas(std::max_align_t) unsigned char memory[24 * 1024];
  boost::json::monotonic_resource resource(memory, sizeof memory);
  const boost::json::storage_ptr storage(&resource);
  Json document(device_document(from, kind, device, gone, storage), storage);
  return sound_announcement(from.topics->discovery(identifier(from, device.id)), document);
}

std::string identifier(const Announcer& from, std::string_view device_id) {
  return from.topics->device_id(from.mapper->name, from.account, device_level(device_id));
}

}  // namespace bridge
