#include "core/http_date.hpp"

#include <string>

#include "bridge/timestamp.hpp"

namespace bridge {

std::optional<Instant> parse_http_date(std::string_view written) {
  constexpr std::string_view kForm = "Sun, 06 Nov 1994 08:49:37 GMT";
  constexpr std::string_view kMonths = "JanFebMarAprMayJunJulAugSepOctNovDec";
  if (written.size() != kForm.size() || !written.ends_with(" GMT")) return std::nullopt;
  const auto month = kMonths.find(written.substr(8, 3));
  if (month == std::string_view::npos || month % 3 != 0) return std::nullopt;
  const std::string number = std::to_string(month / 3 + 101).substr(1);
  return parse_time(std::string(written.substr(12, 4)) + '-' + number + '-' +
                    std::string(written.substr(5, 2)) + 'T' + std::string(written.substr(17, 8)) + 'Z');
}

}  // namespace bridge
