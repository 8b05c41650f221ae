#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "core/device_registry.hpp"

namespace bridge {

/// Complete lists without a device until it is taken out, and until what is missing is known.
inline constexpr int kListsToBelieve = 3;

/// How many devices of a kind the vendor says that there are.
using DeviceCounts = std::vector<std::pair<std::string_view, std::size_t>>;

/// Whether a list that calls itself complete is believed where devices are missing in it. An outage
/// that answers with an empty list is not the end of every device.
class ListBelief {
 public:
  /// Judges the list that the registry has just seen: why no device is taken out by it, for people;
  /// empty: it is believed. `announced` are the devices that an earlier process left at the broker,
  /// `now` is monotonic.
  std::string judge(const DeviceRegistry& registry, const std::vector<ResolvedKind>& kinds,
                    const DeviceCounts& counts, const std::vector<std::string>& announced,
                    std::chrono::milliseconds now);
  /// Whether the last doubt is another than the one before: then people want to hear of it.
  bool is_news() const { return is_news_; }
  /// Whether so many lists were believed that a device which none of them had is gone.
  bool knows_devices() const { return believed_ >= kListsToBelieve; }

 private:
  std::string doubt(const DeviceRegistry& registry, const std::vector<ResolvedKind>& kinds,
                    const DeviceCounts& counts, const std::vector<std::string>& announced,
                    std::chrono::milliseconds now);

  std::optional<std::chrono::milliseconds> vanished_since_;  // every device of a kind
  std::string last_doubt_;
  bool is_news_ = false;
  int believed_ = 0;
};

}  // namespace bridge
