#include "core/redact.hpp"

#include <limits>

#include "core/utf8.hpp"

namespace bridge {
namespace {

/// Which bytes of the text must not be seen. A run of hidden bytes is shown as one kMark.
using Hidden = std::vector<bool>;

constexpr std::string_view kMark = "***";

bool is_blank(char character) { return static_cast<unsigned char>(character) <= ' '; }

bool ends_address(char character) {
  return is_blank(character) || std::string_view("\"<>`").find(character) != std::string_view::npos;
}

bool is_alphanumeric(char character) {
  return (character >= '0' && character <= '9') || (character >= 'a' && character <= 'z') ||
         (character >= 'A' && character <= 'Z') || static_cast<unsigned char>(character) >= 0x80;
}

void hide(Hidden& hidden, std::size_t begin, std::size_t end) {
  for (std::size_t index = begin; index < end; ++index) hidden[index] = true;
}

// Every occurrence of every secret, also where two overlap.
void hide_secrets(std::string_view text, const std::vector<std::string>& secrets, Hidden& hidden) {
  for (const std::string& secret : secrets) {
    if (secret.empty()) continue;
    for (auto found = text.find(secret); found != std::string_view::npos;
         found = text.find(secret, found + 1)) {
      hide(hidden, found, found + secret.size());
    }
  }
}

bool equals_ignoring_case(std::string_view text, std::string_view lower_case) {
  if (text.size() != lower_case.size()) return false;
  for (std::size_t index = 0; index < text.size(); ++index) {
    if ((text[index] | 0x20) != lower_case[index]) return false;
  }
  return true;
}

void hide_bearer_tokens(std::string_view text, Hidden& hidden) {
  constexpr std::string_view kWord = "bearer";
  for (std::size_t index = 0; index + kWord.size() < text.size(); ++index) {
    if (!equals_ignoring_case(text.substr(index, kWord.size()), kWord)) continue;
    std::size_t begin = index + kWord.size();
    if (!is_blank(text[begin])) continue;
    while (begin < text.size() && is_blank(text[begin])) ++begin;
    std::size_t end = begin;
    while (end < text.size() && !ends_address(text[end])) ++end;
    hide(hidden, begin, end);
    index = begin;
  }
}

// A JSON Web Token begins with the base64 of '{"'.
void hide_web_tokens(std::string_view text, Hidden& hidden) {
  constexpr std::string_view kBegin = "eyJ";
  for (auto found = text.find(kBegin); found != std::string_view::npos; found = text.find(kBegin, found + 1)) {
    std::size_t end = found;
    while (end < text.size() && !ends_address(text[end])) ++end;
    if (end - found >= 10) hide(hidden, found, end);
  }
}

// "//user:password@host": up to the last '@' before the path.
void hide_user_info(std::string_view text, Hidden& hidden) {
  for (auto found = text.find("//"); found != std::string_view::npos;
       found = text.find("//", found + 2)) {
    const std::size_t begin = found + 2;
    std::size_t last_at = begin;
    for (std::size_t index = begin; index < text.size(); ++index) {
      const char character = text[index];
      if (ends_address(character) || character == '/' || character == '?') break;
      if (character == '@') last_at = index;
    }
    hide(hidden, begin, last_at);
  }
}

// What follows a '?' inside a word, if the word is a path or has the look of parameters; a question
// mark at the end of a sentence stays as it is.
void hide_query_strings(std::string_view text, Hidden& hidden) {
  std::size_t begin = 0;
  while (begin < text.size()) {
    std::size_t end = begin;
    while (end < text.size() && !ends_address(text[end])) ++end;
    const std::string_view word = text.substr(begin, end - begin);
    const std::size_t mark = word.find('?');
    if (mark != std::string_view::npos &&
        (word.find('/') < mark || word.find('=', mark) != std::string_view::npos)) {
      hide(hidden, begin + mark + 1, end);
    }
    begin = end + 1;
  }
}

bool is_local_part(char character) {
  return is_alphanumeric(character) ||
         std::string_view(".!#$%&'*+-^_~").find(character) != std::string_view::npos;
}

bool is_domain_part(char character) {
  return is_alphanumeric(character) || character == '.' || character == '-';
}

// What stands around every '@' or "%40", up to what is hidden already.
void hide_mail_addresses(std::string_view text, Hidden& hidden) {
  constexpr std::string_view kEncoded = "%40";
  for (std::size_t index = 0; index < text.size(); ++index) {
    const bool encoded = text.substr(index, kEncoded.size()) == kEncoded;
    if (!encoded && text[index] != '@') continue;
    const std::size_t after = index + (encoded ? kEncoded.size() : 1);
    std::size_t begin = index;
    while (begin > 0 && !hidden[begin - 1] && is_local_part(text[begin - 1])) --begin;
    std::size_t end = after;
    while (end < text.size() && !hidden[end] && is_domain_part(text[end])) ++end;
    if (begin < index && end > after) hide(hidden, begin, end);
  }
}

/// The character at the front of `rest` as it may be shown. Takes it off `rest`.
std::string_view shown_character(std::string_view& rest) {
  const std::size_t length = character_length(rest.substr(0, 4));
  const std::string_view character = rest.substr(0, length);
  rest.remove_prefix(length == 0 ? 1 : length);
  if (length == 0) return kReplacementCharacter;
  const auto first = static_cast<unsigned char>(character[0]);
  const bool control = first < 0x20 || first == 0x7F ||
                       (first == 0xC2 && static_cast<unsigned char>(character[1]) < 0xA0);
  return control ? " " : character;
}

}  // namespace

std::string redacted(std::string_view text, const std::vector<std::string>& secrets) {
  return redacted(text, secrets, std::numeric_limits<std::size_t>::max());
}

std::string redacted(std::string_view text, const std::vector<std::string>& secrets,
                     std::size_t limit) {
  Hidden hidden(text.size(), false);
  hide_secrets(text, secrets, hidden);
  hide_bearer_tokens(text, hidden);
  hide_web_tokens(text, hidden);
  hide_user_info(text, hidden);
  hide_query_strings(text, hidden);
  hide_mail_addresses(text, hidden);

  std::string out;
  std::size_t characters = 0;
  std::string_view rest = text;
  while (!rest.empty() && characters < limit) {
    std::size_t offset = text.size() - rest.size();
    if (!hidden[offset]) {
      out += shown_character(rest);
      ++characters;
      continue;
    }
    while (offset < text.size() && hidden[offset]) ++offset;
    rest = text.substr(offset);
    const std::string_view mark = kMark.substr(0, limit - characters);
    out += mark;
    characters += mark.size();
  }
  return out;
}

}  // namespace bridge
