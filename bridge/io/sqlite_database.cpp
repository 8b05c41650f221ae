#include "io/sqlite_database.hpp"

namespace bridge {
namespace {

constexpr int kBusyMilliseconds = 2000;

std::string file_of(sqlite3* database) {
  const char* const path = sqlite3_db_filename(database, nullptr);
  return path == nullptr ? std::string() : path;
}

void check(int code, sqlite3* database) {
  if (code != SQLITE_OK) throw SqliteError(database);
}

}  // namespace

SqliteError::SqliteError(sqlite3* database)
    : std::runtime_error("The state file " + file_of(database) +
                         " cannot be used: " + sqlite3_errmsg(database) + "."),
      code_(sqlite3_extended_errcode(database)),
      reason_(sqlite3_errmsg(database)) {}

bool SqliteError::is_damage() const {
  const int primary = code_ & 0xFF;
  return primary == SQLITE_CORRUPT || primary == SQLITE_NOTADB || code_ == SQLITE_IOERR_READ ||
         code_ == SQLITE_IOERR_SHORT_READ || code_ == SQLITE_IOERR_CORRUPTFS;
}

SqliteDatabase::SqliteDatabase(const std::string& path) {
  sqlite3* opened = nullptr;
  const int code =
      sqlite3_open_v2(path.c_str(), &opened, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, nullptr);
  handle_.reset(opened);
  if (opened == nullptr) throw std::runtime_error("out of memory");
  check(code, opened);
  sqlite3_extended_result_codes(opened, 1);
  sqlite3_busy_timeout(opened, kBusyMilliseconds);
  execute(
      "PRAGMA cache_size=-256;"
      "PRAGMA mmap_size=0;"
      "PRAGMA temp_store=MEMORY");
}

void SqliteDatabase::execute(const char* statements) {
  check(sqlite3_exec(handle(), statements, nullptr, nullptr, nullptr), handle());
}

std::string SqliteDatabase::single(const char* query) {
  SqliteStatement statement(*this, query);
  SqliteRows rows = statement.rows();
  return rows.next() ? rows.bytes(0) : std::string();
}

SqliteRows::~SqliteRows() {
  sqlite3_reset(statement_);
  sqlite3_clear_bindings(statement_);
}

bool SqliteRows::next() {
  const int code = sqlite3_step(statement_);
  if (code != SQLITE_ROW && code != SQLITE_DONE) {
    throw SqliteError(sqlite3_db_handle(statement_));
  }
  return code == SQLITE_ROW;
}

std::string SqliteRows::bytes(int column) const {
  const void* const content = sqlite3_column_blob(statement_, column);
  const auto size = static_cast<std::size_t>(sqlite3_column_bytes(statement_, column));
  return content == nullptr ? std::string() : std::string(static_cast<const char*>(content), size);
}

std::optional<std::int64_t> SqliteRows::optional_number(int column) const {
  if (sqlite3_column_type(statement_, column) == SQLITE_NULL) return std::nullopt;
  return number(column);
}

SqliteStatement::SqliteStatement(SqliteDatabase& database, const char* text) {
  sqlite3_stmt* prepared = nullptr;
  check(sqlite3_prepare_v3(database.handle(), text, -1, SQLITE_PREPARE_PERSISTENT, &prepared,
                           nullptr),
        database.handle());
  statement_.reset(prepared);
}

void SqliteStatement::bind(int index, std::string_view text) {
  check(sqlite3_bind_text64(statement_.get(), index, text.empty() ? "" : text.data(), text.size(),
                            SQLITE_TRANSIENT, SQLITE_UTF8),
        sqlite3_db_handle(statement_.get()));
}

void SqliteStatement::bind(int index, Blob blob) {
  check(sqlite3_bind_blob64(statement_.get(), index, blob.bytes.empty() ? "" : blob.bytes.data(),
                            blob.bytes.size(), SQLITE_TRANSIENT),
        sqlite3_db_handle(statement_.get()));
}

void SqliteStatement::bind(int index, std::int64_t number) {
  check(sqlite3_bind_int64(statement_.get(), index, number), sqlite3_db_handle(statement_.get()));
}

void SqliteStatement::bind(int index, const std::optional<std::int64_t>& number) {
  if (number) return bind(index, *number);
  check(sqlite3_bind_null(statement_.get(), index), sqlite3_db_handle(statement_.get()));
}

SqliteTransaction::SqliteTransaction(SqliteDatabase& database) : database_(database) {
  database_.execute("BEGIN IMMEDIATE");
}

SqliteTransaction::~SqliteTransaction() {
  const bool is_open = sqlite3_get_autocommit(database_.handle()) == 0;
  if (is_open) sqlite3_exec(database_.handle(), "ROLLBACK", nullptr, nullptr, nullptr);
}

void SqliteTransaction::commit() { database_.execute("COMMIT"); }

}  // namespace bridge
