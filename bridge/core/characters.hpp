#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace bridge {

/// Takes the first character off a UTF-8 text. Nothing, and one byte gone, where the text is no
/// UTF-8; nothing where it is empty.
std::optional<char32_t> take_character(std::string_view& text);

/// Whether a character is a control character (C0, C1, DEL).
constexpr bool is_control(char32_t character) {
  return character < 0x20 || (character >= 0x7F && character < 0xA0);
}

/// How many characters a UTF-8 text has.
std::size_t character_count(std::string_view text);

/// A text as one line for people: blanks for control characters and for what is no UTF-8, none at
/// the ends and never two of them, at most `limit` characters.
std::string single_line(std::string_view text, std::size_t limit);

/// The same for what somebody sent: an ellipsis stands for what does not fit.
std::string shortened(std::string_view text, std::size_t limit);

/// A text in [a-z0-9_], as Home Assistant's entity ids have it: lower case, western
/// European letters without their accents, one `_` for everything else, none at the ends.
std::string slug(std::string_view text);

}  // namespace bridge
