#pragma once

#include <string>

#include "bridge/mapper.hpp"

namespace bridge {

/// The reference of one vendor as Markdown: its settings, what is read how often, and for each kind
/// of device its topics, keys and commands, with the documented answers as examples. It stands in
/// docs/vendors/<mapper>.md.
std::string vendor_page(const Mapper& mapper);

}  // namespace bridge
