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

/// What the facts have, if the range takes it; else a minute where the range is one of seconds, or a
/// value some steps above the least.
Json number_in(const Range& range, const Json& present = {}) {
  constexpr double kMinute = 60, kHour = 3600;
  const auto known = number_at(present, "");
  const bool is_free = range.maximum <= range.minimum;
  if (known && (is_free || (*known >= range.minimum && *known <= range.maximum))) return *known;
  if (is_free) return 1;
  if (range.minimum <= kMinute && range.maximum >= kHour) return kMinute;
  const double step = range.step > 0 ? range.step : 1;
  const auto steps = static_cast<std::int64_t>((range.maximum - range.minimum) / step / 2);
  return range.minimum + step * static_cast<double>(std::min<std::int64_t>(steps, 10));
}

Json example_of(const Argument& argument, const Json& present) {
  switch (argument.kind) {
    case Argument::number: return number_in(argument.range, present);
    case Argument::flag: return "ON";
    case Argument::moment:
    case Argument::unix_time: return "2026-12-24T18:00:00Z";
    case Argument::text: break;
  }
  if (present.is_string()) return present;
  return argument.options.empty() ? Json("text") : Json(boost::json::string(argument.options[0]));
}

/// The fact of an argument, which stands beside the row's own.
const Json& present_value(const Entity& row, const Argument& argument, const Device& sample) {
  static const Json kNone;
  if (row.pointer.empty() || row.is_list()) return kNone;
  const std::string group(row.pointer.substr(0, row.pointer.rfind('/') + 1));
  const std::string_view name = argument.reported.empty() ? argument.name : argument.reported;
  return at(sample.facts, group + std::string(name));
}

/// What a row's own parser makes of a press: the thing that the device would choose now.
Result<Json> chosen(const Entity& row, const Device& sample) { return row.parse("PRESS", sample); }

/// An object of the arguments that go together; of those in a list, only what each needs.
Json example_object(const Entity& row, const Device& sample) {
  const auto example = [&](const Argument& argument) {
    return example_of(argument, present_value(row, argument, sample));
  };
  const Json first = example(row.arguments.front());
  boost::json::object members;
  for (const Argument& argument : row.arguments) {
    const bool is_needed = members.size() < row.needed || !argument.only_for.empty();
    const bool fits = argument.only_for.empty() || argument.only_for == text(first, "");
    if (fits && (is_needed || !row.is_list())) members[argument.name] = example(argument);
  }
  return Json(std::move(members));
}

}  // namespace

std::string command_values(const Entity& row, const Device& sample) {
  if (!row.arguments.empty()) return arguments_text(row);
  switch (row.component) {
    case Component::switch_: return "`ON`, `OFF`";
    case Component::number: return range_text(row.range);
    case Component::select: return options_text(row.options);
    default: break;
  }
  if (row.announced || row.parse == nullptr) return "`PRESS`";
  const auto choice = chosen(row, sample);
  return "`PRESS`" + (choice ? ", or one that waits: " + code(text(*choice, "")) : std::string());
}

std::string command_example(const Entity& row, const Device& sample) {
  if (!row.arguments.empty()) {
    Json value = example_object(row, sample);
    if (row.is_list()) value = boost::json::array(1, value);
    return json_text(boost::json::object{{"value", std::move(value)}});
  }
  switch (row.component) {
    case Component::switch_: return "ON";
    case Component::number: return json_text(number_in(row.range, at(sample.facts, row.pointer)));
    case Component::select: return std::string(row.options[0]);
    default: break;
  }
  if (row.announced || row.parse == nullptr) return "PRESS";
  const auto choice = chosen(row, sample);
  return choice ? text(*choice, "") : "PRESS";
}

// In single quotes YAML takes everything as it stands but a quote, which is doubled.
std::string command_action(const Entity& row, const Device& sample, std::string_view topic) {
  std::string payload;
  for (const char c : command_example(row, sample)) {
    payload += c;
    if (c == '\'') payload += c;
  }
  return "- action: mqtt.publish\n  data:\n    topic: " + std::string(topic) + "\n    qos: 1\n    payload: '" +
         payload + "'\n";
}

}  // namespace bridge
