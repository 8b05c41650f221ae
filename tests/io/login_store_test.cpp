#include "io/login_store.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>

#include "io/sqlite_store_fixture.hpp"

namespace bridge {
namespace {

const StoredToken kToken{"a1", "r1", kNoon, "r0", true, "mark"};

class LoginStoreTest : public SqliteStoreTest {
 protected:
  LoginStore login{directory.path()};
};

TEST_F(LoginStoreTest, ASecondWriterReachesARunningService) {
  login.check_writable();
  login.save_token("home", kToken);
  EXPECT_EQ(store->token("home"), kToken);
  store->save_token("home", {"a2", "r2", kNoon, "", false});
  EXPECT_EQ(login.token("home")->refresh, "r2");
  Commit step = whole_step(1);
  store->commit(step);
  EXPECT_FALSE(store->outbox().empty());
}

TEST_F(LoginStoreTest, WorksWhereNoServiceRunsAndHoldsNoneUp) {
  store.reset();
  login.check_writable();
  login.save_token("home", kToken);
  reopen();
  EXPECT_EQ(store->token("home"), kToken);
}

TEST_F(LoginStoreTest, BeginsTheStateWhereThereIsNone) {
  const std::string fresh = directory.path() + "/fresh";
  LoginStore first(fresh);
  EXPECT_EQ(first.token("home"), std::nullopt);
  EXPECT_FALSE(std::filesystem::exists(fresh)) << "to look makes nothing";
  first.save_token("home", kToken);
  EXPECT_EQ(make_sqlite_store(fresh)->token("home"), kToken);
}

TEST_F(LoginStoreTest, LeavesAFileOfAnotherVersionToItsService) {
  from_outside("PRAGMA user_version=99");
  EXPECT_NE(said([&] { login.check_writable(); }).find("another version"), std::string::npos);
  EXPECT_NE(said([&] { login.save_token("home", kToken); }).find("another version"),
            std::string::npos);
  EXPECT_EQ(store->token("home"), std::nullopt);
}

TEST_F(LoginStoreTest, SaysWhyItCannotRead) {
  store.reset();
  from_outside("DROP TABLE tokens");
  EXPECT_NE(said([&] { login.token("home"); }).find("cloud2mqtt.db cannot be used"),
            std::string::npos);
}

TEST_F(LoginStoreTest, SaysWhichFileItCannotReach) {
  const std::string unreachable = '/' + std::string(5000, 'x');  // for root, rights are no obstacle
  const std::string sentence = said([&] { LoginStore(unreachable).token("home"); });
  EXPECT_TRUE(sentence.starts_with("The state file /xxx")) << sentence;
  EXPECT_TRUE(sentence.ends_with("/cloud2mqtt.db cannot be used: File name too long.")) << sentence;
}

// The service of systemd has a user of its own; the person who signs in is root.
TEST_F(LoginStoreTest, GivesWhatRootMadeToTheOwnerOfTheDirectory) {
  const std::string fresh = directory.path() + "/owned";
  std::filesystem::create_directory(fresh);
  const bool is_root = ::geteuid() == 0;
  const uid_t owner = is_root ? 65534 : ::geteuid();
  ASSERT_EQ(::chown(fresh.c_str(), owner, static_cast<gid_t>(-1)), 0);
  LoginStore(fresh).save_token("home", kToken);
  for (const char* file : {"/cloud2mqtt.lock", "/cloud2mqtt.db"}) {
    struct stat found {};
    ASSERT_EQ(::stat((fresh + file).c_str(), &found), 0) << file;
    EXPECT_EQ(found.st_uid, owner) << file;
    EXPECT_EQ(found.st_mode & 0777, 0600U) << file;
  }
}

// What the first release wrote.
TEST_F(SqliteStoreTest, BringsAFileOfTheFirstVersionAlong) {
  store.reset();
  from_outside(
      "DROP TABLE tokens;"
      "CREATE TABLE tokens(account TEXT PRIMARY KEY, access TEXT, refresh TEXT, expires INTEGER)"
      " WITHOUT ROWID;"
      "INSERT INTO tokens VALUES('home', 'a', 'r', 1778241600000);"
      "PRAGMA user_version=1");
  EXPECT_EQ(LoginStore(directory.path()).token("home")->refresh, "r") << "readable before, too";
  reopen();
  EXPECT_EQ(store->trouble(), "");
  EXPECT_EQ(store->token("home"), (StoredToken{"a", "r", kNoon, "", false}));
  store->save_token("home", kToken);
  reopen();
  EXPECT_EQ(store->token("home"), kToken);
}

// Nobody has to sign in again: its tokens come without a mark.
TEST_F(SqliteStoreTest, BringsAFileOfTheSecondVersionAlong) {
  store.reset();
  from_outside(
      "DROP TABLE tokens;"
      "CREATE TABLE tokens(account TEXT PRIMARY KEY, access TEXT, refresh TEXT, expires INTEGER,"
      " previous TEXT NOT NULL DEFAULT '', refused INTEGER NOT NULL DEFAULT 0) WITHOUT ROWID;"
      "INSERT INTO tokens VALUES('home', 'a', 'r', 1778241600000, 'p', 1);"
      "PRAGMA user_version=2");
  EXPECT_TRUE(LoginStore(directory.path()).token("home")->refused) << "readable before, too";
  reopen();
  EXPECT_EQ(store->trouble(), "");
  EXPECT_EQ(store->token("home"), (StoredToken{"a", "r", kNoon, "p", true, ""}));
  store->save_token("home", kToken);
  reopen();
  EXPECT_EQ(store->token("home"), kToken);
}

}  // namespace
}  // namespace bridge
