#include "core/command_payload.hpp"

#include <algorithm>
#include <boost/json/parse.hpp>
#include <cmath>
#include <cstdint>

#include "bridge/timestamp.hpp"
#include "core/characters.hpp"
#include "core/json_text.hpp"
#include "core/utf8.hpp"

namespace bridge {
namespace {

constexpr std::size_t kLongestPayload = 64 * 1024;
constexpr std::size_t kLongestId = 128;
constexpr std::size_t kLongestQuote = 40;
constexpr std::int64_t kLongestLife = 24 * 60 * 60;

Error refusal(std::string message) { return {Errc::invalid_argument, std::move(message)}; }

/// The number of characters; nothing where the text is not UTF-8.
std::optional<std::size_t> characters(std::string_view text) {
  std::size_t count = 0;
  for (; !text.empty(); ++count) {
    const std::size_t length = character_length(text);
    if (length == 0) return std::nullopt;
    text.remove_prefix(length);
  }
  return count;
}

std::string_view trimmed(std::string_view text) {
  constexpr std::string_view kBlanks = " \t\r\n";
  const std::size_t first = text.find_first_not_of(kBlanks);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(kBlanks) - first + 1);
}

/// What was sent, in quotes, cut where a character ends.
std::string in_quotes(std::string_view sent) {
  std::size_t end = 0;
  while (end < sent.size() && end < kLongestQuote) {
    end += std::max<std::size_t>(character_length(sent.substr(end)), 1);
  }
  std::string out = "\"";
  for (const char c : sent.substr(0, end)) {
    out += static_cast<unsigned char>(c) < 0x20 || c == 0x7F ? ' ' : c;
  }
  if (end < sent.size()) out += "...";
  return out + '"';
}

std::string shown(const Json& value) {
  if (value.is_string()) return in_quotes(std::string_view(value.get_string()));
  if (value.is_object()) return "an object";
  if (value.is_array()) return "an array";
  return shortened(json_text(value), kLongestQuote);
}

std::string number_text(double number) {
  std::string out;
  append_json(out, number);
  return out;
}

Result<std::string> checked_id(const Json& id) {
  if (!id.is_string() && !id.is_number()) {
    return refusal("\"id\" is neither text nor a number: send \"id\": \"a-text-of-your-own\".");
  }
  const std::string written = text(id, "");
  const std::size_t length = characters(written).value_or(0);
  if (length == 0 || length > kLongestId) {
    return refusal("\"id\" has " + std::to_string(length) +
                   " characters: send an id of 1 to 128 characters.");
  }
  return written;
}

Result<std::chrono::seconds> checked_life(const Json& ttl) {
  const double number = ttl.is_number() ? number_at(ttl, "").value_or(0) : 0;
  if (number < 1 || number > kLongestLife || number != std::floor(number)) {
    return refusal(
        "\"ttl\" is " + shown(ttl) +
        ": send a whole number of seconds from 1 to 86400 (a day), such as \"ttl\": 30.");
  }
  return std::chrono::seconds(static_cast<std::int64_t>(number));
}

Result<CommandPayload> from_object(const boost::json::object& members) {
  CommandPayload command;
  for (const auto& member : members) {
    if (member.key() == "value") {
      command.value = detached(member.value());
    } else if (member.key() == "id") {
      const auto id = checked_id(member.value());
      if (!id) return id.error();
      command.id = *id;
    } else if (member.key() == "ttl") {
      const auto ttl = checked_life(member.value());
      if (!ttl) return ttl.error();
      command.ttl = *ttl;
    } else {
      return refusal("The member " + in_quotes(member.key()) +
                     " is not known: a command has only \"value\", \"id\" and \"ttl\", and its "
                     "arguments stand in \"value\".");
    }
  }
  if (!members.contains("value")) {
    return refusal("The member \"value\" is missing: send {\"value\": ...} with what to set.");
  }
  return command;
}

/// A plain payload: a number where it is one as JSON writes it, else the text itself.
Json plain_value(std::string_view payload) {
  boost::system::error_code error;
  Json number = boost::json::parse(payload, error);
  if (!error && number.is_number() && number_at(number, "")) return number;
  return Json(boost::json::string(payload));
}

Result<Json> switch_argument(const Json& value) {
  if (value.is_bool()) return value;
  if (value.is_string() && value.get_string() == "ON") return Json(true);
  if (value.is_string() && value.get_string() == "OFF") return Json(false);
  return refusal(shown(value) + " does not fit a switch: send ON or OFF, in capitals.");
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
  if (!number) return refusal(shown(value) + " is not a number: " + expected + ".");
  if (bounded && (*number < range.minimum || *number > range.maximum)) {
    return refusal(shown(value) + " is out of range: " + expected + ".");
  }
  if (bounded && range.step > 0) {
    const double steps = (*number - range.minimum) / range.step;
    if (std::abs(steps - std::round(steps)) > 1e-6) {
      return refusal(shown(value) + " is not on a step: " + expected + ".");
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
  return refusal(shown(value) + " is not an option: send " + all + ", spelt exactly so.");
}

Result<Json> press_argument(const Json& value) {
  if (value.is_string() && value.get_string() == "PRESS") return Json();
  return refusal(shown(value) + " does not fit a button: send PRESS, in capitals.");
}

Result<Json> moment_argument(const Json& value) {
  const auto moment = parse_time(text(value, ""));
  if (moment) return Json(boost::json::string(format_time(*moment)));
  return refusal(shown(value) + " is no moment: send one such as \"2026-12-20T08:00:00Z\".");
}

Result<Json> member_argument(const Argument& member, const Json& value) {
  if (member.kind == Argument::flag) return switch_argument(value);
  if (member.kind == Argument::number) return number_argument(member.range, value);
  if (member.kind == Argument::moment) return moment_argument(value);
  if (!member.options.empty()) return option_argument(member.options, value);
  if (value.is_string() && !value.get_string().empty()) return value;
  return refusal(shown(value) + " is no text: send some.");
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

Result<CommandPayload> parse_payload(std::string_view payload) {
  if (payload.size() > kLongestPayload) {
    return refusal("The payload has " + std::to_string(payload.size()) +
                   " bytes: send a command of at most 65536 bytes.");
  }
  if (!characters(payload)) {
    return refusal("The payload is not UTF-8 text: send text such as ON, 21.5 or PRESS.");
  }
  const std::string_view command = trimmed(payload);
  if (command.empty()) {
    return refusal("The payload is empty: send a value such as ON, 21.5 or PRESS.");
  }
  if (command.front() != '{' && command.front() != '[') {
    return CommandPayload{plain_value(command), std::nullopt, std::nullopt};
  }
  boost::system::error_code error;
  const Json document = boost::json::parse(command, error);
  if (error && command.front() == '{') {
    return refusal(
        "The payload begins with '{' but is not valid JSON: send {\"value\": ...} with quotes "
        "around every name and text, or a plain value.");
  }
  if (error) return CommandPayload{plain_value(command), std::nullopt, std::nullopt};
  if (!document.is_object()) {
    return refusal(
        "The payload is a JSON array: send an object {\"value\": ...} or a plain value.");
  }
  return from_object(document.get_object());
}

std::optional<std::string> payload_id(std::string_view payload) {
  if (payload.size() > kLongestPayload) return std::nullopt;
  boost::system::error_code error;
  const Json document = boost::json::parse(trimmed(payload), error);
  if (error || !document.is_object()) return std::nullopt;
  const auto id = checked_id(at(document, "/id"));
  return id ? std::optional(*id) : std::nullopt;
}

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
