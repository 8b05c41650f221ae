#include "core/command_argument.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>

#include "bridge/timestamp.hpp"
#include "core/json_text.hpp"
#include "core/refusal.hpp"

namespace bridge {
namespace {

std::string number_text(double number) {
  std::string out;
  append_json(out, number);
  return out;
}

Result<Json> switch_argument(const Json& value) {
  if (value.is_bool()) return value;
  if (value.is_string() && value.get_string() == "ON") return Json(true);
  if (value.is_string() && value.get_string() == "OFF") return Json(false);
  return refusal(quoted(value) + " does not fit a switch: send ON or OFF, in capitals.");
}

/// A whole number loses its point, so that a vendor that wants an integer gets one.
Json as_number(double number) {
  constexpr double kExact = 9007199254740992.0;
  if (number == std::floor(number) && std::abs(number) < kExact) {
    return Json(static_cast<std::int64_t>(number));
  }
  return Json(number);
}

Result<Json> number_argument(const Range& range, const Json& value) {
  const bool bounded = range.maximum > range.minimum;
  std::string expected = "send a number";
  if (bounded) {
    expected += " from " + number_text(range.minimum) + " to " + number_text(range.maximum);
    if (range.step > 0) expected += " in steps of " + number_text(range.step);
  }
  const auto number = number_at(value, "");
  if (!number) return refusal(quoted(value) + " is not a number: " + expected + ".");
  if (bounded && (*number < range.minimum || *number > range.maximum)) {
    return refusal(quoted(value) + " is out of range: " + expected + ".");
  }
  if (bounded && range.step > 0) {
    const double steps = (*number - range.minimum) / range.step;
    if (std::abs(steps - std::round(steps)) > 1e-6) {
      return refusal(quoted(value) + " is not on a step: " + expected + ".");
    }
  }
  return as_number(*number);
}

Result<Json> option_argument(std::span<const std::string_view> options, const Json& value) {
  const std::string chosen = text(value, "");
  std::string all;
  for (const std::string_view option : options) {
    if (chosen == option) return Json(boost::json::string(option));
    if (!all.empty()) all += option == options.back() ? " or " : ", ";
    all += option;
  }
  return refusal(quoted(value) + " is not an option: send " + all + ", spelt exactly so.");
}

Result<Json> press_argument(const Json& value) {
  if (value.is_string() && value.get_string() == "PRESS") return Json();
  return refusal(quoted(value) + " does not fit a button: send PRESS, in capitals.");
}

Result<Json> moment_argument(const Json& value) {
  const auto moment = parse_time(text(value, ""));
  if (moment) return Json(boost::json::string(format_time(*moment)));
  return refusal(quoted(value) + " is no moment: send one such as \"2026-12-20T08:00:00Z\".");
}

Result<Json> member_argument(const Argument& member, const Json& value) {
  if (member.kind == Argument::flag) return switch_argument(value);
  if (member.kind == Argument::number) return number_argument(member.range, value);
  if (member.kind == Argument::moment) return moment_argument(value);
  if (!member.options.empty()) return option_argument(member.options, value);
  if (value.is_string() && !value.get_string().empty()) return value;
  return refusal(quoted(value) + " is no text: send some.");
}

std::string names_of(std::span<const Argument> members) {
  std::string all;
  for (const Argument& member : members) {
    all += (all.empty() ? "" : ", ") + in_quotes(member.name);
  }
  return all;
}

Result<Json> object_argument(const Entity& row, const Json& value) {
  const auto& given = value.get_object();
  boost::json::object members;
  for (const auto& each : given) {
    const auto known = std::find_if(row.arguments.begin(), row.arguments.end(),
                                    [&](const Argument& one) { return one.name == each.key(); });
    if (known == row.arguments.end()) {
      return refusal("The member " + in_quotes(std::string_view(each.key())) + " is not known: " +
                     in_quotes(row.key) + " takes " + names_of(row.arguments) + " in \"value\".");
    }
    auto checked = member_argument(*known, each.value());
    if (!checked) return refusal(in_quotes(known->name) + ": " + checked.error().message());
    members[known->name] = std::move(*checked);
  }
  for (const Argument& member : row.arguments.first(row.needed)) {
    if (members.contains(member.name)) continue;
    return refusal("The member " + in_quotes(member.name) +
                   " is missing: send {\"value\": {...}} with " +
                   names_of(row.arguments.first(row.needed)) + ".");
  }
  if (members.empty()) {
    return refusal("The object is empty: send some of " + names_of(row.arguments) + ".");
  }
  return Json(std::move(members));
}

Result<Json> checked_arguments(const Entity& row, const Json& value) {
  if (value.is_object()) return object_argument(row, value);
  const Argument& first = row.arguments.front();
  if (row.needed <= 1) {
    const auto only = member_argument(first, value);
    if (!only) return only;
  }
  return object_argument(row, boost::json::object{{first.name, value}});
}

}  // namespace

Result<Json> command_argument(const Entity& row, const Json& value, const Device& device) {
  if (!row.arguments.empty()) {
    const auto checked = checked_arguments(row, value);
    return checked && row.parse != nullptr ? row.parse(*checked, device) : checked;
  }
  if (row.parse != nullptr) return row.parse(value, device);
  switch (row.component) {
    case Component::switch_:
      return switch_argument(value);
    case Component::number:
      return number_argument(row.range, value);
    case Component::select:
      return option_argument(row.options, value);
    case Component::button:
      return press_argument(value);
    case Component::sensor:
    case Component::binary_sensor:
    case Component::event:
      break;
  }
  return refusal("\"" + std::string(row.key) + "\" takes no commands: it only shows a value.");
}

}  // namespace bridge
