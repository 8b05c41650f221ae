#include "io/config_tree.hpp"

#include <toml++/toml.h>

#include <algorithm>

namespace bridge {
namespace {

ConfigNode converted(const toml::node& node, int line);

ConfigNode converted_table(const toml::table& table) {
  ConfigNode out;
  for (const auto& [key, value] : table) {
    const int line = static_cast<int>(key.source().begin.line);
    out.members.emplace_back(std::string(key.str()), converted(value, line));
  }
  // toml++ sorts by key; a reader expects mistakes in the order of the file.
  std::stable_sort(out.members.begin(), out.members.end(), [](const auto& one, const auto& other) {
    return one.second.line < other.second.line;
  });
  return out;
}

ConfigNode converted_list(const toml::array& list, int line) {
  ConfigNode out;
  out.kind = ConfigNode::Kind::list;
  for (const toml::node& item : list) {
    const int own = static_cast<int>(item.source().begin.line);
    out.items.push_back(converted(item, own > 0 ? own : line));
  }
  return out;
}

ConfigNode converted_value(const toml::node& node) {
  ConfigNode out;
  if (const auto* text = node.as_string()) {
    out.kind = ConfigNode::Kind::text;
    out.text = text->get();
  } else if (const auto* number = node.as_integer()) {
    out.kind = ConfigNode::Kind::number;
    out.number = number->get();
  } else if (const auto* flag = node.as_boolean()) {
    out.kind = ConfigNode::Kind::flag;
    out.flag = flag->get();
  } else {
    out.kind = node.is_floating_point() ? ConfigNode::Kind::decimal : ConfigNode::Kind::time;
  }
  return out;
}

ConfigNode converted(const toml::node& node, int line) {
  ConfigNode out;
  if (const auto* table = node.as_table()) {
    out = converted_table(*table);
  } else if (const auto* list = node.as_array()) {
    out = converted_list(*list, line);
  } else {
    out = converted_value(node);
  }
  out.line = line;
  return out;
}

/// The parser's complaint as a sentence for the person who wrote the file.
std::string readable(std::string_view complaint) {
  constexpr std::string_view kTwice = "cannot redefine existing ";
  if (const std::size_t begin = complaint.find(kTwice); begin != std::string_view::npos) {
    const std::size_t open = complaint.find('\'', begin);
    const std::size_t close = complaint.rfind('\'');
    if (open != std::string_view::npos && close > open) {
      const std::string name(complaint.substr(open + 1, close - open - 1));
      if (name.starts_with("accounts.") &&
          complaint.find("table header") != std::string_view::npos) {
        return "[" + name + "] stands here a second time: two accounts cannot have one name, " +
               "rename one of them";
      }
      return name + " stands here a second time: keep one of them";
    }
  }
  if (complaint.find("while parsing value") != std::string_view::npos) {
    return "this is not TOML: text stands in straight quotes, as in url = "
           "\"mqtt://localhost:1883\"; true, false and numbers stand without (" +
           std::string(complaint) + ")";
  }
  return "this is not TOML: " + std::string(complaint);
}

}  // namespace

const ConfigNode* ConfigNode::find(std::string_view key) const {
  for (const auto& [name, value] : members) {
    if (name == key) return &value;
  }
  return nullptr;
}

std::string_view kind_name(ConfigNode::Kind kind) {
  switch (kind) {
    case ConfigNode::Kind::table:
      return "a table";
    case ConfigNode::Kind::list:
      return "a list";
    case ConfigNode::Kind::text:
      return "text in quotes";
    case ConfigNode::Kind::number:
      return "a whole number";
    case ConfigNode::Kind::decimal:
      return "a number with a point";
    case ConfigNode::Kind::flag:
      return "true or false";
    case ConfigNode::Kind::time:
      return "a date or time";
  }
  return "a value";
}

std::variant<ConfigNode, BadToml> parse_toml(const std::string& text) {
  try {
    return converted_table(toml::parse(std::string_view(text)));
  } catch (const toml::parse_error& error) {
    return BadToml{static_cast<int>(error.source().begin.line), readable(error.description())};
  }
}

}  // namespace bridge
