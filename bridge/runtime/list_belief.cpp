#include "runtime/list_belief.hpp"

#include <algorithm>

#include "core/topics.hpp"

namespace bridge {
namespace {

constexpr auto kLongestDoubt = std::chrono::hours(24);

/// A sentence when the vendor counts more devices of a kind than it lists, or fewer.
std::string miscount(const DeviceRegistry& registry, const DeviceCounts& counts) {
  for (const auto& [kind, total] : counts) {
    const std::size_t listed = registry.listed(kind);
    if (listed <= total && total <= listed + registry.never_read()) continue;
    return "the vendor counts " + std::to_string(total) + " devices but lists " +
           std::to_string(listed) + ": none is taken out";
  }
  return {};
}

/// The devices of kinds of which the list has none at all.
std::size_t vanished(const DeviceRegistry& registry, const std::vector<ResolvedKind>& kinds,
                     const std::vector<std::string>& announced) {
  std::size_t gone = 0, listed = 0;
  for (const ResolvedKind& kind : kinds) {
    if (kind.kind->name == kHub) continue;
    const std::size_t present = registry.listed(kind.kind->name);
    listed += present;
    if (present > 0) continue;
    const auto is_one = [&](const Record& record) { return record->kind == &kind; };
    gone += static_cast<std::size_t>(std::ranges::count_if(registry.all(), is_one));
  }
  if (gone > 0 || listed > 0 || registry.never_read() > 0) return gone;
  const auto is_device = [](const std::string& device) { return device != kHub; };
  return static_cast<std::size_t>(std::ranges::count_if(announced, is_device));
}

}  // namespace

std::string ListBelief::judge(const DeviceRegistry& registry, const std::vector<ResolvedKind>& kinds,
                              const DeviceCounts& counts, const std::vector<std::string>& announced,
                              std::chrono::milliseconds now) {
  std::string found = doubt(registry, kinds, counts, announced, now);
  if (found.empty()) ++believed_;
  is_news_ = !found.empty() && found != last_doubt_;
  last_doubt_ = found;
  return found;
}

std::string ListBelief::doubt(const DeviceRegistry& registry, const std::vector<ResolvedKind>& kinds,
                              const DeviceCounts& counts, const std::vector<std::string>& announced,
                              std::chrono::milliseconds now) {
  if (std::string differs = miscount(registry, counts); !differs.empty()) return differs;
  if (registry.nameless_now() > 0) {
    return "an element of the list has no id, it may be any device: none is taken out";
  }
  const std::size_t gone = vanished(registry, kinds, announced);
  if (gone == 0) {
    vanished_since_.reset();
    return {};
  }
  if (!vanished_since_) vanished_since_ = now;
  if (now - *vanished_since_ >= kLongestDoubt) return {};
  return "the vendor lists none of " + std::to_string(gone) +
         (gone == 1 ? " device" : " devices of a kind") +
         " any more: taken out when that stays so for a day";
}

}  // namespace bridge
