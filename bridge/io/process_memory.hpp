#pragma once

#include <cstdint>

namespace bridge {

/// Resident memory of this process in KiB; 0 where the system does not say.
std::int64_t process_memory_kib();

}  // namespace bridge
