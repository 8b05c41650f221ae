#pragma once

#include <iosfwd>
#include <map>
#include <string>
#include <vector>

#include "core/configuration.hpp"
#include "runtime/ports.hpp"

namespace bridge {

/// Prints what the next start with this configuration takes back of what was announced: documents
/// of accounts that are gone, under another prefix or base topic, and entities that no kind of
/// device has any more. Which devices the vendor still lists only the vendor knows.
void print_discovery_changes(const Configuration& configuration,
                             const std::map<std::string, std::vector<Announced>>& announced,
                             std::ostream& out);

}  // namespace bridge
