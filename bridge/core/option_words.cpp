#include "core/option_words.hpp"

#include <algorithm>

namespace bridge {
namespace {

bool spells_none(std::string_view word) {
  constexpr std::string_view kNone = "none";
  return std::equal(word.begin(), word.end(), kNone.begin(), kNone.end(),
                    [](char one, char other) { return (one | 0x20) == other; });
}

/// A look-up of `variable` in a dictionary of the special words; the variable where there is none.
std::string looked_up(const Entity& row, const std::string& variable, bool is_shown) {
  std::string pairs;
  for (const std::string_view option : row.options) {
    if (!is_special_word(row.component, option)) continue;
    const std::string wire = "'" + std::string(option) + "'";
    const std::string shown = "'" + shown_option(row.component, option) + "'";
    pairs += (pairs.empty() ? "" : ", ") + (is_shown ? wire + ": " + shown : shown + ": " + wire);
  }
  if (pairs.empty()) return variable;
  return "{" + pairs + "}.get(" + variable + ", " + variable + ")";
}

}  // namespace

// What a sensor calls unknown is unknown to Home Assistant too; but nobody chooses it.
bool is_special_word(Component component, std::string_view word) {
  if (component != Component::sensor && component != Component::select) return false;
  if (spells_none(word) || word == "unavailable") return true;
  return component == Component::select && word == "unknown";
}

std::string shown_option(Component component, std::string_view option) {
  const std::string word(option);
  return is_special_word(component, option) ? "(" + word + ")" : word;
}

std::string shown_expression(const Entity& row, const std::string& variable) {
  return looked_up(row, variable, true);
}

std::string sent_expression(const Entity& row, const std::string& variable) {
  return looked_up(row, variable, false);
}

}  // namespace bridge
