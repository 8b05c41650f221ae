#include "core/command_payload.hpp"

#include <boost/json/parse.hpp>
#include <cmath>
#include <cstdint>

#include "core/refusal.hpp"
#include "core/utf8.hpp"

namespace bridge {
namespace {

constexpr std::size_t kLongestPayload = 64 * 1024;
constexpr std::size_t kLongestId = 128;
constexpr std::int64_t kLongestLife = 24 * 60 * 60;

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
        "\"ttl\" is " + quoted(ttl) +
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
  if (document.is_array()) return CommandPayload{detached(document), std::nullopt, std::nullopt};
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

}  // namespace bridge
