#pragma once

#include <string>

#include "io/sqlite_database.hpp"

namespace bridge {

/// The exclusive use of a state directory, kept until the end: two bridges would send every command
/// twice and fight about tokens.
class DirectoryLock {
 public:
  /// Creates the directory where it is missing. Throws std::runtime_error with a sentence.
  explicit DirectoryLock(const std::string& directory);
  DirectoryLock(const DirectoryLock&) = delete;
  DirectoryLock& operator=(const DirectoryLock&) = delete;
  ~DirectoryLock();

 private:
  int descriptor_;
};

/// Whether a bridge uses the state directory at the moment.
bool is_in_use(const std::string& directory);

/// The version of the state file that this program writes, as in SQLite's user_version.
int state_file_version();

/// The state file, with all its tables.
struct StateFile {
  std::string path;
  SqliteDatabase database;
  std::string trouble;  ///< why an older file was set aside; empty: none was
};

/// Opens `cloud2mqtt.db` of the directory, or begins it; nobody but its owner may read it. A
/// damaged one is renamed first. Throws std::runtime_error with a sentence.
StateFile open_state_file(const std::string& directory);

}  // namespace bridge
