#include "core/refusal.hpp"

#include <algorithm>

#include "core/characters.hpp"
#include "core/json_text.hpp"
#include "core/utf8.hpp"

namespace bridge {
namespace {

constexpr std::size_t kLongestQuote = 40;

}  // namespace

Error refusal(std::string message) { return {Errc::invalid_argument, std::move(message)}; }

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

std::string quoted(const Json& value) {
  if (value.is_string()) return in_quotes(std::string_view(value.get_string()));
  if (value.is_object()) return "an object";
  if (value.is_array()) return "an array";
  return shortened(json_text(value), kLongestQuote);
}

}  // namespace bridge
