#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <string>

#include "runtime/ports.hpp"

namespace bridge {

/// What the age of outcomes is counted by, whatever becomes of the wall clock.
using SteadyTime = std::function<std::chrono::steady_clock::time_point()>;

/// Durable state in one SQLite file `cloud2mqtt.db` of the directory (mode 0600, WAL). A file that
/// cannot be read is set aside under another name; trouble() then says so. Throws
/// std::runtime_error with a sentence when the directory cannot be used at all.
std::unique_ptr<Store> make_sqlite_store(
    const std::string& directory, SteadyTime steady_time = std::chrono::steady_clock::now);

}  // namespace bridge
