#include "core/json_text.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <charconv>
#include <cmath>
#include <cstdint>

#include "core/utf8.hpp"

namespace bridge {
namespace {

// The longest double in fixed notation: sign, "0.", 323 zeros and 17 digits.
constexpr std::size_t kLongestNumber = 352;

template <class Integer>
void append_integer(std::string& out, Integer number) {
  char digits[24];
  const auto end = std::to_chars(digits, digits + sizeof digits, number);
  out.append(digits, end.ptr);
}

void append_escaped(std::string& out, char character) {
  switch (character) {
    case '"':
      out += "\\\"";
      return;
    case '\\':
      out += "\\\\";
      return;
    case '\b':
      out += "\\b";
      return;
    case '\f':
      out += "\\f";
      return;
    case '\n':
      out += "\\n";
      return;
    case '\r':
      out += "\\r";
      return;
    case '\t':
      out += "\\t";
      return;
    default:
      break;
  }
  constexpr char kHex[] = "0123456789abcdef";
  out += "\\u00";
  out += kHex[static_cast<unsigned char>(character) >> 4];
  out += kHex[static_cast<unsigned char>(character) & 0xF];
}

bool is_plain(char character) {
  const auto byte = static_cast<unsigned char>(character);
  return byte >= 0x20 && byte < 0x80 && byte != '"' && byte != '\\';
}

void append_object(std::string& out, const boost::json::object& object) {
  out += '{';
  bool first = true;
  for (const auto& member : object) {
    if (!first) out += ',';
    first = false;
    append_json(out, std::string_view(member.key()));
    out += ':';
    append_json(out, member.value());
  }
  out += '}';
}

void append_array(std::string& out, const boost::json::array& array) {
  out += '[';
  bool first = true;
  for (const Json& element : array) {
    if (!first) out += ',';
    first = false;
    append_json(out, element);
  }
  out += ']';
}

}  // namespace

std::string json_text(const Json& value) {
  std::string out;
  append_json(out, value);
  return out;
}

void append_json(std::string& out, const Json& value) {
  switch (value.kind()) {
    case boost::json::kind::null:
      out += "null";
      return;
    case boost::json::kind::bool_:
      out += value.get_bool() ? "true" : "false";
      return;
    case boost::json::kind::int64:
      append_integer(out, value.get_int64());
      return;
    case boost::json::kind::uint64:
      append_integer(out, value.get_uint64());
      return;
    case boost::json::kind::double_:
      append_json(out, value.get_double());
      return;
    case boost::json::kind::string:
      append_json(out, std::string_view(value.get_string()));
      return;
    case boost::json::kind::array:
      append_array(out, value.get_array());
      return;
    case boost::json::kind::object:
      append_object(out, value.get_object());
      return;
  }
}

void append_json(std::string& out, std::string_view text) {
  out += '"';
  std::size_t begin = 0;
  std::size_t index = 0;
  while (index < text.size()) {
    if (is_plain(text[index])) {
      ++index;
      continue;
    }
    const std::size_t length = character_length(text.substr(index, 4));
    if (length > 1) {
      index += length;
      continue;
    }
    out.append(text, begin, index - begin);
    if (length == 0) {
      out += kReplacementCharacter;
    } else {
      append_escaped(out, text[index]);
    }
    begin = ++index;
  }
  out.append(text, begin, index - begin);
  out += '"';
}

void append_json(std::string& out, double number) {
  if (!std::isfinite(number)) {
    out += "null";
    return;
  }
  constexpr double kExact = 9007199254740992.0;  // 2^53
  if (std::abs(number) < kExact && number == std::trunc(number)) {
    append_integer(out, static_cast<std::int64_t>(number));
    return;
  }
  char digits[kLongestNumber];
  const auto end = std::to_chars(digits, digits + sizeof digits, number, std::chars_format::fixed);
  out.append(digits, end.ptr);
}

}  // namespace bridge
