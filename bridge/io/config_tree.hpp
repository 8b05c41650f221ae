#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace bridge {

/// One value of a TOML file and the line where it, or the key of it, stands.
struct ConfigNode {
  enum class Kind { table, list, text, number, decimal, flag, time };

  Kind kind = Kind::table;
  int line = 0;
  std::string text;
  std::int64_t number = 0;
  bool flag = false;
  std::vector<ConfigNode> items;  ///< of a list
  std::vector<std::pair<std::string, ConfigNode>>
      members;  ///< of a table, in the order of the file

  const ConfigNode* find(std::string_view key) const;
};

/// What a kind of value is called: "a table", "text in quotes".
std::string_view kind_name(ConfigNode::Kind kind);

/// Why a text is no TOML.
struct BadToml {
  int line = 0;
  std::string text;
};

/// Reads TOML. Does not throw on bad text.
std::variant<ConfigNode, BadToml> parse_toml(const std::string& text);

}  // namespace bridge
