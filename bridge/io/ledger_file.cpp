#include "io/ledger_file.hpp"

#include <filesystem>
#include <stdexcept>

#include "io/sqlite_database.hpp"

namespace bridge {

std::map<std::string, std::vector<Announced>> announced_in(const std::string& directory) {
  const std::string path = directory + "/cloud2mqtt.db";
  std::error_code unreachable;
  if (!std::filesystem::exists(path, unreachable) && !unreachable) return {};
  if (unreachable) {
    throw std::runtime_error("The state file " + path + " cannot be used: " +
                             unreachable.message() + ".");
  }
  SqliteDatabase database(path);
  SqliteStatement statement(
      database, "SELECT account, topic, device, components FROM announced ORDER BY account, topic");
  std::map<std::string, std::vector<Announced>> all;
  SqliteRows rows = statement.rows();
  while (rows.next()) all[rows.bytes(0)].push_back({rows.bytes(1), rows.bytes(2), rows.bytes(3)});
  return all;
}

}  // namespace bridge
