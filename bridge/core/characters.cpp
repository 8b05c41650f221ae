#include "core/characters.hpp"

#include <array>

#include "core/utf8.hpp"

namespace bridge {
namespace {

// U+00C0 to U+00FF without their accents.
constexpr std::array<std::string_view, 64> kWestern = {
    "a", "a", "a", "a", "a", "a", "ae", "c", "e", "e", "e", "e", "i", "i", "i",  "i",
    "d", "n", "o", "o", "o", "o", "o",  "_", "o", "u", "u", "u", "u", "y", "th", "ss",
    "a", "a", "a", "a", "a", "a", "ae", "c", "e", "e", "e", "e", "i", "i", "i",  "i",
    "d", "n", "o", "o", "o", "o", "o",  "_", "o", "u", "u", "u", "u", "y", "th", "y"};

void append_slug(std::string& out, char32_t character) {
  if ((character >= 'a' && character <= 'z') || (character >= '0' && character <= '9')) {
    out += static_cast<char>(character);
  } else if (character >= 'A' && character <= 'Z') {
    out += static_cast<char>(character - 'A' + 'a');
  } else if (character >= 0xC0 && character <= 0xFF && kWestern[character - 0xC0] != "_") {
    out += kWestern[character - 0xC0];
  } else if (!out.empty() && out.back() != '_') {
    out += '_';
  }
}

}  // namespace

std::optional<char32_t> take_character(std::string_view& text) {
  const std::size_t length = character_length(text);
  if (length == 0) {
    text.remove_prefix(text.empty() ? 0 : 1);
    return std::nullopt;
  }
  const auto first = static_cast<unsigned char>(text.front());
  char32_t character = length == 1 ? first : first & (0x7Fu >> length);
  for (const char byte : text.substr(1, length - 1)) {
    character = (character << 6) | (static_cast<unsigned char>(byte) & 0x3Fu);
  }
  text.remove_prefix(length);
  return character;
}

std::size_t character_count(std::string_view text) {
  std::size_t count = 0;
  for (const char byte : text) count += (static_cast<unsigned char>(byte) & 0xC0) != 0x80;
  return count;
}

std::string single_line(std::string_view text, std::size_t limit) {
  std::string out;
  out.reserve(text.size());
  std::size_t count = 0;
  bool blank = false;
  while (!text.empty()) {
    const std::string_view before = text;
    const auto character = take_character(text);
    if (!character || is_control(*character) || *character == ' ') {
      blank = !out.empty();
      continue;
    }
    if (count + (blank ? 2 : 1) > limit) break;
    if (blank) out += ' ';
    count += blank ? 2 : 1;
    blank = false;
    out += before.substr(0, before.size() - text.size());
  }
  return out;
}

std::string shortened(std::string_view text, std::size_t limit) {
  const std::string all = single_line(text, text.size());
  return character_count(all) <= limit ? all : single_line(all, limit) + "...";
}

std::string slug(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  while (!text.empty()) append_slug(out, take_character(text).value_or(U' '));
  while (!out.empty() && out.back() == '_') out.pop_back();
  return out;
}

}  // namespace bridge
