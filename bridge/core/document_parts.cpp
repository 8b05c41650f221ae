#include "core/document_parts.hpp"

#include "core/characters.hpp"
#include "core/option_rules.hpp"

namespace bridge {
namespace {

using boost::json::array;
using boost::json::object;

constexpr std::string_view kSupportUrl = "https://github.com/cloud2mqtt/cloud2mqtt";

}  // namespace

object& add_object(object& to, std::string_view key) {
  return to.emplace(key, boost::json::object_kind).first->value().get_object();
}

array& add_array(object& to, std::string_view key, std::size_t size) {
  array& added = to.emplace(key, boost::json::array_kind).first->value().get_array();
  added.reserve(size);
  return added;
}

void add_text(object& to, std::string_view key, std::string_view text) {
  std::string line = single_line(text, kLongestShown);
  if (!line.empty()) to.emplace(key, std::move(line));
}

void add_level(array& levels, const std::string& topic) {
  levels.emplace_back(boost::json::object_kind).get_object().emplace("topic", topic);
}

void add_origin(object& document, std::string_view version) {
  object& origin = add_object(document, "origin");
  origin.emplace("name", "cloud2mqtt");
  add_text(origin, "sw_version", version);
  origin.emplace("support_url", kSupportUrl);
}

void add_stub(object& components, std::string_view gone) {
  const auto colon = gone.find(':');
  if (colon == std::string_view::npos) return;
  const std::string_view key = gone.substr(0, colon);
  const std::string_view platform = gone.substr(colon + 1);
  if (const Json* present = components.if_contains(key)) {
    if (text_member(present->get_object(), "platform") == platform) return;
  }
  components.insert_or_assign(key, object{{"platform", platform}});
}

}  // namespace bridge
