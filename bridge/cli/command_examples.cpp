#include "cli/command_examples.hpp"

#include <boost/json/array.hpp>
#include <span>

#include "core/json_text.hpp"

namespace bridge {
namespace {

std::string code(std::string_view text) { return "`" + std::string(text) + "`"; }

std::string range_text(const Range& range) {
  if (range.maximum <= range.minimum) return "a number";
  std::string out = json_text(range.minimum) + " to " + json_text(range.maximum);
  return range.step > 0 ? out + " in steps of " + json_text(range.step) : out;
}

std::string options_text(std::span<const std::string_view> options) {
  std::string out;
  for (const std::string_view option : options) out += (out.empty() ? "" : ", ") + code(option);
  return out;
}

std::string values_of(const Argument& argument) {
  switch (argument.kind) {
    case Argument::number: return range_text(argument.range);
    case Argument::flag: return "`ON`, `OFF`";
    case Argument::moment: return "a moment";
    case Argument::unix_time: return "a moment, or its seconds since 1970";
    case Argument::text: break;
  }
  return argument.options.empty() ? "text" : options_text(argument.options);
}

std::string arguments_text(const Entity& row) {
  std::string out;
  std::size_t place = 0;
  for (const Argument& argument : row.arguments) {
    const bool is_needed = place++ < row.needed;
    out += (out.empty() ? "" : "; ") + code(argument.name) + ": " + values_of(argument) +
           (is_needed ? " (needed)" : "");
    if (!argument.only_for.empty()) out += " (needed with " + code(argument.only_for) + ", only there)";
  }
  if (!row.is_list()) return out;
  return "a list of at most " + std::to_string(row.most) + " objects, each with " + out;
}

/// The middle of a range, on a step.
Json number_in(const Range& range) {
  if (range.maximum <= range.minimum) return 1;
  const double step = range.step > 0 ? range.step : 1;
  const auto steps = static_cast<std::int64_t>((range.maximum - range.minimum) / step / 2);
  return range.minimum + step * static_cast<double>(std::min<std::int64_t>(steps, 10));
}

Json example_of(const Argument& argument) {
  switch (argument.kind) {
    case Argument::number: return number_in(argument.range);
    case Argument::flag: return "ON";
    case Argument::moment:
    case Argument::unix_time: return "2026-12-24T18:00:00Z";
    case Argument::text: break;
  }
  return argument.options.empty() ? Json("text") : Json(boost::json::string(argument.options[0]));
}

/// An object of the arguments that go together; of those in a list, only what each needs.
Json example_object(const Entity& row) {
  const Json first = example_of(row.arguments.front());
  boost::json::object members;
  for (const Argument& argument : row.arguments) {
    const bool is_needed = members.size() < row.needed || !argument.only_for.empty();
    const bool fits = argument.only_for.empty() || argument.only_for == text(first, "");
    if (fits && (is_needed || !row.is_list())) members[argument.name] = example_of(argument);
  }
  return Json(std::move(members));
}

}  // namespace

std::string command_values(const Entity& row) {
  if (!row.arguments.empty()) return arguments_text(row);
  switch (row.component) {
    case Component::switch_: return "`ON`, `OFF`";
    case Component::number: return range_text(row.range);
    case Component::select: return options_text(row.options);
    default: break;
  }
  return row.parse == nullptr ? "`PRESS`" : "see the README";
}

std::string command_example(const Entity& row) {
  if (!row.arguments.empty()) {
    Json value = example_object(row);
    if (row.is_list()) value = boost::json::array(1, value);
    return json_text(boost::json::object{{"value", std::move(value)}});
  }
  switch (row.component) {
    case Component::switch_: return "ON";
    case Component::number: return json_text(number_in(row.range));
    case Component::select: return std::string(row.options[0]);
    default: break;
  }
  return row.parse == nullptr ? "PRESS" : "1";
}

// In single quotes YAML takes everything as it stands but a quote, which is doubled.
std::string command_action(const Entity& row, std::string_view topic) {
  std::string payload;
  for (const char c : command_example(row)) {
    payload += c;
    if (c == '\'') payload += c;
  }
  return "- action: mqtt.publish\n  data:\n    topic: " + std::string(topic) + "\n    qos: 1\n    payload: '" +
         payload + "'\n";
}

}  // namespace bridge
