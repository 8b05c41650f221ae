#include "io/sqlite_store.hpp"

#include <gtest/gtest.h>
#include <signal.h>
#include <sqlite3.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <filesystem>
#include <fstream>
#include <functional>
#include <set>
#include <thread>

#include "support/temporary_directory.hpp"

namespace bridge {
namespace {

using namespace std::chrono_literals;

const Instant kNoon{1'778'241'600'000ms};

class SqliteStoreTest : public testing::Test {
 protected:
  SqliteStoreTest() { reopen(); }

  void reopen() {
    store.reset();
    store = make_sqlite_store(directory.path());
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
  std::unique_ptr<Store> store;
};

Arrival command(const std::string& payload) {
  Arrival arrival;
  arrival.topic = "cloud2mqtt/home/1/load/set";
  arrival.payload = payload;
  return arrival;
}

/// One step that changes everything a step can change.
Commit whole_step(std::int64_t finished) {
  Commit step;
  step.facts.push_back({"home", "1", "energy", R"({"wh":12})"});
  step.facts.push_back({"home", "2", "energy", R"({"wh":7})"});
  step.outbox.push_back({0, "cloud2mqtt/home/1/event/relay", "{}", ""});
  step.outbox.push_back({0, "cloud2mqtt/home/1/outcome", R"({"outcome":"done"})", "corr"});
  step.finished_command = finished;
  step.outcome = {"home/1/load/x", StoredOutcome{"ON", R"({"outcome":"done"})", kNoon}};
  return step;
}

std::string said(const std::function<void()>& step) {
  try {
    step();
  } catch (const std::runtime_error& error) {
    return error.what();
  }
  return {};
}

TEST_F(SqliteStoreTest, BeginsEmptyAndWithoutTrouble) {
  EXPECT_EQ(store->trouble(), "");
  EXPECT_FALSE(store->token("home"));
  EXPECT_TRUE(store->requests("home").empty());
  EXPECT_TRUE(store->announced("home").empty());
  EXPECT_EQ(store->facts("home", "1", "energy"), "");
  EXPECT_TRUE(store->outbox().empty());
  EXPECT_TRUE(store->journal().empty());
  EXPECT_FALSE(store->outcome("home/1/load/x", Instant()));
}

TEST_F(SqliteStoreTest, KeepsTheLatestTokenOfEachAccount) {
  store->save_token("home", {"first", "r1", kNoon});
  store->save_token("home", {"second", "r2", kNoon + 1h});
  store->save_token("pool", {"other", "", kNoon});
  reopen();
  const auto token = store->token("home");
  ASSERT_TRUE(token);
  EXPECT_EQ(token->access, "second");
  EXPECT_EQ(token->refresh, "r2");
  EXPECT_EQ(token->expires, kNoon + 1h);
  EXPECT_EQ(store->token("pool")->access, "other");
}

TEST_F(SqliteStoreTest, KeepsTheMomentsOfRequests) {
  store->save_requests("home", {kNoon, kNoon + 1ms});
  store->save_requests("home", {kNoon + 1ms, kNoon + 2s});
  store->save_requests("pool", {});
  reopen();
  EXPECT_EQ(store->requests("home"), (std::vector<Instant>{kNoon + 1ms, kNoon + 2s}));
  EXPECT_TRUE(store->requests("pool").empty());
}

TEST_F(SqliteStoreTest, KeepsWhatWasAnnounced) {
  store->save_announced("home", {{"ha/device/a/config", "1", "load:switch"}});
  store->save_announced("home", {{"ha/device/b/config", "2", "load:switch"}});
  store->save_announced("home", {{"ha/device/a/config", "1", "load:switch power:sensor"}});
  store->save_announced("pool", {{"ha/device/a/config", "9", ""}});
  store->forget_announced("home", "ha/device/b/config");
  for (int round = 0; round < 2; ++round, reopen()) {
    const auto announced = store->announced("home");
    ASSERT_EQ(announced.size(), 1u);
    EXPECT_EQ(announced[0].topic, "ha/device/a/config");
    EXPECT_EQ(announced[0].device, "1");
    EXPECT_EQ(announced[0].components, "load:switch power:sensor");
    EXPECT_EQ(store->announced("pool").size(), 1u);
  }
}

TEST_F(SqliteStoreTest, KeepsEveryOneOfManyAnnouncements) {
  for (int device = 0; device < 1000; ++device) {
    store->save_announced("fleet", {{"t" + std::to_string(device), "d", "x:sensor"}});
  }
  reopen();
  EXPECT_EQ(store->announced("fleet").size(), 1000u);
}

TEST_F(SqliteStoreTest, CommitsAStepAsAWhole) {
  const auto accepted = store->accept(command("ON"), kNoon);
  Commit step = whole_step(accepted);
  store->commit(step);
  EXPECT_NE(step.outbox[0].id, 0);
  EXPECT_LT(step.outbox[0].id, step.outbox[1].id);
  reopen();
  EXPECT_EQ(store->facts("home", "1", "energy"), R"({"wh":12})");
  EXPECT_EQ(store->facts("home", "2", "energy"), R"({"wh":7})");
  EXPECT_TRUE(store->journal().empty());
  const auto outbox = store->outbox();
  ASSERT_EQ(outbox.size(), 2u);
  EXPECT_EQ(outbox[1].id, step.outbox[1].id);
  EXPECT_EQ(outbox[1].topic, "cloud2mqtt/home/1/outcome");
  EXPECT_EQ(outbox[1].payload, R"({"outcome":"done"})");
  EXPECT_EQ(outbox[1].correlation_data, "corr");
  const auto outcome = store->outcome("home/1/load/x", kNoon);
  ASSERT_TRUE(outcome);
  EXPECT_EQ(outcome->payload, "ON");
  EXPECT_EQ(outcome->outcome, R"({"outcome":"done"})");
}

TEST_F(SqliteStoreTest, KeepsNothingOfAStepThatFails) {
  const auto accepted = store->accept(command("ON"), kNoon);
  from_outside(
      "CREATE TRIGGER full BEFORE INSERT ON outcomes BEGIN SELECT RAISE(ABORT, 'no room'); END");
  Commit step = whole_step(accepted);
  const std::string sentence = said([&] { store->commit(step); });
  EXPECT_NE(sentence.find("cloud2mqtt.db"), std::string::npos) << sentence;
  EXPECT_NE(sentence.find("no room"), std::string::npos) << sentence;
  EXPECT_EQ(store->facts("home", "1", "energy"), "");
  EXPECT_TRUE(store->outbox().empty());
  EXPECT_EQ(store->journal().size(), 1u);

  from_outside("DROP TRIGGER full");
  store->commit(step);
  EXPECT_EQ(store->outbox().size(), 2u);
  EXPECT_TRUE(store->journal().empty());
}

TEST_F(SqliteStoreTest, ReplacesAndForgetsFacts) {
  Commit first;
  first.facts.push_back({"home", "1", "energy", "1"});
  store->commit(first);
  Commit second;
  second.facts.push_back({"home", "1", "energy", "2"});
  store->commit(second);
  EXPECT_EQ(store->facts("home", "1", "energy"), "2");
  EXPECT_EQ(store->facts("home", "1", "Energy"), "");
  Commit third;
  third.facts.push_back({"home", "1", "energy", ""});
  store->commit(third);
  EXPECT_EQ(store->facts("home", "1", "energy"), "");
}

TEST_F(SqliteStoreTest, TakesADeliveredMessageOutOfTheOutbox) {
  Commit step = whole_step(0);
  store->commit(step);
  store->delivered(step.outbox[0].id);
  store->delivered(4711);
  reopen();
  ASSERT_EQ(store->outbox().size(), 1u);
  EXPECT_EQ(store->outbox()[0].id, step.outbox[1].id);
}

TEST_F(SqliteStoreTest, NeverGivesAMessageTheNumberOfAnother) {
  Commit first;
  first.outbox.push_back({0, "t", "1", ""});
  store->commit(first);
  store->delivered(first.outbox[0].id);
  Commit second;
  second.outbox.push_back({0, "t", "2", ""});
  store->commit(second);
  EXPECT_GT(second.outbox[0].id, first.outbox[0].id);
}

TEST_F(SqliteStoreTest, KeepsACommandAsItCame) {
  Arrival arrival = command(std::string("\0\xFF{}", 4));
  arrival.response_topic = "answers/me";
  arrival.correlation_data = std::string("\x01\0\x02", 3);
  arrival.expires_in = 30s;
  const auto first = store->accept(arrival, kNoon);
  const auto second = store->accept(command(""), kNoon + 1ms);
  ASSERT_GT(first, 0);
  ASSERT_GT(second, first);
  store->mark_started(first);
  reopen();
  const auto journal = store->journal();
  ASSERT_EQ(journal.size(), 2u);
  EXPECT_EQ(journal[0].id, first);
  EXPECT_EQ(journal[0].stage, JournalEntry::Stage::started);
  EXPECT_EQ(journal[0].arrived, kNoon);
  EXPECT_EQ(journal[0].topic, arrival.topic);
  EXPECT_EQ(journal[0].payload, arrival.payload);
  EXPECT_EQ(journal[0].response_topic, "answers/me");
  EXPECT_EQ(journal[0].correlation_data, arrival.correlation_data);
  EXPECT_EQ(journal[0].expires_in, 30s);
  EXPECT_EQ(journal[1].stage, JournalEntry::Stage::accepted);
  EXPECT_EQ(journal[1].payload, "");
  EXPECT_EQ(journal[1].expires_in, std::nullopt);
  EXPECT_GT(store->accept(command("ON"), kNoon), second);
}

TEST_F(SqliteStoreTest, SaysWhyACommandCouldNotBeKept) {
  from_outside(
      "CREATE TRIGGER full BEFORE INSERT ON journal BEGIN SELECT RAISE(ABORT, 'no room'); END");
  EXPECT_EQ(store->accept(command("ON"), kNoon), 0);
  EXPECT_NE(store->journal_error().find("no room"), std::string::npos);
  from_outside("DROP TRIGGER full");
  EXPECT_GT(store->accept(command("ON"), kNoon), 0);
}

TEST_F(SqliteStoreTest, AcceptsFromManyThreadsWhileTheLoopCommits) {
  constexpr int kThreads = 4;
  constexpr int kCommands = 50;
  std::vector<std::vector<std::int64_t>> numbers(kThreads);
  std::atomic<int> running = kThreads;
  std::vector<std::thread> threads;
  for (auto& mine : numbers) {
    threads.emplace_back([&] {
      for (int index = 0; index < kCommands; ++index) {
        mine.push_back(store->accept(command("ON"), kNoon));
      }
      --running;
    });
  }
  int commits = 0;
  do {
    Commit step;
    step.facts.push_back({"home", "1", "energy", std::to_string(++commits)});
    step.outbox.push_back({0, "t", "p", ""});
    store->commit(step);
    store->save_requests("home", {kNoon});
  } while (running > 0);
  for (auto& thread : threads) thread.join();

  std::set<std::int64_t> all;
  for (const auto& mine : numbers) all.insert(mine.begin(), mine.end());
  EXPECT_EQ(all.size(), std::size_t{kThreads * kCommands});
  EXPECT_EQ(all.count(0), 0u) << store->journal_error();
  EXPECT_EQ(store->journal().size(), all.size());
  EXPECT_EQ(store->outbox().size(), static_cast<std::size_t>(commits));
}

TEST_F(SqliteStoreTest, ForgetsOutcomesAfterAnHourWhenNewOnesCome) {
  Commit first;
  first.outcome = {"a", StoredOutcome{"ON", "{}", kNoon}};
  store->commit(first);
  EXPECT_TRUE(store->outcome("a", kNoon));
  EXPECT_FALSE(store->outcome("a", kNoon + 1ms));
  Commit within;
  within.outcome = {"b", StoredOutcome{"ON", "{}", kNoon + 59min}};
  store->commit(within);
  EXPECT_TRUE(store->outcome("a", Instant()));
  Commit beyond;
  beyond.outcome = {"c", StoredOutcome{"ON", "{}", kNoon + 61min}};
  store->commit(beyond);
  EXPECT_FALSE(store->outcome("a", Instant()));
  EXPECT_TRUE(store->outcome("b", Instant()));
}

TEST_F(SqliteStoreTest, TakesTheSystemsTimeForAnOutcomeWithoutOne) {
  const auto before =
      std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now());
  Commit step;
  step.outcome = {"a", StoredOutcome{"ON", "{}"}};
  store->commit(step);
  EXPECT_TRUE(store->outcome("a", before));
}

TEST_F(SqliteStoreTest, LetsNobodyElseReadItsFiles) {
  store->save_token("home", {"a", "b", kNoon});
  int files = 0;
  for (const auto& entry : std::filesystem::directory_iterator(directory.path())) {
    struct stat found {};
    ASSERT_EQ(::stat(entry.path().c_str(), &found), 0);
    EXPECT_EQ(found.st_mode & 0777, 0600u) << entry.path();
    ++files;
  }
  EXPECT_EQ(files, 4);  // with -wal, -shm and the lock
}

TEST_F(SqliteStoreTest, TakesForeignRightsBack) {
  store.reset();
  const std::string path = directory.path() + "/cloud2mqtt.db";
  ASSERT_EQ(::chmod(path.c_str(), 0644), 0);
  reopen();
  struct stat found {};
  ASSERT_EQ(::stat(path.c_str(), &found), 0);
  EXPECT_EQ(found.st_mode & 0777, 0600u);
}

TEST_F(SqliteStoreTest, MakesItsDirectory) {
  EXPECT_EQ(make_sqlite_store(directory.path() + "/a/b")->trouble(), "");
}

TEST_F(SqliteStoreTest, RefusesASecondBridge) {
  const std::string sentence = said([&] { make_sqlite_store(directory.path()); });
  EXPECT_NE(sentence.find(directory.path()), std::string::npos) << sentence;
  EXPECT_NE(sentence.find("another cloud2mqtt is running"), std::string::npos) << sentence;
}

TEST_F(SqliteStoreTest, RefusesADirectoryThatIsAFile) {
  std::ofstream(directory.path() + "/file") << "x";
  EXPECT_NE(said([&] { make_sqlite_store(directory.path() + "/file"); }), "");
}

TEST_F(SqliteStoreTest, RefusesTheFileOfANewerVersion) {
  store->save_token("home", {"a", "b", kNoon});
  store.reset();
  from_outside("PRAGMA user_version=99");
  const std::string sentence = said([&] { make_sqlite_store(directory.path()); });
  EXPECT_NE(sentence.find("newer version"), std::string::npos) << sentence;
  from_outside("PRAGMA user_version=1");
  reopen();
  EXPECT_TRUE(store->token("home"));
}

/// What lies in the directory under another name now.
std::vector<std::string> set_aside_in(const std::string& directory) {
  std::vector<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator(directory)) {
    const std::string name = entry.path().filename();
    if (name.find(".damaged-") != std::string::npos) names.push_back(name);
  }
  return names;
}

TEST_F(SqliteStoreTest, SetsAFileAsideThatIsNoDatabase) {
  store.reset();
  std::ofstream(directory.path() + "/cloud2mqtt.db") << std::string(8192, 'x');
  reopen();
  const auto names = set_aside_in(directory.path());
  ASSERT_EQ(names.size(), 1u);
  EXPECT_EQ(names[0].rfind("cloud2mqtt.db.damaged-2", 0), 0u) << names[0];
  EXPECT_NE(store->trouble().find(names[0]), std::string::npos) << store->trouble();
  store->save_token("home", {"a", "b", kNoon});
  reopen();
  EXPECT_EQ(store->trouble(), "");
  EXPECT_TRUE(store->token("home"));
}

TEST_F(SqliteStoreTest, SetsAFileAsideWithADamagedPage) {
  for (int device = 0; device < 200; ++device) {
    store->save_announced("fleet", {{"topic/" + std::to_string(device), "d", "x:sensor y:sensor"}});
  }
  store.reset();
  const std::string path = directory.path() + "/cloud2mqtt.db";
  const auto size = static_cast<std::streamoff>(std::filesystem::file_size(path));
  {
    std::fstream file(path, std::ios::in | std::ios::out | std::ios::binary);
    for (std::streamoff page = 4096; page < size; page += 4096) {
      file.seekp(page);
      file << std::string(64, '\x7F');
    }
  }
  reopen();
  EXPECT_EQ(set_aside_in(directory.path()).size(), 1u);
  EXPECT_NE(store->trouble(), "");
  EXPECT_TRUE(store->announced("fleet").empty());
}

/// Kills a child without warning as soon as `step`, which runs in it, has returned a number.
std::int64_t killed_after(const std::function<std::int64_t()>& step) {
  int channel[2];
  if (::pipe(channel) != 0) return -1;
  const pid_t child = ::fork();
  if (child == 0) {
    const std::int64_t number = step();
    if (::write(channel[1], &number, sizeof number) != sizeof number) ::_exit(1);
    for (;;) ::pause();
  }
  ::close(channel[1]);
  std::int64_t number = -1;
  if (::read(channel[0], &number, sizeof number) != sizeof number) number = -1;
  ::close(channel[0]);
  ::kill(child, SIGKILL);
  int status = 0;
  ::waitpid(child, &status, 0);
  return WIFSIGNALED(status) ? number : -1;
}

TEST_F(SqliteStoreTest, KeepsAnAcceptedCommandWhenTheProcessIsKilled) {
  store.reset();
  const std::int64_t accepted = killed_after([&] {
    reopen();
    return store->accept(command("ON"), kNoon);
  });
  ASSERT_GT(accepted, 0);
  reopen();
  EXPECT_EQ(store->trouble(), "");
  ASSERT_EQ(store->journal().size(), 1u);
  EXPECT_EQ(store->journal()[0].id, accepted);
}

TEST_F(SqliteStoreTest, KeepsACommittedStepAndATokenWhenTheProcessIsKilled) {
  store.reset();
  const std::int64_t accepted = killed_after([&] {
    reopen();
    const std::int64_t number = store->accept(command("ON"), kNoon);
    store->save_token("home", {"a", "b", kNoon});
    store->mark_started(number);
    Commit step = whole_step(number);
    store->commit(step);
    return number;
  });
  ASSERT_GT(accepted, 0);
  reopen();
  EXPECT_EQ(store->facts("home", "1", "energy"), R"({"wh":12})");
  EXPECT_EQ(store->outbox().size(), 2u);
  EXPECT_TRUE(store->journal().empty());
  EXPECT_TRUE(store->outcome("home/1/load/x", kNoon));
  EXPECT_TRUE(store->token("home"));
}

}  // namespace
}  // namespace bridge
