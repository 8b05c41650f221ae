#pragma once

// SQLite as values: a connection, a statement that is prepared once, its rows, a transaction.
// Whatever fails is an SqliteError.

#include <sqlite3.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>

namespace bridge {

/// What SQLite could not do with a file: a sentence.
class SqliteError : public std::runtime_error {
 public:
  explicit SqliteError(sqlite3* database);

  /// Whether the file's content is damaged, as opposed to the disk being full or locked.
  bool is_damage() const;

  /// SQLite's own words for it, without the file: "database or disk is full".
  const std::string& reason() const { return reason_; }

 private:
  int code_;
  std::string reason_;
};

/// One connection, for one thread at a time.
class SqliteDatabase {
 public:
  /// Opens a file that exists already. Waits up to two seconds for another writer.
  explicit SqliteDatabase(const std::string& path);

  /// Runs statements that return nothing of interest.
  void execute(const char* statements);

  /// The first column of the first row, as text; empty where there is none.
  std::string single(const char* query);

  sqlite3* handle() const { return handle_.get(); }

 private:
  struct Close {
    void operator()(sqlite3* database) const { sqlite3_close_v2(database); }
  };
  std::unique_ptr<sqlite3, Close> handle_;
};

/// Bytes that are not text.
struct Blob {
  std::string_view bytes;
};

/// The rows of a statement, one after the other. Frees the statement for its next use at the end.
class SqliteRows {
 public:
  explicit SqliteRows(sqlite3_stmt* statement) : statement_(statement) {}
  SqliteRows(const SqliteRows&) = delete;
  SqliteRows& operator=(const SqliteRows&) = delete;
  ~SqliteRows();

  /// Steps to the next row; false after the last one.
  bool next();

  std::string bytes(int column) const;  ///< of a text or a blob
  std::int64_t number(int column) const { return sqlite3_column_int64(statement_, column); }
  std::optional<std::int64_t> optional_number(int column) const;

 private:
  sqlite3_stmt* statement_;
};

/// A statement that is prepared once and run often.
class SqliteStatement {
 public:
  SqliteStatement(SqliteDatabase& database, const char* text);

  /// Runs it with these values for its question marks.
  template <class... Values>
  SqliteRows rows(const Values&... values) {
    int index = 0;
    (bind(++index, values), ...);
    return SqliteRows(statement_.get());
  }

  /// The same, to the end at once.
  template <class... Values>
  void run(const Values&... values) {
    SqliteRows all = rows(values...);
    while (all.next()) {
    }
  }

 private:
  struct Finalize {
    void operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }
  };

  void bind(int index, std::string_view text);
  void bind(int index, Blob blob);
  void bind(int index, std::int64_t number);
  void bind(int index, const std::optional<std::int64_t>& number);

  std::unique_ptr<sqlite3_stmt, Finalize> statement_;
};

/// Begins to write at once; what is not committed at its end is undone.
class SqliteTransaction {
 public:
  explicit SqliteTransaction(SqliteDatabase& database);
  SqliteTransaction(const SqliteTransaction&) = delete;
  SqliteTransaction& operator=(const SqliteTransaction&) = delete;
  ~SqliteTransaction();

  void commit();

 private:
  SqliteDatabase& database_;
};

}  // namespace bridge
