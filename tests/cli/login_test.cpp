#include "cli/login.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <sstream>

#include "cli/check.hpp"
#include "io/login_store.hpp"
#include "support/config_folder.hpp"

namespace bridge {
namespace {

const Instant kNoon{std::chrono::milliseconds(1'778'241'600'000)};

class LoginCommand : public ConfigFolder {
 protected:
  int logged_in(const std::string& account) {
    const int nothing = ::open("/dev/null", O_RDONLY);
    const int status = login(file(), account, 0, kMappers, nothing, out, trouble);
    ::close(nothing);
    return status;
  }
  std::string file() {
    return write("c.toml",
                 "state_directory = \"state\"\n[accounts.pool]\nmapper = \"pools\"\n"
                 "[accounts.fleet]\nmapper = \"pumps\"\napi_key = { credential = \"k\" }\n"
                 "[accounts.heater]\nmapper = \"heaters\"\nclient_id = \"i\"\n"
                 "client_secret = { credential = \"s\" }\n");
  }
  std::string status() {
    std::ostringstream said;
    EXPECT_EQ(print_logins(file(), kMappers, said, trouble), 0) << trouble.str();
    return said.str();
  }
  LoginStore store() { return LoginStore(folder_ + "/state"); }

  std::ostringstream out, trouble;
};

TEST_F(LoginCommand, RefusesAnAccountThatIsNotThere) {
  EXPECT_EQ(logged_in("pol"), 64);
  EXPECT_EQ(trouble.str(),
            "cloud2mqtt: " + file() + " has no account \"pol\". Accounts that do: pool.\n");
}

TEST_F(LoginCommand, RefusesAnAccountThatNeedsNone) {
  EXPECT_EQ(logged_in("fleet"), 64);
  EXPECT_EQ(
      trouble.str(),
      "cloud2mqtt: \"fleet\" needs no login: it signs in by itself with what the configuration "
      "says. Accounts that do: pool.\n");
}

TEST_F(LoginCommand, EndsWith78WhereTheConfigurationIsWrong) {
  write("bad.toml", "log_level = 1\n");
  EXPECT_EQ(login(folder_ + "/bad.toml", "pool", 0, kMappers, -1, out, trouble), 78);
  EXPECT_EQ(print_logins(folder_ + "/bad.toml", kMappers, out, trouble), 78);
  EXPECT_EQ(out.str(), "");
}

TEST_F(LoginCommand, EndsWith1WhereTheStateCannotBeKept) {
  write("state", "a file, not a directory");
  EXPECT_EQ(logged_in("pool"), 1);
  EXPECT_NE(trouble.str().find("state cannot be used"), std::string::npos) << trouble.str();
}

TEST_F(LoginCommand, TellsHowEachAccountStands) {
  EXPECT_EQ(status(),
            "pool (Pools Ltd), login by a person: login needed: run \"cloud2mqtt login pool\"\n"
            "fleet (Pumps Ltd), the configuration's api_key: configured; its status topic says whether the vendor takes it\n"
            "heater (Heaters Ltd), client id and secret: no token yet\n");
  store().save_token("pool", {"a-secret", "r-secret", kNoon, "", false});
  store().save_token("heater", {"h-secret", "", kNoon, "", false});
  const std::string said = status();
  EXPECT_NE(
      said.find("person: ok, the token in use expires 2026-05-08T12:00:00.000Z and is renewed"),
      std::string::npos)
      << said;
  EXPECT_NE(said.find("secret: ok, the token in use expires"), std::string::npos) << said;
  EXPECT_EQ(said.find("-secret"), std::string::npos) << said;
  store().save_token("pool", {"a", "r", kNoon, "", true});
  EXPECT_NE(status().find("login needed, the vendor does not accept the last one any more: run"),
            std::string::npos);
}

TEST_F(LoginCommand, OfOtherSettingsIsNone) {
  store().save_token("pool", {"a", "r", kNoon, "", false, "another mark"});
  EXPECT_NE(status().find("login needed, the last one was made with other settings: run"),
            std::string::npos);
}

TEST_F(LoginCommand, IsAskedForByCheck) {
  const std::string pool =
      write("p.toml", "state_directory = \"state\"\n[accounts.pool]\nmapper = \"pools\"\n");
  EXPECT_EQ(check(pool, kMappers, out), 0);
  EXPECT_NE(out.str().find("  login by a person: login needed: run \"cloud2mqtt login pool\"\n"),
            std::string::npos)
      << out.str();
}

}  // namespace
}  // namespace bridge
