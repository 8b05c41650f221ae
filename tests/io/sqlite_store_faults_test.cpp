#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "io/sqlite_store_fixture.hpp"

namespace bridge {
namespace {

using namespace std::chrono_literals;

TEST_F(SqliteStoreTest, LetsNobodyElseReadItsFiles) {
  store->save_token("home", {"a", "b", kNoon, {}, false});
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
  store->save_token("home", {"a", "b", kNoon, {}, false});
  store.reset();
  from_outside("PRAGMA user_version=99");
  const std::string sentence = said([&] { make_sqlite_store(directory.path()); });
  EXPECT_NE(sentence.find("newer version"), std::string::npos) << sentence;
  from_outside("PRAGMA user_version=3");
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
  store->save_token("home", {"a", "b", kNoon, {}, false});
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
    store->save_token("home", {"a", "b", kNoon, {}, false});
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
