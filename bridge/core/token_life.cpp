#include "core/token_life.hpp"

#include <boost/json/parse.hpp>
#include <string>

namespace bridge {
namespace {

std::optional<std::string> base64url_decoded(std::string_view encoded) {
  static constexpr std::string_view kAlphabet =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  std::string decoded;
  unsigned bits = 0;
  int count = 0;
  for (const char c : encoded) {
    const auto value = kAlphabet.find(c);
    if (value == std::string_view::npos) return std::nullopt;
    bits = (bits << 6U) | static_cast<unsigned>(value);
    count += 6;
    if (count < 8) continue;
    count -= 8;
    decoded += static_cast<char>((bits >> static_cast<unsigned>(count)) & 0xFFU);
  }
  return decoded;
}

}  // namespace

std::optional<Instant> jwt_expiry(std::string_view token) {
  const auto first = token.find('.');
  const auto second = first == std::string_view::npos ? first : token.find('.', first + 1);
  if (second == std::string_view::npos) return std::nullopt;
  const auto claims = base64url_decoded(token.substr(first + 1, second - first - 1));
  if (!claims) return std::nullopt;
  boost::system::error_code error;
  const Json parsed = boost::json::parse(*claims, error);
  if (error) return std::nullopt;
  const auto expiry = number_at(parsed, "/exp");
  constexpr double kYear9999 = 253402300799.0;
  if (!expiry || *expiry <= 0 || *expiry > kYear9999) return std::nullopt;
  return Instant(std::chrono::seconds(static_cast<std::int64_t>(*expiry)));
}

Instant renewal_time(Instant now, Instant expires) {
  return now + std::chrono::duration_cast<std::chrono::milliseconds>((expires - now) * 9 / 10);
}

}  // namespace bridge
