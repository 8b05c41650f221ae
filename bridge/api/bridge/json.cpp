#include "bridge/json.hpp"

#include <boost/json/array.hpp>
#include <charconv>
#include <cmath>

#include "bridge/timestamp.hpp"

namespace bridge {

const Json& at(const Json& value, std::string_view pointer) {
  static const Json kNull;
  boost::system::error_code error;
  const Json* found = value.find_pointer(pointer, error);
  return found == nullptr ? kNull : *found;
}

const boost::json::array& items(const Json& value) {
  static const boost::json::array kNone;
  return value.is_array() ? value.get_array() : kNone;
}

std::string text(const Json& value, std::string_view pointer) {
  const Json& found = at(value, pointer);
  if (found.is_string()) return std::string(found.get_string());
  if (found.is_int64()) return std::to_string(found.get_int64());
  if (found.is_uint64()) return std::to_string(found.get_uint64());
  if (found.is_double()) {
    char digits[400];
    const auto end =
        std::to_chars(digits, digits + sizeof digits, found.get_double(), std::chars_format::fixed);
    return {digits, end.ptr};
  }
  return {};
}

std::optional<double> number_at(const Json& value, std::string_view pointer) {
  const Json& found = at(value, pointer);
  if (found.is_int64()) return static_cast<double>(found.get_int64());
  if (found.is_uint64()) return static_cast<double>(found.get_uint64());
  if (found.is_double()) {
    return std::isfinite(found.get_double()) ? std::optional(found.get_double()) : std::nullopt;
  }
  if (!found.is_string()) return std::nullopt;
  const auto& digits = found.get_string();
  double parsed = 0;
  const auto end = std::from_chars(digits.data(), digits.data() + digits.size(), parsed);
  const bool whole = end.ec == std::errc() && end.ptr == digits.data() + digits.size();
  return whole && std::isfinite(parsed) ? std::optional(parsed) : std::nullopt;
}

bool flag(const Json& value, std::string_view pointer) {
  const Json& found = at(value, pointer);
  if (found.is_bool()) return found.get_bool();
  if (found.is_string()) return found.get_string() == "true" || found.get_string() == "1";
  return number_at(found, "").value_or(0) != 0;
}

Json negated(const Json& flag) { return flag.is_bool() ? Json(!flag.get_bool()) : Json(); }

bool is_same(const Json& fact, const Json& wanted) {
  if (fact == wanted) return true;
  if (wanted.is_bool()) return text(fact, "") == (wanted.get_bool() ? "true" : "false") ||
                               number_at(fact, "") == (wanted.get_bool() ? 1 : 0);
  if (wanted.is_number()) return number_at(fact, "") == number_at(wanted, "");
  const auto moment = parse_time(text(wanted, ""));
  return moment && parse_time(text(fact, "")) == moment;
}

Json hundredths(const Json& count) {
  const auto number = number_at(count, "");
  return number ? Json(*number / 100) : Json();
}

Json kilowatt_hours(const Json& joules) {
  if (!joules.is_int64()) return {};
  constexpr std::int64_t kPerMillionth = 18, kFifths = 5;  // 3.6 joules, in whole numbers
  const std::int64_t millionths = (joules.get_int64() * kFifths + kPerMillionth / 2) / kPerMillionth;
  return static_cast<double>(millionths) / 1e6;
}

boost::json::object picked(const Json& object, std::initializer_list<std::string_view> members) {
  boost::json::object copy;
  for (const std::string_view member : members) {
    const Json* found = object.is_object() ? object.get_object().if_contains(member) : nullptr;
    copy[member] = found == nullptr ? Json() : detached(*found);
  }
  return copy;
}

Json detached(const Json& value) { return Json(value, boost::json::storage_ptr()); }

}  // namespace bridge
