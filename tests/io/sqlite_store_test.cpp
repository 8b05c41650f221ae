#include <atomic>
#include <set>
#include <thread>

#include "io/sqlite_store_fixture.hpp"

namespace bridge {
namespace {

using namespace std::chrono_literals;

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
  store->save_token("home", {"first", "r1", kNoon, {}, false});
  store->save_token("home", {"second", "r2", kNoon + 1h, {}, false});
  store->save_token("pool", {"other", "", kNoon, {}, false});
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
  std::vector<Instant> many(70'000, kNoon);
  many.insert(many.end(), {kNoon + 5min, kNoon + 10min, kNoon + 10min, Instant::max(), Instant::max()});
  store->save_requests("many", many);
  EXPECT_EQ(store->requests("many"), many);
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
    EXPECT_EQ(store->announcers(), (std::vector<std::string>{"home", "pool"}));
  }
  store->forget_announced("pool", "ha/device/a/config");
  EXPECT_EQ(store->announcers(), std::vector<std::string>{"home"});
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

class OutcomesTest : public SqliteStoreTest {
 protected:
  /// Time passes, and the wall clock shows `given` where an outcome comes.
  void comes(const std::string& key, std::chrono::minutes later, Instant given) {
    steady_time += later;
    Commit step;
    step.outcome = {key, StoredOutcome{"ON", "{}", given}};
    store->commit(step);
  }
  bool has(const std::string& key) { return store->outcome(key, Instant()).has_value(); }
};

TEST_F(OutcomesTest, AreFoundByTheirTime) {
  comes("a", 0min, kNoon);
  EXPECT_TRUE(store->outcome("a", kNoon));
  EXPECT_FALSE(store->outcome("a", kNoon + 1ms));
}

TEST_F(OutcomesTest, AreForgottenAfterAnHourWhenNewOnesCome) {
  comes("a", 0min, kNoon);
  comes("b", 59min, kNoon + 59min);
  comes("c", 2min, kNoon + 61min);
  comes("d", 30min, kNoon + 91min);
  EXPECT_TRUE(has("b") && has("c"));
  comes("e", 30min, kNoon + 121min);
  EXPECT_FALSE(has("a") || has("b"));
  EXPECT_TRUE(has("d") && has("e"));
}

TEST_F(OutcomesTest, AreKeptForTheirHourThoughTheClockJumpsAhead) {
  comes("a", 50min, kNoon);
  comes("b", 11min, kNoon + 24h * 365);
  EXPECT_TRUE(has("a") && has("b"));
}

TEST_F(OutcomesTest, AreForgottenAlsoAfterAClockThatWasAhead) {
  comes("ahead", 0min, kNoon + 24h * 365);
  comes("a", 10min, kNoon);
  comes("b", 51min, kNoon + 51min);
  EXPECT_TRUE(has("a") && has("b"));
  comes("c", 61min, kNoon + 112min);
  EXPECT_FALSE(has("ahead") || has("a") || has("b"));
}

TEST_F(OutcomesTest, OfAnEarlierProcessAreKeptForAnHourWhateverTheClockSays) {
  comes("a", 0min, kNoon);
  reopen();
  comes("b", 59min, kNoon + 24h * 365);
  EXPECT_TRUE(has("a"));
  comes("c", 1min, kNoon - 24h);
  EXPECT_TRUE(has("b") && has("c"));
  comes("d", 60min, kNoon - 23h);
  EXPECT_FALSE(has("a") || has("b"));
}

TEST_F(SqliteStoreTest, TakesTheSystemsTimeForAnOutcomeWithoutOne) {
  const auto before =
      std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now());
  Commit step;
  step.outcome = {"a", StoredOutcome{"ON", "{}"}};
  store->commit(step);
  EXPECT_TRUE(store->outcome("a", before));
}

}  // namespace
}  // namespace bridge
