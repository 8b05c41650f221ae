#include "core/every_setting.hpp"

#include "core/split_words.hpp"

namespace bridge {
namespace {

boost::json::array texts(std::string_view words) {
  boost::json::array list;
  for (const std::string& word : split_words(words)) list.emplace_back(boost::json::string(word));
  return list;
}

}  // namespace

Settings every_setting(const Mapper& mapper) {
  boost::json::object values;
  for (const Setting& setting : mapper.settings) {
    const std::string_view first = setting.options.substr(0, setting.options.find(' '));
    if (setting.type == SettingType::flag) values[setting.key] = true;
    if (setting.type == SettingType::choice) values[setting.key] = first;
    if (setting.type == SettingType::text && setting.required) values[setting.key] = "any";
    if (setting.type == SettingType::list) values[setting.key] = texts(setting.options);
  }
  return Settings(std::move(values));
}

}  // namespace bridge
