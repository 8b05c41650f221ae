#include "io/sqlite_store.hpp"

#include <chrono>
#include <cstring>
#include <mutex>
#include <span>

#include "io/sqlite_statements.hpp"
#include "io/state_file.hpp"

namespace bridge {
namespace {

using std::chrono::milliseconds;

/// How long outcomes are kept for repetitions at least, and how often the older ones are cleared
/// away.
constexpr std::chrono::hours kOutcomeLife(1);

constexpr std::size_t kLedgerBatch = 256;

std::int64_t number(Instant instant) { return instant.time_since_epoch().count(); }
Instant instant(std::int64_t number) { return Instant(milliseconds(number)); }

Instant system_time() { return std::chrono::floor<milliseconds>(std::chrono::system_clock::now()); }

/// The first number that no row of the table has. Numbers are counted in memory from there, since
/// SQLite by itself would give a deleted row's number to the next one.
std::int64_t first_free(SqliteDatabase& database, const char* query) {
  const std::string largest = database.single(query);
  return largest.empty() ? 1 : std::stoll(largest) + 1;
}

enum class Durability { at_once, soon };

constexpr std::int64_t kMostRepetitions = 10'000'000;

// A moment in milliseconds; or a negative number: so many times more the moment before it.
std::vector<std::int64_t> packed_moments(const std::vector<Instant>& moments) {
  std::vector<std::int64_t> packed;
  const Instant* last = nullptr;
  for (const Instant& moment : moments) {
    const bool repeats = last != nullptr && *last == moment;
    if (repeats && packed.back() < 0) {
      --packed.back();
    } else {
      packed.push_back(repeats ? -1 : std::max<std::int64_t>(0, moment.time_since_epoch().count()));
    }
    last = &moment;
  }
  return packed;
}

std::vector<Instant> unpacked(const std::vector<std::int64_t>& packed) {
  std::vector<Instant> moments;
  for (const std::int64_t each : packed) {
    if (each >= 0) {
      moments.emplace_back(std::chrono::milliseconds(each));
    } else if (!moments.empty()) {
      const auto count = -std::max(each, -kMostRepetitions);
      moments.insert(moments.end(), static_cast<std::size_t>(count), Instant(moments.back()));
    }
  }
  return moments;
}

class SqliteStore : public Store {
 public:
  SqliteStore(const std::string& directory, SteadyTime steady_time)
      : lock_(directory),
        file_(open_state_file(directory)),
        journal_database_(file_.path),
        steady_time_(std::move(steady_time)),
        next_clearing_(steady_time_() + kOutcomeLife) {
    // A checkpoint may take a while, and the broker waits for accept().
    journal_database_.execute(
        "PRAGMA synchronous=FULL; PRAGMA wal_autocheckpoint=0; PRAGMA cache_size=-32");
    set(Durability::at_once);
  }

  ~SqliteStore() override {
    try {
      write(Durability::soon, [] {});
    } catch (const std::exception&) {
      // The disk is full, and what is lost is announced again after the next start.
    }
  }

  std::string trouble() const override { return file_.trouble; }

  std::optional<StoredToken> token(const std::string& account) override {
    return sql_.tokens.token(account);
  }

  void save_token(const std::string& account, const StoredToken& token) override {
    write(Durability::at_once, [&] { sql_.tokens.save(account, token); });
  }

  std::vector<Instant> requests(const std::string& account) override {
    SqliteRows rows = sql_.requests.rows(account);
    if (!rows.next()) return {};
    const std::string bytes = rows.bytes(0);
    std::vector<std::int64_t> packed(bytes.size() / sizeof(std::int64_t));
    if (!packed.empty()) {
      std::memcpy(packed.data(), bytes.data(), packed.size() * sizeof(std::int64_t));
    }
    return unpacked(packed);
  }

