#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

#include "io/config_file.hpp"
#include "registry.hpp"

namespace bridge {
namespace {

TEST(Example, IsTheFileInTheTree) {
  std::ifstream stream(PROJECT_SOURCE_DIR "/config/cloud2mqtt.example.toml");
  std::ostringstream file;
  file << stream.rdbuf();
  EXPECT_EQ(file.str(), example_config(mappers::all()))
      << "write it anew: cloud2mqtt example > config/cloud2mqtt.example.toml";
}

TEST(Example, IsRightForEveryVendorWhenAllOfItIsSwitchedOn) {
  std::istringstream stream(example_config(mappers::all()));
  std::string text;
  for (std::string line; std::getline(stream, line);) {
    const bool setting = line.size() > 1 && line[0] == '#' && line[1] != ' ';
    text += (setting ? line.substr(1) : line) + "\n";
  }
  const ConfigRead read = read_config_text(text, "", mappers::all(), Referred::ignored);
  for (const ConfigProblem& problem : read.problems)
    ADD_FAILURE() << problem.line << ": " << problem.text;
  EXPECT_EQ(read.configuration.accounts.size(), mappers::all().size());
}

TEST(Example, NamesACredentialThatEverySignInNeeds) {
  for (const Mapper* mapper : mappers::all()) {
    const std::string keys =
        std::string(mapper->auth.key) + " " + std::string(mapper->auth.sign_in_settings);
    std::istringstream words(keys);
    for (std::string key; words >> key;) {
      bool declared = false;
      for (const Setting& setting : mapper->settings) declared = declared || setting.key == key;
      EXPECT_TRUE(declared) << mapper->name << " does not declare " << key;
    }
  }
}

}  // namespace
}  // namespace bridge
