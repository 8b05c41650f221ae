#pragma once

#include "bridge/mapper.hpp"

namespace bridge {

/// Settings with every flag on, every word of every list, the first of every choice: the most that a
/// mapper can have.
Settings every_setting(const Mapper& mapper);

}  // namespace bridge
