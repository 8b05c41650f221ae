#pragma once

#include <boost/json/object.hpp>
#include <string>
#include <vector>

#include "core/discovery.hpp"

namespace bridge {

/// The discovery document of a device as its rows have it, before it is held against Home
/// Assistant's rules. It lives in `storage`.
boost::json::object device_document(const Announcer& from, const ResolvedKind& kind,
                                    const Device& device, const std::vector<std::string>& gone,
                                    const boost::json::storage_ptr& storage);

}  // namespace bridge
