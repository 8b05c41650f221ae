#include "core/characters.hpp"

#include <array>

namespace bridge {
namespace {

/// The bytes of a character, by its first one; 0 where none begins with it.
constexpr std::size_t length_of(unsigned char first) {
  if (first < 0x80) return 1;
  if (first >= 0xC2 && first < 0xE0) return 2;
  if (first >= 0xE0 && first < 0xF0) return 3;
  if (first >= 0xF0 && first < 0xF5) return 4;
  return 0;
}

constexpr bool is_character(char32_t character, std::size_t length) {
  constexpr char32_t kSmallest[] = {0, 0, 0x80, 0x800, 0x10000};
  const bool surrogate = character >= 0xD800 && character < 0xE000;
  return character >= kSmallest[length] && character <= 0x10FFFF && !surrogate;
}

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
  if (text.empty()) return std::nullopt;
  const auto first = static_cast<unsigned char>(text.front());
  const std::size_t length = length_of(first);
  char32_t character = length <= 1 ? first : first & (0x7Fu >> length);
  bool valid = length > 0 && length <= text.size();
  for (std::size_t i = 1; valid && i < length; ++i) {
    const auto byte = static_cast<unsigned char>(text[i]);
    valid = (byte & 0xC0) == 0x80;
    character = (character << 6) | (byte & 0x3Fu);
  }
  if (!valid || !is_character(character, length)) {
    text.remove_prefix(1);
    return std::nullopt;
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

std::string slug(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  while (!text.empty()) append_slug(out, take_character(text).value_or(U' '));
  while (!out.empty() && out.back() == '_') out.pop_back();
  return out;
}

}  // namespace bridge
