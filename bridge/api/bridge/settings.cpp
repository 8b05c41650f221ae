#include "bridge/settings.hpp"

#include <boost/json/object.hpp>

namespace bridge {

bool Settings::has_word(std::string_view key, std::string_view word) const {
  for (const Json& each : items(value(key))) {
    if (bridge::text(each, "") == word) return true;
  }
  return false;
}

Settings Settings::with(std::string_view key, Json value) const {
  Json values = values_.is_object() ? values_ : boost::json::object();
  values.get_object().insert_or_assign(key, std::move(value));
  return Settings(std::move(values));
}

}  // namespace bridge
