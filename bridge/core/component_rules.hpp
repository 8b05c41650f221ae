#pragma once

#include <boost/json/object.hpp>
#include <string_view>
#include <vector>

#include "core/discovery_rules.hpp"

namespace bridge {

/// Holds one component of a device document against the rules of its platform. `root` is the
/// document, whose shared options count for the component where it has none of its own.
void find_in_component(std::string_view key, const Json& component, const boost::json::object& root,
                       std::vector<Finding>& findings);

}  // namespace bridge
