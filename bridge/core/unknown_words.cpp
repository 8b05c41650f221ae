#include "core/unknown_words.hpp"

#include "core/redact.hpp"

namespace bridge {
namespace {

constexpr std::size_t kMost = 50;
constexpr std::size_t kLongestWord = 60;

}  // namespace

std::string UnknownWords::sentence(std::string_view account, std::string_view kind,
                                   const UnknownWord& unknown) {
  if (told_.size() >= kMost) return {};
  const std::string word = redacted(unknown.word, {}, kLongestWord);
  const std::string place = std::string(kind) + ", " + std::string(unknown.key);
  if (!told_.insert(std::string(account) + ": " + place + ": " + word).second) return {};
  return place + ": the vendor says \"" + word +
         "\", which its documents do not list: it is shown as unknown; please report it";
}

}  // namespace bridge