  void save_requests(const std::string& account, const std::vector<Instant>& moments) override {
    const std::vector<std::int64_t> packed = packed_moments(moments);
    const auto bytes = std::as_bytes(std::span(packed));
    const Blob blob{{reinterpret_cast<const char*>(bytes.data()), bytes.size()}};
    write(Durability::soon, [&] { sql_.save_requests.run(account, blob); });
  }

  std::vector<std::string> announcers() override {
    write(Durability::soon, [] {});
    std::vector<std::string> all;
    SqliteRows rows = sql_.announcers.rows();
    while (rows.next()) all.push_back(rows.bytes(0));
    return all;
  }

  std::vector<Announced> announced(const std::string& account) override {
    write(Durability::soon, [] {});
    std::vector<Announced> all;
    SqliteRows rows = sql_.announced.rows(account);
    while (rows.next()) all.push_back({rows.bytes(0), rows.bytes(1), rows.bytes(2)});
    return all;
  }

  void save_announced(const std::string& account, const std::vector<Announced>& rows) override {
    for (const Announced& announced : rows) note({account, announced, false});
  }

  void forget_announced(const std::string& account, const std::string& topic) override {
    note({account, {topic, {}, {}}, true});
  }

  std::string facts(const std::string& account, const std::string& device,
                    const std::string& read) override {
    SqliteRows rows = sql_.facts.rows(account, device, read);
    return rows.next() ? rows.bytes(0) : std::string();
  }

  void commit(Commit& step) override {
    std::int64_t next_outbox = next_outbox_;
    write(Durability::at_once, [&] {
      for (const Commit::FactsRow& row : step.facts) save_facts(row);
      for (OutboxMessage& message : step.outbox) {
        message.id = next_outbox++;
        sql_.save_outbox.run(message.id, message.topic, Blob{message.payload},
                             Blob{message.correlation_data});
      }
      if (step.finished_command) sql_.finish_command.run(*step.finished_command);
      if (step.outcome) remember(step.outcome->first, step.outcome->second);
    });
    next_outbox_ = next_outbox;
  }

  std::vector<OutboxMessage> outbox() override {
    std::vector<OutboxMessage> all;
    SqliteRows rows = sql_.outbox.rows();
    while (rows.next()) {
      all.push_back({rows.number(0), rows.bytes(1), rows.bytes(2), rows.bytes(3)});
    }
    return all;
  }

  void delivered(std::int64_t outbox_id) override {
    write(Durability::soon, [&] { sql_.delivered.run(outbox_id); });
  }

  std::int64_t accept(const Arrival& arrival, Instant arrived) noexcept override {
    const std::lock_guard lock(writing_);
    try {
      std::optional<std::int64_t> expires_in;
      if (arrival.expires_in) expires_in = arrival.expires_in->count();
      sql_.accept.run(next_command_, number(arrived), arrival.topic, Blob{arrival.payload},
                      arrival.response_topic, Blob{arrival.correlation_data}, expires_in);
      return next_command_++;
    } catch (const std::exception& error) {
      keep_journal_error(error.what());
      return 0;
    }
  }

  std::string journal_error() const override {
    const std::lock_guard lock(writing_);
    return journal_error_;
  }

  std::vector<JournalEntry> journal() override {
    std::vector<JournalEntry> all;
    SqliteRows rows = sql_.journal.rows();
    while (rows.next()) {
      JournalEntry entry;
      entry.id = rows.number(0);
      entry.stage =
          rows.number(1) == 0 ? JournalEntry::Stage::accepted : JournalEntry::Stage::started;
      entry.arrived = instant(rows.number(2));
      entry.topic = rows.bytes(3);
      entry.payload = rows.bytes(4);
      entry.response_topic = rows.bytes(5);
      entry.correlation_data = rows.bytes(6);
      if (const auto life = rows.optional_number(7)) entry.expires_in = std::chrono::seconds(*life);
      all.push_back(std::move(entry));
    }
    return all;
  }

  void mark_started(std::int64_t command) override {
    write(Durability::at_once, [&] { sql_.mark_started.run(command); });
  }

