#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "bridge/json.hpp"

namespace bridge {

/// What kind of value a setting takes in the configuration file.
enum class SettingType {
  text,    ///< any string
  secret,  ///< a string, or { credential = "..." }, { file = "..." }, { env = "..." }
  flag,    ///< true or false
  choice,  ///< one of `options`
  span,    ///< a duration such as "14d"
  list,    ///< a list of strings, each one of `options` where there are any
};

/// One setting that a mapper understands beside the common ones: a row of the example file, of
/// `check` and of the documentation.
struct Setting {
  std::string_view key;
  std::string_view help;  ///< what it does and where the value comes from; lines of 98 at most
  SettingType type = SettingType::text;
  std::string_view fallback = {};               ///< the value when it is not given
  std::string_view options = {};                ///< the permitted words, separated by blanks
  std::string_view example = {};                ///< what the example file shows
  bool required = false;                        ///< an account without it is not accepted
  bool names_devices = false;                   ///< a list of ids; one that is not listed is named
  std::string_view instead = {};                ///< a flag that takes the place of a required one
};

/// The settings of one account, checked, with the mapper's defaults filled in. Spans are seconds.
class Settings {
 public:
  Settings() : values_(boost::json::object_kind) {}
  explicit Settings(Json values) : values_(std::move(values)) {}

  bool has(std::string_view key) const { return !value(key).is_null(); }
  bool flag(std::string_view key) const { return bridge::flag(value(key), ""); }
  std::string text(std::string_view key) const { return bridge::text(value(key), ""); }
  /// Whether a list setting has the word.
  bool has_word(std::string_view key, std::string_view word) const;
  /// The same settings, but for one value.
  Settings with(std::string_view key, Json value) const;
  const Json& value(std::string_view key) const {
    static const Json kNull;
    if (!values_.is_object()) return kNull;
    const Json* found = values_.get_object().if_contains(key);
    return found == nullptr ? kNull : *found;
  }
  bool operator==(const Settings&) const = default;

 private:
  Json values_;
};

/// When a row or a read exists: always; while a flag setting is on, or off; while a list setting
/// has a word.
struct Condition {
  constexpr Condition() = default;
  constexpr Condition(const char* flag) : setting(flag) {}  // NOLINT: reads as `.when = "users"`
  constexpr Condition(std::string_view flag_or_list, std::string_view one_word, bool is_off = false)
      : setting(flag_or_list), word(one_word), off(is_off) {}

  std::string_view setting;  ///< empty: always
  std::string_view word;     ///< of a list setting; empty: the setting is a flag
  bool off = false;          ///< holds while the flag is off

  bool holds(const Settings& settings) const {
    if (setting.empty()) return true;
    return word.empty() ? settings.flag(setting) != off : settings.has_word(setting, word);
  }
};

}  // namespace bridge
