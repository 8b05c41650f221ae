#include "core/every_setting.hpp"

#include <gtest/gtest.h>

namespace bridge {
namespace {

constexpr Setting kSettings[] = {
    {.key = "fast", .help = "", .type = SettingType::flag},
    {.key = "unit", .help = "", .type = SettingType::choice, .options = "bar psi"},
    {.key = "controls", .help = "", .type = SettingType::list, .options = "pause away"},
    {.key = "user", .help = "", .required = true},
    {.key = "hint", .help = ""},
    {.key = "secret", .help = "", .type = SettingType::secret, .required = true},
};
constexpr Mapper kAcme{.name = "acme", .manufacturer = "Acme", .base_url = "", .auth = {}, .settings = kSettings};

TEST(EverySetting, SwitchesEverythingOn) {
  const Settings settings = every_setting(kAcme);
  EXPECT_TRUE(settings.flag("fast"));
  EXPECT_EQ(settings.text("unit"), "bar");
  EXPECT_TRUE(settings.has_word("controls", "pause"));
  EXPECT_TRUE(settings.has_word("controls", "away"));
}

TEST(EverySetting, FillsInWhatIsRequiredButNoSecrets) {
  const Settings settings = every_setting(kAcme);
  EXPECT_TRUE(settings.has("user"));
  EXPECT_FALSE(settings.has("hint"));
  EXPECT_FALSE(settings.has("secret"));
}

}  // namespace
}  // namespace bridge
