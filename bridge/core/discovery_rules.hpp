#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "bridge/json.hpp"

namespace bridge {

/// A rule of Home Assistant that a discovery document breaks.
struct Finding {
  std::string component;  ///< its key; empty: the document as a whole is refused
  std::string rule;       ///< a sentence: what is wrong and what Home Assistant does about it
};

/// Holds a device discovery document and its topic against Home Assistant's rules, as checked
/// against the schemas of 2025.4 to 2026.9: topic grammar, known keys, required keys, lengths,
/// classes with their units and state classes, categories, options, ranges, availability,
/// identifiers, entity ids, templates that need a key the state lacks are not seen here.
std::vector<Finding> discovery_findings(std::string_view topic, const Json& document);

}  // namespace bridge
