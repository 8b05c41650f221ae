#include "core/quota_headers.hpp"

#include <cmath>

#include "bridge/json.hpp"

namespace bridge {
namespace {

constexpr double kMostRequests = 1e8;

std::optional<double> number_in(std::string_view header, double least, double most) {
  const auto number = number_at(Json(header), "");
  return number && *number >= least && *number <= most ? number : std::nullopt;
}

}  // namespace

ToldQuota told_quota(std::chrono::seconds per, std::string_view limit, std::string_view remaining,
                     std::string_view reset) {
  ToldQuota told;
  if (const auto requests = number_in(limit, 1, kMostRequests)) {
    told.limit = static_cast<int>(*requests);
  }
  const auto left = number_in(remaining, 0, told.limit ? *told.limit : kMostRequests);
  const auto seconds = number_in(reset, 0, static_cast<double>(per.count()));
  if (!left || !seconds) return told;
  told.remaining = static_cast<int>(*left);
  told.reset = std::chrono::milliseconds(static_cast<std::int64_t>(std::ceil(*seconds * 1000)));
  return told;
}

}  // namespace bridge
