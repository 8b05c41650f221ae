#include "cli/check.hpp"

#include <gtest/gtest.h>
#include <stdlib.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>
#include <sstream>

namespace bridge {
namespace {

using namespace std::chrono_literals;

constexpr Setting kSettings[] = {
    {.key = "api_key", .help = "The key.", .type = SettingType::secret}};
constexpr Read kReads[] = {{.facts = "measures", .every = 1h}};
constexpr DeviceKind kKinds[] = {{.name = "pool", .reads = kReads}};
constexpr Quota kQuotas[] = {{.requests = 30, .per = 1h}};
constexpr Mapper kAcme{.name = "acme",
                       .manufacturer = "Acme",
                       .base_url = "https://api.example.com/v1",
                       .auth = {.key = "api_key"},
                       .quotas = kQuotas,
                       .command_reserve = 5,
                       .list_every = 1h,
                       .kinds = kKinds,
                       .settings = kSettings};
constexpr const Mapper* kMappers[] = {&kAcme};

class Check : public testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = testing::TempDir() + "check_XXXXXX";
    folder_ = mkdtemp(pattern.data());
    file_ = folder_ + "/bridge.toml";
    setenv("HOME", folder_.c_str(), 1);
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  std::string said(const std::string& text, int status) {
    std::ofstream(file_) << text;
    chmod(file_.c_str(), 0600);
    std::ostringstream out;
    EXPECT_EQ(check(file_, kMappers, out), status);
    return out.str();
  }

  std::string folder_;
  std::string file_;
};

TEST_F(Check, PrintsEveryProblemWithFileAndLine) {
  const std::string all = said("log_level = 1\n[accounts.a]\nmapper = \"acm\"\n", 78);
  EXPECT_NE(all.find(file_ + ":1: log_level must be text"), std::string::npos) << all;
  EXPECT_NE(all.find(file_ + ":3: accounts.a.mapper is \"acm\""), std::string::npos) << all;
  EXPECT_EQ(all.find("requests an hour"), std::string::npos) << all;
}

TEST_F(Check, PrintsWhatPollingCostsAndWhatIsLeftForCommands) {
  const std::string all = said("[accounts.a]\nmapper = \"acme\"\napi_key = \"k\"\n", 0);
  EXPECT_EQ(
      all,
      file_ +
          ": warning: line 3: accounts.a.api_key stands in the file itself: { credential = "
          "\"name\" } keeps it out of backups and of what you show to others\n" +
          file_ +
          ": nothing is wrong\n\n"
          "a (Acme, https://api.example.com/v1)\n"
          "  list every 1h, measures every 1h\n"
          "  1 device: 2 requests an hour; of 30 in 1h polls take 2 and leave 28 to commands\n"
          "  20 devices: 21 requests an hour; of 30 in 1h polls take 21 and leave 9 to commands\n"
          "  1000 devices: 1001 requests an hour; of 30 in 1h polls take 25 and leave 5 to "
          "commands; to fit: measures every 41.7h\n\n"
          "The state is kept in " +
          folder_ +
          "/.local/state/cloud2mqtt, which will be made.\n\n"
          "Secrets come from:\n"
          "  accounts.a.api_key: the configuration itself\n");
}

TEST_F(Check, SaysWhenTheStateCannotBeKept) {
  const std::string account = "[accounts.a]\nmapper = \"acme\"\napi_key = \"k\"\n";
  const std::string all = said("state_directory = \"" + file_ + "/state\"\n" + account, 0);
  EXPECT_NE(all.find("warning: " + file_ + " is no directory. Name another state_directory"),
            std::string::npos)
      << all;
  const std::string fine = said("state_directory = \"" + folder_ + "\"\n" + account, 0);
  EXPECT_NE(fine.find("The state is kept in " + folder_ + ".\n"), std::string::npos) << fine;
}

TEST_F(Check, SaysWhereEachSecretComesFrom) {
  std::ofstream(folder_ + "/key") << "s3cret\n";
  setenv("CHECK_KEY", "s3cret", 1);
  const std::string all = said(
      "[mqtt]\nusername = \"u\"\npassword = { file = \"key\" }\n"
      "[accounts.a]\nmapper = \"acme\"\napi_key = { env = \"CHECK_KEY\" }\n",
      0);
  EXPECT_NE(all.find("  mqtt.password: the file " + folder_ + "/key\n"), std::string::npos) << all;
  EXPECT_NE(all.find("  accounts.a.api_key: the environment variable CHECK_KEY\n"),
            std::string::npos)
      << all;
  EXPECT_EQ(all.find("s3cret"), std::string::npos) << all;
  unsetenv("CHECK_KEY");
}

TEST_F(Check, SaysThatThereIsNoQuota) {
  const std::string all =
      said("[accounts.a]\nmapper = \"acme\"\napi_key = \"k\"\nquotas = []\n", 0);
  EXPECT_NE(all.find("  1000 devices: 1001 requests an hour\n  No quota"), std::string::npos)
      << all;
}

}  // namespace
}  // namespace bridge
