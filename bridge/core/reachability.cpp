#include "core/reachability.hpp"

#include <algorithm>

#include "bridge/timestamp.hpp"

namespace bridge {
namespace {

constexpr int kListsToBelieve = 3;  // in a row that could not say anything about the device

bool is_fed_by(const DeviceRecord& record, const DeviceRecord& parent) {
  const auto& facts = record.device.facts.get_object();
  return std::any_of(parent.kind->reads.begin(), parent.kind->reads.end(), [&](const Read* read) {
    return facts.contains(read->facts) && record.kind->find_read(read->facts) == nullptr;
  });
}

std::string_view own_reason(const DeviceRecord& record, Instant now) {
  const DeviceKind& kind = *record.kind->kind;
  if (!record.read_trouble.empty()) return record.read_trouble;
  if (record.lists_unread >= kListsToBelieve) return "read_failed";
  if (kind.unreachable != nullptr) {
    if (const auto reason = kind.unreachable(record.device.facts); !reason.empty()) return reason;
  }
  if (kind.heard.empty() || record.kind->stale_after.count() == 0) return "ok";
  const auto moment = moment_at(record.device.facts, kind.heard);
  // A device that was never heard, or whose vendor left the time out, is not called stale.
  return moment && now - *moment > record.kind->stale_after ? "data_stale" : "ok";
}

}  // namespace

std::string_view reachability(const DeviceRecord& record, Instant now, const DeviceRecord* parent) {
  const std::string_view own = own_reason(record, now);
  if (own != "ok" || parent == nullptr || parent->is_online()) return own;
  return is_fed_by(record, *parent) ? "parent_offline" : own;
}

}  // namespace bridge