  std::optional<StoredOutcome> outcome(const std::string& key, Instant not_before) override {
    SqliteRows rows = sql_.outcome.rows(key, number(not_before));
    if (!rows.next()) return std::nullopt;
    return StoredOutcome{rows.bytes(0), rows.bytes(1), instant(rows.number(2))};
  }

 private:
  /// Makes the following transactions of the loop's connection wait for the disk, or not.
  void set(Durability durability) {
    if (durability_ == durability) return;
    file_.database.execute(durability == Durability::at_once ? "PRAGMA synchronous=FULL"
                                                             : "PRAGMA synchronous=NORMAL");
    durability_ = durability;
  }

  /// A line for the discovery ledger. Ten thousand devices are announced within a second, so the
  /// lines are written in batches; what a crash loses is announced again at the next start.
  struct LedgerLine {
    std::string account;
    Announced announced;
    bool is_forgotten;
  };

  void note(LedgerLine line) {
    ledger_.push_back(std::move(line));
    if (ledger_.size() >= kLedgerBatch) write(Durability::soon, [] {});
  }

  void write_ledger() {
    for (const auto& [account, announced, is_forgotten] : ledger_) {
      if (is_forgotten) {
        sql_.forget_announced.run(account, announced.topic);
      } else {
        sql_.save_announced.run(account, announced.topic, announced.device, announced.components);
      }
    }
  }

  /// Runs a step, with the ledger's waiting lines before it, as one transaction.
  template <class Step>
  void write(Durability durability, const Step& step) {
    // One writer at a time: accept() must neither fail nor poll because this thread writes.
    const std::lock_guard lock(writing_);
    set(durability);
    SqliteTransaction transaction(file_.database);
    write_ledger();
    step();
    transaction.commit();
    ledger_.clear();
  }

  void save_facts(const Commit::FactsRow& row) {
    if (row.json.empty()) {
      sql_.forget_facts.run(row.account, row.device, row.read);
    } else {
      sql_.save_facts.run(row.account, row.device, row.read, row.json);
    }
  }

  void remember(const std::string& key, const StoredOutcome& outcome) {
    const Instant given = outcome.given == Instant() ? system_time() : outcome.given;
    sql_.save_outcome.run(key, Blob{outcome.payload}, outcome.outcome, number(given));
    earliest_ = std::min(earliest_, given);
    latest_ = std::max(latest_, given);
    const auto now = steady_time_();
    if (now < next_clearing_) return;
    // What did not come since the last clearing is older than an hour, whatever the clock says that
    // gave it its time.
    sql_.forget_outcomes.run(number(earliest_), number(latest_));
    earliest_ = Instant::max();
    latest_ = Instant::min();
    next_clearing_ = now + kOutcomeLife;
  }

  void keep_journal_error(const char* reason) noexcept {
    try {
      journal_error_ = reason;
    } catch (const std::bad_alloc&) {
      journal_error_.clear();
    }
  }

  DirectoryLock lock_;
  StateFile file_;
  SqliteDatabase journal_database_;
  mutable std::mutex writing_;  // also guards what accept() uses
  std::optional<Durability> durability_;
  const SteadyTime steady_time_;
  std::chrono::steady_clock::time_point next_clearing_;  // of outcomes
  Instant earliest_ = Instant::max(), latest_ = Instant::min();  // of those since the last clearing
  std::vector<LedgerLine> ledger_;
  std::string journal_error_;

  std::int64_t next_outbox_ = first_free(file_.database, "SELECT max(id) FROM outbox");
  std::int64_t next_command_ = first_free(file_.database, "SELECT max(id) FROM journal");

  SqliteStatements sql_{file_.database, journal_database_};
};

}  // namespace

std::unique_ptr<Store> make_sqlite_store(const std::string& directory, SteadyTime steady_time) {
  return std::make_unique<SqliteStore>(directory, std::move(steady_time));
}

}  // namespace bridge
