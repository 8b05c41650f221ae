#include "io/login_store.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <filesystem>
#include <system_error>
#include <thread>

#include "io/sqlite_statements.hpp"
#include "io/sqlite_store.hpp"
#include "io/state_file.hpp"

namespace bridge {
namespace {

constexpr const char* kFiles[] = {"cloud2mqtt.lock", "cloud2mqtt.db", "cloud2mqtt.db-wal",
                                  "cloud2mqtt.db-shm"};

constexpr auto kMaking = std::chrono::seconds(5);
constexpr auto kLook = std::chrono::milliseconds(50);

/// A service that has just begun may still be making its file, whose version is then 0.
std::string settled_version(SqliteDatabase& database) {
  const auto latest = std::chrono::steady_clock::now() + kMaking;
  for (;;) {
    std::string version = database.single("PRAGMA user_version");
    if (version != "0" || std::chrono::steady_clock::now() >= latest) return version;
    std::this_thread::sleep_for(kLook);
  }
}

/// The file under a running service: as it is, it is neither mended nor brought to another version.
SqliteDatabase shared_file(const std::string& path) {
  SqliteDatabase database(path);
  if (settled_version(database) != std::to_string(state_file_version())) {
    throw std::runtime_error("The running service is another version of cloud2mqtt: restart it, " +
                             std::string("then try again."));
  }
  database.execute("PRAGMA synchronous=FULL");
  return database;
}

/// The store, for us alone; null while a service has it, also one that took it this very moment.
std::unique_ptr<Store> own_store(const std::string& directory) {
  if (is_in_use(directory)) return nullptr;
  try {
    return make_sqlite_store(directory);
  } catch (const std::runtime_error&) {
    if (is_in_use(directory)) return nullptr;
    throw;
  }
}

}  // namespace

void LoginStore::check_writable() {
  if (const auto store = own_store(directory_)) {
    give_to_owner();
    return;
  }
  SqliteDatabase database = shared_file(directory_ + "/cloud2mqtt.db");
  SqliteTransaction transaction(database);
}

std::optional<StoredToken> LoginStore::token(const std::string& account) const {
  const std::string path = directory_ + "/cloud2mqtt.db";
  std::error_code unreachable;
  if (!std::filesystem::exists(path, unreachable) && !unreachable) return std::nullopt;
  if (unreachable) {
    throw std::runtime_error("The state file " + path + " cannot be used: " +
                             unreachable.message() + ".");
  }
  SqliteDatabase database(path);
  const std::string version = database.single("PRAGMA user_version");
  if (version == std::to_string(state_file_version())) {
    return TokenStatements(database).token(account);
  }
  const std::string refused = version == "1" ? "0" : "refused";
  const std::string query = "SELECT access, refresh, expires, " + refused;
  SqliteStatement statement(database, (query + " FROM tokens WHERE account=?").c_str());
  SqliteRows rows = statement.rows(account);
  if (!rows.next()) return std::nullopt;
  const Instant expires{std::chrono::milliseconds(rows.number(2))};
  return StoredToken{rows.bytes(0), rows.bytes(1), expires, {}, rows.number(3) != 0};
}

void LoginStore::save_token(const std::string& account, const StoredToken& token) {
  if (const auto store = own_store(directory_)) {
    store->save_token(account, token);
    Commit forgetting;
    forgetting.facts.push_back({account, kNoDevice, kKeptList, "null"});
    store->commit(forgetting);
    give_to_owner();
    return;
  }
  SqliteDatabase database = shared_file(directory_ + "/cloud2mqtt.db");
  TokenStatements(database).save(account, token);
}

void LoginStore::give_to_owner() const {
  struct stat owner {};
  if (::geteuid() != 0 || ::stat(directory_.c_str(), &owner) != 0 || owner.st_uid == 0) return;
  for (const char* file : kFiles) {
    const std::string path = directory_ + '/' + file;
    if (::lchown(path.c_str(), owner.st_uid, owner.st_gid) != 0 && errno != ENOENT) {
      throw std::runtime_error("The state file " + path + " could not be given to the service.");
    }
  }
}

}  // namespace bridge
