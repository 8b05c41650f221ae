#include "cli/vendor_page.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>

#include "cli/command_examples.hpp"
#include "registry.hpp"

namespace bridge {
namespace {

class VendorPage : public testing::TestWithParam<const Mapper*> {
 protected:
  const Mapper& mapper = *GetParam();
};

INSTANTIATE_TEST_SUITE_P(, VendorPage, testing::ValuesIn(mappers::all().begin(), mappers::all().end()),
                         [](const auto& info) { return std::string(info.param->name); });

// To renew: UPDATE_DOCS=1 build/asan/tests/cli_tests --gtest_filter='*VendorPage*'
TEST_P(VendorPage, IsTheOneInTheDocuments) {
  const std::string path = PROJECT_SOURCE_DIR "/docs/vendors/" + std::string(mapper.name) + ".md";
  const std::string page = vendor_page(mapper);
  if (std::getenv("UPDATE_DOCS") != nullptr) std::ofstream(path) << page;
  std::ifstream file(path);
  const std::string written{std::istreambuf_iterator<char>(file), {}};
  EXPECT_EQ(written, page);
}

TEST_P(VendorPage, NamesEverySettingEveryKeyAndEveryCommand) {
  const std::string page = vendor_page(mapper);
  for (const Setting& setting : mapper.settings) {
    EXPECT_NE(page.find("`" + std::string(setting.key) + "`"), std::string::npos) << setting.key;
  }
  for (const DeviceKind& kind : mapper.kinds) {
    for (const Entity& row : kind.entities) {
      EXPECT_NE(page.find("`" + std::string(row.key) + "`"), std::string::npos) << row.key;
    }
  }
}

TEST_P(VendorPage, HasAnActionForEveryCommandWithoutAnEntity) {
  const std::string page = vendor_page(mapper);
  for (const DeviceKind& kind : mapper.kinds) {
    for (const Entity& row : kind.entities) {
      if (!row.is_command()) continue;
      const std::string device = kind.name == "hub" ? "hub" : "ID";
      const std::string topic = "    topic: cloud2mqtt/ACCOUNT/" + device + "/" + std::string(row.key) + "/set\n";
      EXPECT_EQ(page.find(topic) != std::string::npos, !row.announced) << row.key;
    }
  }
}

TEST(CommandAction, HasAPayloadThatYamlTakesAsItStands) {
  static constexpr std::string_view kWords[] = {"owner's"};
  static constexpr Entity row = select("mode", "Mode", "/x", kWords, nullptr);
  EXPECT_EQ(command_action(row, Device(), "a/b/mode/set"),
            "- action: mqtt.publish\n  data:\n    topic: a/b/mode/set\n    qos: 1\n    payload: 'owner''s'\n");
}

}  // namespace
}  // namespace bridge
