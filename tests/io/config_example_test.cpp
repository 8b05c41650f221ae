#include <gtest/gtest.h>

#include <sstream>

#include "io/config_file.hpp"
#include "support/config_folder.hpp"

namespace bridge {
namespace {

using ConfigExample = ConfigFolder;

/// The example with every setting switched on.
std::string uncommented(const std::string& example) {
  std::istringstream stream(example);
  std::string out;
  for (std::string line; std::getline(stream, line);) {
    const bool setting = line.size() > 1 && line[0] == '#' && line[1] != ' ';
    out += (setting ? line.substr(1) : line) + "\n";
  }
  return out;
}

TEST_F(ConfigExample, ExampleLacksNothingButAnAccount) {
  expect_one(problems(example_config(kMappers)), 0, {"there is no account"});
}

TEST_F(ConfigExample, ExampleShowsEverySettingRightly) {
  const std::string text = uncommented(example_config(kMappers));
  const ConfigRead read = read_config_text(text, folder_, kMappers, Referred::ignored);
  EXPECT_EQ(said(read), "") << text;
  EXPECT_EQ(read.configuration.accounts.size(), 4U);
  for (const char* key : {"state_directory",
                          "log_level",
                          "url",
                          "username",
                          "password",
                          "client_id",
                          "base_topic",
                          "ca_file",
                          "cert_file",
                          "key_file",
                          "version",
                          "discovery",
                          "prefix",
                          "status_topic",
                          "online_payload",
                          "base_url",
                          "every",
                          "quotas",
                          "stale_after",
                          "command_spacing",
                          "commands_per_hour",
                          "allow_http",
                          "proxy",
                          "unit",
                          "summary",
                          "life",
                          "controls",
                          "note",
                          "email",
                          "token",
                          "client_secret",
                          "token_url",
                          "authorize_url"}) {
    EXPECT_NE(text.find("\n" + std::string(key) + " = "), std::string::npos) << key;
  }
}

TEST_F(ConfigExample, ExampleFitsAnOrdinaryTerminal) {
  std::istringstream stream(example_config(kMappers));
  for (std::string line; std::getline(stream, line);) EXPECT_LE(line.size(), 120U) << line;
}

}  // namespace
}  // namespace bridge
