#pragma once

#include <memory>
#include <string>

#include "runtime/ports.hpp"

namespace bridge {

/// Durable state in one SQLite file `cloud2mqtt.db` of the directory (mode 0600, WAL). A file that
/// cannot be read is set aside under another name; trouble() then says so. Throws
/// std::runtime_error with a sentence when the directory cannot be used at all.
std::unique_ptr<Store> make_sqlite_store(const std::string& directory);

}  // namespace bridge
