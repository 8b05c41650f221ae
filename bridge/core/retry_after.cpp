#include "core/retry_after.hpp"

#include <algorithm>

#include "core/http_date.hpp"

namespace bridge {

using namespace std::chrono_literals;

std::optional<std::chrono::milliseconds> retry_after(std::string_view header, Instant now) {
  if (header.empty()) return std::nullopt;
  const auto seconds = number_at(Json(boost::json::string(header)), "");
  if (seconds && *seconds >= 0 && *seconds < 1e9) {
    return std::chrono::milliseconds(static_cast<std::int64_t>(*seconds * 1000));
  }
  if (const auto date = parse_http_date(header)) return std::max(0ms, *date - now);
  return std::nullopt;
}

}  // namespace bridge
