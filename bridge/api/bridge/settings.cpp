#include "bridge/settings.hpp"

#include <boost/json/object.hpp>

namespace bridge {

Settings Settings::with(std::string_view key, Json value) const {
  Json values = values_.is_object() ? values_ : boost::json::object();
  values.get_object().insert_or_assign(key, std::move(value));
  return Settings(std::move(values));
}

}  // namespace bridge
