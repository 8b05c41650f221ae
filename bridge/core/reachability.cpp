#include "core/reachability.hpp"

#include "bridge/timestamp.hpp"

namespace bridge {
namespace {

constexpr int kListsToBelieve = 3;  // in a row that could not say anything about the device

}  // namespace

std::string_view reachability(const DeviceRecord& record, Instant now) {
  const DeviceKind& kind = *record.kind->kind;
  if (!record.read_trouble.empty()) return record.read_trouble;
  if (record.lists_unread >= kListsToBelieve) return "read_failed";
  if (kind.unreachable != nullptr) {
    if (const auto reason = kind.unreachable(record.device.facts); !reason.empty()) return reason;
  }
  if (kind.heard.empty() || record.kind->stale_after.count() == 0) return "ok";
  const Json& heard = at(record.device.facts, kind.heard);
  const auto moment = heard.is_string() ? parse_time(heard.get_string()) : std::nullopt;
  // A device that was never heard, or whose vendor left the time out, is not called stale.
  return moment && now - *moment > record.kind->stale_after ? "data_stale" : "ok";
}

}  // namespace bridge
