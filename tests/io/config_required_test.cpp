#include "support/config_folder.hpp"

namespace bridge {
namespace {

constexpr Setting kSettings[] = {
    {.key = "org_id", .help = "The organisation.", .required = true},
    {.key = "user_ids",
     .help = "The users.",
     .type = SettingType::list,
     .required = true,
     .instead = "all_users"},
    {.key = "all_users", .help = "All.", .type = SettingType::flag, .fallback = "false"}};
constexpr Mapper kHouses{.name = "houses",
                         .manufacturer = "Houses Ltd",
                         .base_url = "https://houses.example.com",
                         .auth = {},
                         .list_every = 1min,
                         .settings = kSettings};
constexpr const Mapper* kOne[] = {&kHouses};

std::string problems_with(const std::string& settings, Referred referred = Referred::read) {
  std::string all;
  const std::string text = "[accounts.home]\nmapper = \"houses\"\n" + settings + "\n";
  for (const ConfigProblem& problem : read_config_text(text, "/", kOne, referred).problems) {
    all += std::to_string(problem.line) + ": " + problem.text + "\n";
  }
  return all;
}

class RequiredSettings : public ConfigFolder {
  void SetUp() override {
    ConfigFolder::SetUp();
    setenv("STATE_DIRECTORY", folder_.c_str(), 1);
  }
};

TEST_F(RequiredSettings, AreMissedWithWhatToWrite) {
  expect_one(problems_with("all_users = true"), 1,
             {"accounts.home.org_id is missing: write org_id = \"...\"\n"});
  expect_one(problems_with("org_id = \"o\""), 1,
             {"accounts.home.user_ids is missing: write user_ids = [\"...\"]; or instead "
              "all_users = true\n"});
}

TEST_F(RequiredSettings, AreMissedAlsoWhereNoSecretIsRead) {
  expect_one(problems_with("all_users = true", Referred::ignored), 1, {"org_id is missing"});
}

TEST_F(RequiredSettings, MayBeReplacedByTheFlagThatIsNamed) {
  EXPECT_EQ(problems_with("org_id = \"o\"\nall_users = true"), "");
  EXPECT_EQ(problems_with("org_id = \"o\"\nuser_ids = [\"u\"]"), "");
  expect_one(problems_with("org_id = \"o\"\nall_users = false"), 1, {"user_ids is missing"});
}

TEST_F(RequiredSettings, HaveNoEffectBesideTheFlagAndPeopleHearOfIt) {
  const std::string text =
      "[accounts.home]\nmapper = \"houses\"\norg_id = \"o\"\nuser_ids = [\"u\"]\nall_users = true\n";
  const ConfigRead read = read_config_text(text, "/", kOne, Referred::read);
  ASSERT_EQ(read.configuration.warnings.size(), 1U);
  EXPECT_EQ(read.configuration.warnings[0],
            "line 4: accounts.home.user_ids has no effect beside all_users = true: keep one of them");
}

TEST_F(RequiredSettings, AreMissedWhereAListIsEmpty) {
  expect_one(problems_with("org_id = \"o\"\nuser_ids = []"), 4, {"user_ids is missing"});
}

TEST_F(RequiredSettings, AreComplainedAboutOnceWhenTheyAreWrong) {
  expect_one(problems_with("org_id = \"o\"\nuser_ids = \"u\""), 4, {"must be a list"});
  expect_one(problems_with("org_id = \"\"\nall_users = true"), 3, {"org_id is empty"});
}

TEST_F(RequiredSettings, AreExplainedInTheExampleLineByLine) {
  static constexpr Setting kLines[] = {{.key = "rooms",
                                        .help = "Which rooms.\nhall: where one comes in.",
                                        .type = SettingType::list,
                                        .options = "hall attic"}};
  Mapper mapper = kHouses;
  mapper.settings = kLines;
  const Mapper* const one[] = {&mapper};
  EXPECT_NE(example_config(one).find("# Which rooms.\n# hall: where one comes in.\n"
                                     "# Words: hall or attic.\n#rooms = [\"hall\", \"attic\"]\n"),
            std::string::npos);
}

}  // namespace
}  // namespace bridge
