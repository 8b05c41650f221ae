#pragma once

// Four invented vendors, and a folder for the configuration files of one test.

#include <gtest/gtest.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <string>

#include "io/config_file.hpp"

namespace bridge {

using namespace std::chrono_literals;

inline Task<Token> sign_in(Vendor&) { co_return Error(Errc::refused, "a test signs in nowhere"); }

inline constexpr Setting kPumpSettings[] = {
    {.key = "api_key", .help = "The key.", .type = SettingType::secret},
    {.key = "unit", .help = "The unit.", .type = SettingType::choice, .options = "bar psi"},
    {.key = "summary", .help = "More.", .type = SettingType::flag, .fallback = "false"},
    {.key = "life", .help = "How long.", .type = SettingType::span, .fallback = "14d"},
    {.key = "controls",
     .help = "Which.",
     .type = SettingType::list,
     .fallback = "pause",
     .options = "pause away boost"},
    {.key = "note", .help = "Any text.", .example = "\"hello\""}};
inline constexpr Setting kLoadSettings[] = {
    {.key = "email", .help = "The address."},
    {.key = "password", .help = "Word.", .type = SettingType::secret},
    {.key = "token", .help = "Token.", .type = SettingType::secret}};
inline constexpr Read kHubReads[] = {{.facts = "stats", .every = 5min, .shortest = 30s}};
inline constexpr Read kPumpReads[] = {
    {.facts = "summary", .every = 1h, .when = "summary", .shortest = 5min}};
inline constexpr DeviceKind kPumpKinds[] = {{.name = "hub", .reads = kHubReads},
                                            {.name = "pump", .reads = kPumpReads, .heard = "/list/seen"}};
inline constexpr Quota kQuotas[] = {{.requests = 5, .per = 1s}, {.requests = 120, .per = 1h}};
inline constexpr Mapper kPumps{.name = "pumps",
                               .manufacturer = "Pumps Ltd",
                               .base_url = "https://api.example.com/v1",
                               .auth = {.key = "api_key"},
                               .quotas = kQuotas,
                               .command_reserve = 5,
                               .list_every = 1min,
                               .list_shortest = 15s,
                               .kinds = kPumpKinds,
                               .settings = kPumpSettings};
inline constexpr Mapper kLoads{
    .name = "loads",
    .manufacturer = "Loads Ltd",
    .base_url = "https://loads.example.com",
    .auth = {.key = "token", .sign_in = sign_in, .sign_in_settings = "email password"},
    .list_every = 1min,
    .settings = kLoadSettings};
inline constexpr OAuth2 kClientOfPools{.grant = OAuth2::Grant::authorization_code,
                                       .token_path = "/oauth2/token",
                                       .authorize_path = "/oauth2/authorize",
                                       .client_id = "public_client"};
inline constexpr Mapper kPools{.name = "pools",
                               .manufacturer = "Pools Ltd",
                               .base_url = "https://pools.example.com/api/v1",
                               .auth = {.oauth2 = &kClientOfPools},
                               .list_every = 1h};
inline constexpr OAuth2 kClientOfHeaters{.token_path = "/oauth2/token/"};
inline constexpr Setting kHeaterSettings[] = {
    {.key = "client_id", .help = "The client."},
    {.key = "client_secret", .help = "Its secret.", .type = SettingType::secret}};
inline constexpr Mapper kHeaters{.name = "heaters",
                                 .manufacturer = "Heaters Ltd",
                                 .base_url = "https://heaters.example.com/api",
                                 .auth = {.oauth2 = &kClientOfHeaters},
                                 .list_every = 1h,
                                 .settings = kHeaterSettings};
inline constexpr const Mapper* kMappers[] = {&kPumps, &kLoads, &kPools, &kHeaters};

/// A folder of this test alone, and environment variables that do not outlive it.
class ConfigFolder : public testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = testing::TempDir() + "config_XXXXXX";
    folder_ = mkdtemp(pattern.data());
    for (const char* name :
         {"STATE_DIRECTORY", "XDG_STATE_HOME", "CREDENTIALS_DIRECTORY", "BRIDGE_KEY"}) {
      unsetenv(name);
    }
    setenv("HOME", "/home/someone", 1);
  }
  void TearDown() override {
    std::filesystem::remove_all(folder_);
    unsetenv("CREDENTIALS_DIRECTORY");
    unsetenv("BRIDGE_KEY");
    unsetenv("STATE_DIRECTORY");
    unsetenv("XDG_STATE_HOME");
  }

  std::string write(const std::string& name, const std::string& text, mode_t mode = 0600) {
    const std::string path = folder_ + "/" + name;
    std::ofstream(path) << text;
    chmod(path.c_str(), mode);
    return path;
  }

  ConfigRead read(const std::string& text) { return read_config_text(text, folder_, kMappers); }

  /// "LINE: text" of every problem, one a line.
  std::string problems(const std::string& text) { return said(read(text)); }

  static std::string said(const ConfigRead& read) {
    std::string all;
    for (const ConfigProblem& problem : read.problems) {
      all += std::to_string(problem.line) + ": " + problem.text + "\n";
    }
    return all;
  }

  /// An account without a mistake on its three lines, then `more`.
  static std::string account(const std::string& more) {
    return "[accounts.fleet]\nmapper = \"pumps\"\napi_key = \"k-123\"\n" + more + "\n";
  }

  std::string folder_;
};

/// Holds that one sentence, beginning with its line, is the only problem and contains the parts.
inline void expect_one(const std::string& problems, int line,
                       std::initializer_list<std::string_view> parts) {
  EXPECT_EQ(std::count(problems.begin(), problems.end(), '\n'), 1) << problems;
  EXPECT_TRUE(problems.starts_with(std::to_string(line) + ": ")) << problems;
  for (const std::string_view part : parts) {
    EXPECT_NE(problems.find(part), std::string::npos) << part << " is not in: " << problems;
  }
}

}  // namespace bridge
