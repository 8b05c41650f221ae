#pragma once

#include "io/sqlite_database.hpp"
#include "runtime/ports.hpp"

namespace bridge {

/// The table of tokens, which the service and "cloud2mqtt login" share.
class TokenStatements {
 public:
  explicit TokenStatements(SqliteDatabase& database) : database_(database) {}

  std::optional<StoredToken> token(const std::string& account) {
    SqliteRows rows = read_.rows(account);
    if (!rows.next()) return std::nullopt;
    const Instant expires{std::chrono::milliseconds(rows.number(2))};
    return StoredToken{rows.bytes(0), rows.bytes(1),       expires,
                       rows.bytes(3), rows.number(4) != 0, rows.bytes(5)};
  }
  void save(const std::string& account, const StoredToken& token) {
    const std::int64_t expires = token.expires.time_since_epoch().count();
    save_.run(account, token.access, token.refresh, expires, token.previous,
              std::int64_t{token.refused}, token.mark);
  }

 private:
  SqliteDatabase& database_;
  SqliteStatement read_{
      database_,
      "SELECT access, refresh, expires, previous, refused, mark FROM tokens WHERE account=?"};
  SqliteStatement save_{
      database_,
      "REPLACE INTO tokens(account, access, refresh, expires, previous, refused, mark)"
      " VALUES(?,?,?,?,?,?,?)"};
};

/// Everything the store asks of the tables in state_file.cpp, prepared once.
struct SqliteStatements {
  SqliteDatabase& loop;            ///< the connection of the loop's thread
  SqliteDatabase& journal_writer;  ///< the one of accept()

  TokenStatements tokens{loop};
  SqliteStatement requests{loop, "SELECT moments FROM requests WHERE account=?"};
  SqliteStatement save_requests{loop, "REPLACE INTO requests VALUES(?,?)"};
  SqliteStatement announcers{loop, "SELECT DISTINCT account FROM announced ORDER BY account"};
  SqliteStatement announced{loop,
                            "SELECT topic, device, components FROM announced WHERE account=?"};
  SqliteStatement save_announced{
      loop,
      "INSERT INTO announced VALUES(?,?,?,?) ON CONFLICT DO UPDATE SET device=excluded.device,"
      " components=excluded.components"
      " WHERE (device, components) IS NOT (excluded.device, excluded.components)"};
  SqliteStatement forget_announced{loop, "DELETE FROM announced WHERE account=? AND topic=?"};
  SqliteStatement facts{loop, "SELECT json FROM facts WHERE account=? AND device=? AND read=?"};
  SqliteStatement save_facts{
      loop,
      "INSERT INTO facts VALUES(?,?,?,?) ON CONFLICT DO UPDATE SET json=excluded.json"
      " WHERE json IS NOT excluded.json"};
  SqliteStatement forget_facts{loop, "DELETE FROM facts WHERE account=? AND device=? AND read=?"};
  SqliteStatement outbox{loop, "SELECT id, topic, payload, correlation FROM outbox ORDER BY id"};
  SqliteStatement save_outbox{loop, "INSERT INTO outbox VALUES(?,?,?,?)"};
  SqliteStatement delivered{loop, "DELETE FROM outbox WHERE id=?"};
  SqliteStatement accept{journal_writer, "INSERT INTO journal VALUES(?,0,?,?,?,?,?,?)"};
  SqliteStatement journal{loop,
                          "SELECT id, stage, arrived, topic, payload, response_topic,"
                          " correlation, expires_in FROM journal ORDER BY id"};
  SqliteStatement mark_started{loop, "UPDATE journal SET stage=1 WHERE id=?"};
  SqliteStatement finish_command{loop, "DELETE FROM journal WHERE id=?"};
  SqliteStatement outcome{loop,
                          "SELECT payload, outcome, given FROM outcomes WHERE key=? AND given>=?"};
  SqliteStatement save_outcome{loop, "REPLACE INTO outcomes VALUES(?,?,?,?)"};
  SqliteStatement forget_outcomes{loop, "DELETE FROM outcomes WHERE given NOT BETWEEN ? AND ?"};
};

}  // namespace bridge
