#include "core/option_rules.hpp"

#include <algorithm>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include "core/characters.hpp"

namespace bridge {
namespace {

constexpr std::size_t kLongestTopic = 65535;

bool is_natural(const Json& value) {
  return value.is_uint64() || (value.is_int64() && value.get_int64() >= 0);
}

bool is_texts(const Json& value) {
  if (!value.is_array() || value.get_array().empty()) return false;
  const auto& list = value.get_array();
  return std::all_of(list.begin(), list.end(), [](const Json& each) { return each.is_string(); });
}

bool is_noncharacter(char32_t character) {
  return (character >= 0xFDD0 && character <= 0xFDEF) || (character & 0xFFFE) == 0xFFFE;
}

bool is_printable(std::string_view text) {
  const auto is_common = [](unsigned char byte) { return byte >= 0x20 && byte < 0x7F; };
  if (std::all_of(text.begin(), text.end(), is_common)) return true;
  while (!text.empty()) {
    const auto character = take_character(text);
    if (!character || is_control(*character) || is_noncharacter(*character)) return false;
  }
  return true;
}

// '#' stands last and alone on its level, '+' alone on its level.
bool are_wildcards_placed(std::string_view topic) {
  for (std::size_t i = 0; i < topic.size(); ++i) {
    if (topic[i] != '#' && topic[i] != '+') continue;
    const bool begins = i == 0 || topic[i - 1] == '/';
    const bool last = i + 1 == topic.size();
    const bool ends = last || (topic[i] == '+' && topic[i + 1] == '/');
    if (!begins || !ends) return false;
  }
  return true;
}

bool is_balanced(std::string_view jinja) {
  std::string open;
  for (std::size_t i = 0; i + 1 < jinja.size(); ++i) {
    const std::string_view pair = jinja.substr(i, 2);
    if (open.empty() && (pair == "{{" || pair == "{%")) {
      open = pair == "{{" ? "}}" : "%}";
      ++i;
    } else if (open.empty() && (pair == "}}" || pair == "%}")) {
      return false;
    } else if (!open.empty() && pair == "{{") {
      return false;
    } else if (!open.empty() && pair == open) {
      open.clear();
      ++i;
    }
  }
  return open.empty();
}

std::string availability_entry_problem(const Json& entry) {
  static constexpr std::string_view kKnown =
      "topic payload_available payload_not_available value_template";
  if (!entry.is_object()) return "has an entry that is no object";
  for (const auto& each : entry.get_object()) {
    if (!is_word_of(kKnown, each.key())) {
      return "has an entry with the unknown key " + std::string(each.key());
    }
    if (!each.value().is_string()) return "has an entry with a value that is no text";
  }
  const std::string_view topic = text_member(entry.get_object(), "topic");
  if (topic.empty()) return "has an entry without a topic";
  if (const auto problem = topic_problem(topic, true); !problem.empty()) {
    return "has an entry whose topic " + problem;
  }
  if (!is_balanced(text_member(entry.get_object(), "value_template"))) {
    return "has an entry with a broken template";
  }
  return {};
}

std::string availability_problem(const Json& value) {
  if (!value.is_array() || value.get_array().empty()) return "has to be a list of objects";
  for (const Json& entry : value.get_array()) {
    if (auto problem = availability_entry_problem(entry); !problem.empty()) return problem;
  }
  return {};
}

std::string text_problem(const Option& option, const Json& value) {
  if (value.is_null() && option.kind == OptionKind::text_or_null) return {};
  if (!value.is_string()) return "has to be a text";
  const std::string_view text = value.get_string();
  switch (option.kind) {
    case OptionKind::subscribe_topic:
      return topic_problem(text, true);
    case OptionKind::publish_topic:
      return topic_problem(text, false);
    case OptionKind::template_text:
      return is_balanced(text) ? "" : "has braces that do not match";
    default:
      return {};
  }
}

}  // namespace

const Json* member(const boost::json::object& object, std::string_view name) {
  const Json* found = object.if_contains(name);
  return found == nullptr || found->is_null() ? nullptr : found;
}

std::string_view text_member(const boost::json::object& object, std::string_view name) {
  const Json* found = object.if_contains(name);
  return found == nullptr || !found->is_string() ? std::string_view() : found->get_string();
}

std::string option_problem(const Option& option, const Json& value) {
  switch (option.kind) {
    case OptionKind::any:
      return {};
    case OptionKind::flag:
      return value.is_bool() ? "" : "has to be true or false";
    case OptionKind::qos: {
      const bool fits = is_natural(value) && value.to_number<std::uint64_t>() <= 2;
      return fits ? "" : "has to be 0, 1 or 2";
    }
    case OptionKind::natural:
      return is_natural(value) ? "" : "has to be an integer that is not negative";
    case OptionKind::number:
      return value.is_number() ? "" : "has to be a number";
    case OptionKind::texts:
      return is_texts(value) ? "" : "has to be a list of texts that is not empty";
    case OptionKind::availability:
      return availability_problem(value);
    case OptionKind::text:
    case OptionKind::text_or_null:
    case OptionKind::template_text:
    case OptionKind::subscribe_topic:
    case OptionKind::publish_topic:
      return text_problem(option, value);
  }
  return {};
}

std::string topic_problem(std::string_view topic, bool wildcards_allowed) {
  if (topic.empty()) return "is empty";
  if (topic.size() > kLongestTopic) return "is longer than 65535 bytes";
  if (!is_printable(topic)) return "is no valid UTF-8 or has control characters";
  if (topic.find_first_of("+#") == std::string_view::npos) return {};
  if (!wildcards_allowed) return "has a wildcard";
  return are_wildcards_placed(topic) ? "" : "has a wildcard that is not a whole level";
}

bool is_plain_id(std::string_view id) {
  return !id.empty() && std::all_of(id.begin(), id.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           c == '-';
  });
}

bool is_address(std::string_view text, std::string_view schemes) {
  const auto colon = text.find("://");
  if (colon == std::string_view::npos || !is_word_of(schemes, text.substr(0, colon))) return false;
  const std::string_view rest = text.substr(colon + 3);
  return !rest.substr(0, rest.find_first_of("/?#")).empty() &&
         rest.find(' ') == std::string_view::npos;
}

}  // namespace bridge
