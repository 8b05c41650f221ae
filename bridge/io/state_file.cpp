#include "io/state_file.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cstdio>
#include <filesystem>
#include <iterator>
#include <memory>
#include <system_error>
#include <thread>

#include "bridge/timestamp.hpp"

namespace bridge {
namespace {

// Each one leads from its own number to the next. Never change one that was released: add another.
constexpr const char* kMigrations[] = {
    "CREATE TABLE tokens(account TEXT PRIMARY KEY, access TEXT, refresh TEXT, expires INTEGER)"
    " WITHOUT ROWID;"
    "CREATE TABLE requests(account TEXT PRIMARY KEY, moments BLOB) WITHOUT ROWID;"
    "CREATE TABLE announced(account TEXT, topic TEXT, device TEXT, components TEXT,"
    " PRIMARY KEY(account, topic)) WITHOUT ROWID;"
    "CREATE TABLE facts(account TEXT, device TEXT, read TEXT, json TEXT,"
    " PRIMARY KEY(account, device, read));"
    "CREATE TABLE outbox(id INTEGER PRIMARY KEY, topic TEXT, payload BLOB, correlation BLOB);"
    "CREATE TABLE journal(id INTEGER PRIMARY KEY, stage INTEGER, arrived INTEGER, topic TEXT,"
    " payload BLOB, response_topic TEXT, correlation BLOB, expires_in INTEGER);"
    "CREATE TABLE outcomes(key TEXT PRIMARY KEY, payload BLOB, outcome TEXT, given INTEGER)"
    " WITHOUT ROWID;",
    "ALTER TABLE tokens ADD COLUMN previous TEXT NOT NULL DEFAULT '';"
    "ALTER TABLE tokens ADD COLUMN refused INTEGER NOT NULL DEFAULT 0;",
    "ALTER TABLE tokens ADD COLUMN mark TEXT NOT NULL DEFAULT '';",
};
constexpr int kVersion = static_cast<int>(std::size(kMigrations));

std::string reason() { return std::generic_category().message(errno); }

[[noreturn]] void refuse(const std::string& path, const std::string& why) {
  throw std::runtime_error("The state file " + path + " cannot be used: " + why + ".");
}

void sync(const std::string& path) {
  const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) return;
  ::fsync(descriptor);
  ::close(descriptor);
}

// SQLite gives its side files the mode of the main one, so that one is made before SQLite sees it.
void make_private(const std::string& path) {
  const int descriptor = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (descriptor < 0) refuse(path, reason());
  struct stat found {};
  const bool is_private = ::fstat(descriptor, &found) == 0 && (found.st_mode & 0777) == 0600;
  const bool done = is_private || ::fchmod(descriptor, 0600) == 0;
  const std::string why = done ? std::string() : reason();
  ::close(descriptor);
  if (!done) refuse(path, why);
  for (const char* suffix : {"-wal", "-shm"}) ::chmod((path + suffix).c_str(), 0600);
}

// A power cut while the tables are made leaves a file without them, or a damaged one without any
// content; neither needs to wait for the disk more than once.
void begin(SqliteDatabase& database, const std::string& path) {
  database.execute("PRAGMA synchronous=OFF");
  {
    SqliteTransaction transaction(database);
    for (const char* migration : kMigrations) database.execute(migration);
    database.execute(("PRAGMA user_version=" + std::to_string(kVersion)).c_str());
    transaction.commit();
  }
  database.execute("PRAGMA journal_mode=WAL");
  sync(path);
  sync(std::filesystem::path(path).parent_path().string());
}

void migrate(SqliteDatabase& database, int version) {
  SqliteTransaction transaction(database);
  for (; version < kVersion; ++version) database.execute(kMigrations[version]);
  database.execute(("PRAGMA user_version=" + std::to_string(kVersion)).c_str());
  transaction.commit();
}

/// What is wrong with the content; empty: nothing.
std::string damage(SqliteDatabase& database) {
  const std::string found = database.single("PRAGMA quick_check(1)");
  sqlite3_db_release_memory(database.handle());  // it has read every page
  return found == "ok" ? std::string() : found;
}

struct Opened {
  std::unique_ptr<SqliteDatabase> database;
  std::string damage;
};

Opened open_once(const std::string& path) {
  make_private(path);
  try {
    auto database = std::make_unique<SqliteDatabase>(path);
    const int version = std::stoi(database->single("PRAGMA user_version"));
    if (version > kVersion) {
      throw std::runtime_error("The state file " + path + " was written by a newer version of" +
                               " cloud2mqtt; install that version again, or move the file away.");
    }
    if (version == 0) {
      begin(*database, path);
    } else {
      if (std::string found = damage(*database); !found.empty()) return {nullptr, found};
      if (version < kVersion) migrate(*database, version);
    }
    return {std::move(database), {}};
  } catch (const SqliteError& error) {
    if (!error.is_damage()) refuse(path, error.reason());
    return {nullptr, error.reason()};
  }
}

/// Renames the file and its side files; the name it has from now on.
std::string set_aside(const std::string& path) {
  const auto now = std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now());
  std::string stamp = format_time(now).substr(0, 19);  // without fraction
  std::erase(stamp, '-');
  std::erase(stamp, ':');
  const std::string kept = path + ".damaged-" + stamp + "Z";
  if (std::rename(path.c_str(), kept.c_str()) != 0) refuse(path, "it is damaged, " + reason());
  for (const char* suffix : {"-wal", "-shm"}) {
    std::rename((path + suffix).c_str(), (kept + suffix).c_str());
  }
  return kept;
}

}  // namespace

DirectoryLock::DirectoryLock(const std::string& directory) {
  std::error_code failed;
  std::filesystem::create_directories(directory, failed);
  const std::string path = directory + "/cloud2mqtt.lock";
  descriptor_ = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (descriptor_ < 0) {
    throw std::runtime_error("The state directory " + directory + " cannot be used: " + reason() +
                             ".");
  }
  // A login, or one that looks whether a service runs, holds it for a moment.
  for (int tries = 30; ::flock(descriptor_, LOCK_EX | LOCK_NB) != 0; --tries) {
    if (errno != EWOULDBLOCK || tries == 0) break;
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
  }
  if (::flock(descriptor_, LOCK_EX | LOCK_NB) == 0) return;
  const std::string why = errno == EWOULDBLOCK ? "another cloud2mqtt is running on it" : reason();
  ::close(descriptor_);
  throw std::runtime_error("The state directory " + directory + " cannot be used: " + why + ".");
}

DirectoryLock::~DirectoryLock() { ::close(descriptor_); }

bool is_in_use(const std::string& directory) {
  const int descriptor = ::open((directory + "/cloud2mqtt.lock").c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) return false;
  const bool in_use = ::flock(descriptor, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK;
  ::close(descriptor);
  return in_use;
}

int state_file_version() { return kVersion; }

StateFile open_state_file(const std::string& directory) {
  const std::string path = directory + "/cloud2mqtt.db";
  Opened opened = open_once(path);
  std::string trouble;
  if (!opened.database) {
    trouble = "The state file " + path + " is damaged (" + opened.damage + "): it is kept as " +
              set_aside(path) + ", and a new one was begun, without logins and totals.";
    opened = open_once(path);
    if (!opened.database) refuse(path, opened.damage);
  }
  return {path, std::move(*opened.database), trouble};
}

}  // namespace bridge
