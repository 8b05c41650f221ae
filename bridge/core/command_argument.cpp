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

Result<Json> unix_time_argument(const Json& value) {
  if (const auto moment = moment_at(value, "")) {
    const std::int64_t seconds = floor<std::chrono::seconds>(*moment).time_since_epoch().count();
    return Json(seconds);
  }
  return refusal(quoted(value) + " is no moment: send one such as \"2026-12-20T08:00:00Z\", or "
                                 "its seconds since 1970.");
}

Result<Json> member_argument(const Argument& member, const Json& value) {
  if (member.kind == Argument::flag) return switch_argument(value);
  if (member.kind == Argument::number) return number_argument(member.range, value);
  if (member.kind == Argument::moment) return moment_argument(value);
  if (member.kind == Argument::unix_time) return unix_time_argument(value);
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

std::string place_of(const Entity& row) { return row.is_list() ? "each object" : "\"value\""; }

std::string form_of(const Entity& row) { return row.is_list() ? "[{...}]" : "{\"value\": {...}}"; }

/// What is wrong with the members that go with one value of the first alone; empty: nothing.
std::string misplaced(const Entity& row, const boost::json::object& members) {
  const Json* first = members.if_contains(row.arguments.front().name);
  const std::string chosen = first == nullptr ? "" : text(*first, "");
  for (const Argument& member : row.arguments) {
    const bool is_for_it = member.only_for == chosen;
    if (member.only_for.empty() || members.contains(member.name) == is_for_it) continue;
    const std::string name = "The member " + in_quotes(member.name);
    if (is_for_it) return name + " is missing: " + in_quotes(chosen) + " needs it.";
    return name + " does not fit here: only " + in_quotes(member.only_for) + " takes it.";
  }
  return {};
}

/// What is wrong with the members that an object has, or lacks; empty: nothing.
std::string misfit(const Entity& row, const boost::json::object& members) {
  const auto needed = row.arguments.first(row.needed);
  for (const Argument& member : needed) {
    if (members.contains(member.name)) continue;
    return "The member " + in_quotes(member.name) + " is missing: send " + form_of(row) +
           " with " + names_of(needed) + ".";
  }
  if (members.empty()) return "The object is empty: send some of " + names_of(row.arguments) + ".";
  return misplaced(row, members);
}

Result<Json> object_argument(const Entity& row, const Json& value) {
  boost::json::object members;
  for (const auto& each : value.get_object()) {
    const auto known = std::find_if(row.arguments.begin(), row.arguments.end(),
                                    [&](const Argument& one) { return one.name == each.key(); });
    if (known == row.arguments.end()) {
      return refusal("The member " + in_quotes(std::string_view(each.key())) + " is not known: " +
                     in_quotes(row.key) + " takes " + names_of(row.arguments) + " in " +
                     place_of(row) + ".");
    }
    auto checked = member_argument(*known, each.value());
    if (!checked) return refusal(in_quotes(known->name) + ": " + checked.error().message());
    members[known->name] = std::move(*checked);
  }
  std::string wrong = misfit(row, members);
  if (!wrong.empty()) return refusal(std::move(wrong));
  return Json(std::move(members));
}

Result<Json> list_argument(const Entity& row, const Json& value) {
  if (!value.is_array()) {
    return refusal(quoted(value) + " is no JSON list: send " + form_of(row) + " with " +
                   names_of(row.arguments) + ", or [] for none.");
  }
  const boost::json::array& given = value.get_array();
  if (given.size() > row.most) {
    return refusal("The list has " + std::to_string(given.size()) + " entries: send at most " +
                   std::to_string(row.most) + ".");
  }
  boost::json::array objects;
  for (const Json& each : given) {
    const std::string entry = "Entry " + std::to_string(objects.size() + 1) + ": ";
    if (!each.is_object()) {
      return refusal(entry + quoted(each) + " is no object: send one with " +
                     names_of(row.arguments) + ".");
    }
    auto checked = object_argument(row, each);
    if (!checked) return refusal(entry + checked.error().message());
    objects.push_back(std::move(*checked));
  }
  return Json(std::move(objects));
}

Result<Json> checked_arguments(const Entity& row, const Json& value) {
  if (row.is_list()) return list_argument(row, value);
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
  std::string why = "\"" + std::string(row.key) + "\" takes no commands: it only shows a value.";
  if (!row.when.word.empty()) {
    why += " To open it, add \"" + std::string(row.when.word) + "\" to " +
           std::string(row.when.setting) + " in the account's configuration.";
  }
  return refusal(why);
}

}  // namespace bridge
