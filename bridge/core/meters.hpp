#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/resolved_kind.hpp"

namespace bridge {

/// What a device's meters stand at. Home Assistant takes a counter that falls for a meter that
/// began anew, and adds all of it when it is back: a vendor's answer with a stray 0 would double
/// what people used. So a fall is believed when a second answer says it too.
class Meters {
 public:
  /// The device's facts have just been read, under this name. True: what has to be said changed.
  bool read(const ResolvedKind& kind, const Device& device, std::string_view facts);
  /// Whether a fall waits for the next answer.
  bool in_doubt() const;
  /// What is said of a row instead of its fact; null: the fact.
  const Json* instead_of(const ResolvedRow& row) const;

 private:
  struct Meter {
    std::string key;  // of its row: rows are made anew while a fall waits
    Json said;
    bool in_doubt = false;
  };
  Meter& meter_of(const ResolvedRow& row);

  std::vector<Meter> meters_;
};

}  // namespace bridge
