#include "core/state_document.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <variant>

#include "core/json_text.hpp"

namespace bridge {
namespace {

/// A value as it is published, without a JSON object around it. Views point into the facts, or
/// into what the row's conversion returned.
using Value = std::variant<std::monostate, bool, std::int64_t, std::uint64_t, double,
                           std::string_view, std::string, const Json*>;

constexpr std::size_t kLongestText = 255;

enum class Form { none, flag, number, moment, word, text, list };

// The class that the row was written with counts, also where the account's settings took it away:
// a number stays a number.
bool is_numeric(const ResolvedRow& row) {
  if (!row.unit.empty() || row.entity->state_class != StateClass::none) return true;
  switch (row.entity->device_class) {
    case DeviceClass::battery:
    case DeviceClass::current:
    case DeviceClass::duration:
    case DeviceClass::energy:
    case DeviceClass::frequency:
    case DeviceClass::power:
    case DeviceClass::pressure:
    case DeviceClass::temperature:
    case DeviceClass::voltage:
    case DeviceClass::volume_flow_rate:
    case DeviceClass::water:
      return true;
    default:
      return false;
  }
}

Form form_of(const ResolvedRow& row) {
  if (row.entity->is_list()) return Form::list;
  switch (row.entity->component) {
    case Component::binary_sensor:
    case Component::switch_:
      return Form::flag;
    case Component::number:
      return Form::number;
    case Component::select:
      return Form::word;
    case Component::button:
    case Component::event:
      return Form::none;
    case Component::sensor:
      break;
  }
  if (row.entity->device_class == DeviceClass::timestamp) return Form::moment;
  if (row.entity->device_class == DeviceClass::enum_) return Form::word;
  return is_numeric(row) ? Form::number : Form::text;
}

Value flag_value(const Json& fact) {
  if (fact.is_bool()) return fact.get_bool();
  if (fact.is_string()) {
    if (fact.get_string() == "true") return true;
    if (fact.get_string() == "false") return false;
    return {};
  }
  if (!fact.is_number()) return {};
  const auto number = number_at(fact, "");
  if (number == 0.0) return false;
  if (number == 1.0) return true;
  return {};
}

Value plain_number(const Json& fact) {
  if (fact.is_int64()) return fact.get_int64();
  if (fact.is_uint64()) return fact.get_uint64();
  if (const auto number = number_at(fact, "")) return *number;
  return {};
}

Value number_value(const ResolvedRow& row, const Json& fact) {
  if (row.entity->component == Component::number) {
    const auto number = number_at(fact, "");
    const Range& range = row.entity->range;
    if (!number || *number < range.minimum || *number > range.maximum) return {};
  }
  return plain_number(fact);
}

Value moment_value(const Json& fact) {
  const auto moment = moment_at(fact, "");
  if (!moment) return {};
  return format_time(*moment);
}

Value word_value(const ResolvedRow& row, const Json& fact) {
  if (!fact.is_string()) return {};
  const std::string_view word = fact.get_string();
  const auto& options = row.entity->options;
  if (std::find(options.begin(), options.end(), word) == options.end()) return {};
  return word;
}

/// The first `limit` characters; never a part of one.
std::string_view cut(std::string_view text, std::size_t limit) {
  if (text.size() <= limit) return text;
  std::size_t characters = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool begins_one = (static_cast<unsigned char>(text[i]) & 0xC0) != 0x80;
    if (begins_one && characters++ == limit) return text.substr(0, i);
  }
  return text;
}

Value text_value(const Json& fact) {
  if (fact.is_number()) return plain_number(fact);
  if (!fact.is_string() || fact.get_string().empty()) return {};
  return cut(fact.get_string(), kLongestText);
}

Value list_value(const Json& list) {
  if (list.is_null()) return {};
  return &list;
}

Value value_of(const ResolvedRow& row, Form form, const Json& fact) {
  switch (form) {
    case Form::flag:
      return flag_value(fact);
    case Form::number:
      return number_value(row, fact);
    case Form::moment:
      return moment_value(fact);
    case Form::word:
      return word_value(row, fact);
    case Form::text:
      return text_value(fact);
    case Form::list:
      return list_value(fact);
    case Form::none:
      break;
  }
  return {};
}

bool shows_reachability(const Entity& row) {
  return row.component == Component::binary_sensor && row.pointer.empty() &&
         row.device_class == DeviceClass::connectivity && row.explains == Explains::device &&
         row.convert == nullptr;
}

/// `converted` keeps what was made of the row's fact alive as long as the value is used.
const Json& fact_of(const Entity& row, Form form, const Device& device, Json& converted) {
  const Json& fact = at(device.facts, row.pointer);
  if (form == Form::list) return converted = listed(row.arguments, fact);
  return row.convert == nullptr ? fact : converted = row.convert(fact);
}

Value row_value(const ResolvedRow& row, Form form, const Device& device, bool reachable,
                Json& converted) {
  const Entity& entity = *row.entity;
  if (shows_reachability(entity)) return reachable;
  if (row.watched != nullptr) return flag_value(is_outside(*row.watched, device.facts));
  if (entity.convert == nullptr && entity.pointer.empty()) return {};
  return value_of(row, form, fact_of(entity, form, device, converted));
}

template <class Integer>
void append_integer(std::string& out, Integer number) {
  char digits[24];
  const auto end = std::to_chars(digits, digits + sizeof digits, number);
  out.append(digits, end.ptr);
}

struct Append {
  std::string& out;
  void operator()(std::monostate) const { out += "null"; }
  void operator()(bool value) const { out += value ? "true" : "false"; }
  void operator()(std::int64_t value) const { append_integer(out, value); }
  void operator()(std::uint64_t value) const { append_integer(out, value); }
  void operator()(double value) const { append_json(out, value); }
  void operator()(std::string_view value) const { append_json(out, value); }
  void operator()(const std::string& value) const { append_json(out, std::string_view(value)); }
  void operator()(const Json* value) const { append_json(out, *value); }
};

struct ToJson {
  Json operator()(std::monostate) const { return nullptr; }
  Json operator()(const std::string& value) const { return Json(std::string_view(value)); }
  Json operator()(const Json* value) const { return *value; }
  template <class T>
  Json operator()(const T& value) const {
    return Json(value);
  }
};

}  // namespace

Json published_value(const ResolvedRow& row, const Device& device, bool reachable) {
  Json converted;
  return std::visit(ToJson{}, row_value(row, form_of(row), device, reachable, converted));
}

std::string state_document(const ResolvedKind& kind, const Device& device, bool reachable,
                           const Meters& meters, std::vector<UnknownWord>* unknown) {
  std::string out;
  out.reserve(32 * kind.rows.size() + 2);
  out += '{';
  Json converted;
  for (const ResolvedRow& row : kind.rows) {
    const Form form = form_of(row);
    if (form == Form::none) continue;
    if (out.size() > 1) out += ',';
    out += '"';
    out += row.entity->key;
    out += "\":";
    const Json* before = meters.instead_of(row);
    const Value value = before != nullptr ? plain_number(*before)
                                          : row_value(row, form, device, reachable, converted);
    std::visit(Append{out}, value);
    if (unknown == nullptr || form != Form::word || !std::holds_alternative<std::monostate>(value)) continue;
    const Json& fact = fact_of(*row.entity, form, device, converted);
    if (!text(fact, "").empty()) unknown->push_back({row.entity->key, text(fact, "")});
  }
  return out += '}';
}

}  // namespace bridge
