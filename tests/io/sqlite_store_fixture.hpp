#pragma once

// A store in a directory of its own, and what its tests put into it.

#include <gtest/gtest.h>
#include <sqlite3.h>

#include <functional>
#include <memory>
#include <stdexcept>
#include <string>

#include "io/sqlite_store.hpp"
#include "support/temporary_directory.hpp"

namespace bridge {

const Instant kNoon{std::chrono::milliseconds(1'778'241'600'000)};

class SqliteStoreTest : public testing::Test {
 protected:
  SqliteStoreTest() { reopen(); }

  void reopen() {
    store.reset();
    store = make_sqlite_store(directory.path(), [this] { return steady_time; });
  }

  /// What another program does to the file meanwhile.
  void from_outside(const char* statements) {
    sqlite3* database = nullptr;
    ASSERT_EQ(sqlite3_open((directory.path() + "/cloud2mqtt.db").c_str(), &database), SQLITE_OK);
    EXPECT_EQ(sqlite3_exec(database, statements, nullptr, nullptr, nullptr), SQLITE_OK)
        << sqlite3_errmsg(database);
    sqlite3_close(database);
  }

  TemporaryDirectory directory;
  std::chrono::steady_clock::time_point steady_time{};
  std::unique_ptr<Store> store;
};

inline Arrival command(const std::string& payload) {
  Arrival arrival;
  arrival.topic = "cloud2mqtt/home/1/load/set";
  arrival.payload = payload;
  return arrival;
}

/// One step that changes everything a step can change.
inline Commit whole_step(std::int64_t finished) {
  Commit step;
  step.facts.push_back({"home", "1", "energy", R"({"wh":12})"});
  step.facts.push_back({"home", "2", "energy", R"({"wh":7})"});
  step.outbox.push_back({0, "cloud2mqtt/home/1/event/relay", "{}", ""});
  step.outbox.push_back({0, "cloud2mqtt/home/1/outcome", R"({"outcome":"done"})", "corr"});
  step.finished_command = finished;
  step.outcome = {"home/1/load/x", StoredOutcome{"ON", R"({"outcome":"done"})", kNoon}};
  return step;
}

inline std::string said(const std::function<void()>& step) {
  try {
    step();
  } catch (const std::runtime_error& error) {
    return error.what();
  }
  return {};
}

}  // namespace bridge
