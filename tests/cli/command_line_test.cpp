#include "cli/command_line.hpp"

#include <gtest/gtest.h>

#include <sstream>

namespace bridge {
namespace {

using Command = CommandLine::Command;
using Arguments = std::vector<std::string>;

std::string misuse(const Arguments& arguments) {
  const auto line = parse_command_line(arguments);
  return line ? "accepted" : line.error().message();
}

TEST(CommandLine, KnowsItsCommands) {
  EXPECT_EQ(parse_command_line({"run"})->command, Command::run);
  EXPECT_EQ(parse_command_line({"check"})->command, Command::check);
  EXPECT_EQ(parse_command_line({"topics"})->command, Command::topics);
  EXPECT_EQ(parse_command_line({"example"})->command, Command::example);
  EXPECT_EQ(parse_command_line({"version"})->command, Command::version);
  EXPECT_EQ(parse_command_line({"--version"})->command, Command::version);
  EXPECT_EQ(parse_command_line({"help"})->command, Command::help);
  EXPECT_EQ(parse_command_line({"run", "--help"})->command, Command::help);
  EXPECT_EQ(parse_command_line({"-h"})->command, Command::help);
}

TEST(CommandLine, TakesTheConfigurationInEveryForm) {
  EXPECT_EQ(parse_command_line({"run"})->file, "/etc/cloud2mqtt/cloud2mqtt.toml");
  for (const Arguments& arguments :
       {Arguments{"check", "--config", "a.toml"}, Arguments{"--config", "a.toml", "check"},
        Arguments{"check", "--config=a.toml"}, Arguments{"check", "-c", "a.toml"},
        Arguments{"check", "a.toml"}}) {
    const auto line = parse_command_line(arguments);
    ASSERT_TRUE(line) << arguments[1];
    EXPECT_EQ(line->command, Command::check);
    EXPECT_EQ(line->file, "a.toml");
  }
}

TEST(CommandLine, RefusesWhatItDoesNotKnowWithASuggestion) {
  EXPECT_EQ(misuse({"chek"}), "there is no command \"chek\": did you mean \"check\"?");
  EXPECT_EQ(misuse({"run", "--confg", "a"}),
            "there is no option \"--confg\": did you mean \"--config\"?");
  EXPECT_EQ(misuse({"xyzzyx"}), "there is no command \"xyzzyx\"");
  EXPECT_EQ(misuse({}), "say what to do: run, check, topics, example or version");
  EXPECT_EQ(misuse({"run", "--config"}), "--config needs a file behind it");
  EXPECT_EQ(misuse({"run", "--config="}), "the file of --config has no name");
  EXPECT_EQ(misuse({"check", "a", "b"}), "one configuration at a time: \"b\" is too many");
  EXPECT_EQ(misuse({"check", "a", "--config", "b"}),
            "one configuration at a time: \"a\" is too many");
  EXPECT_EQ(misuse({"version", "now"}), "\"version\" takes no \"now\"");
}

TEST(CommandLine, EndsWith64WhereItIsWrong) {
  std::ostringstream out, trouble;
  EXPECT_EQ(run_command_line({"chek"}, out, trouble), 64);
  EXPECT_EQ(out.str(), "");
  EXPECT_EQ(trouble.str(),
            "cloud2mqtt: there is no command \"chek\": did you mean \"check\"?\n"
            "\"cloud2mqtt --help\" says more.\n");
}

TEST(CommandLine, PrintsHelpAndVersionOnStandardOutput) {
  std::ostringstream help, version, trouble;
  EXPECT_EQ(run_command_line({"--help"}, help, trouble), 0);
  for (const char* word : {"run", "check", "topics", "example", "version", "--config FILE", "78"}) {
    EXPECT_NE(help.str().find(word), std::string::npos) << word;
  }
  EXPECT_EQ(run_command_line({"version"}, version, trouble), 0);
  EXPECT_TRUE(version.str().starts_with("cloud2mqtt " CLOUD2MQTT_VERSION "\n")) << version.str();
  EXPECT_EQ(trouble.str(), "");
}

TEST(CommandLine, EndsWith78WhereTheConfigurationIsWrong) {
  for (const char* command : {"run", "check", "topics"}) {
    std::ostringstream out, trouble;
    EXPECT_EQ(run_command_line({command, "--config", "/nowhere/absent.toml"}, out, trouble), 78)
        << command;
    const std::string said = out.str() + trouble.str();
    EXPECT_TRUE(said.starts_with("/nowhere/absent.toml: the file cannot be read: No such file"))
        << said;
  }
}

TEST(CommandLine, FailsWhereTheOutputCannotBeWritten) {
  std::ostringstream out, trouble;
  out.setstate(std::ios::badbit);
  EXPECT_EQ(run_command_line({"example"}, out, trouble), 1);
  EXPECT_EQ(trouble.str(), "cloud2mqtt: the output cannot be written\n");
}

}  // namespace
}  // namespace bridge
