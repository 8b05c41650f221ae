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
  EXPECT_EQ(misuse({}), "say what to do: run, check, login, topics, discovery, docs, acl, example or version");
  EXPECT_EQ(misuse({"run", "--config"}), "--config needs a file behind it");
  EXPECT_EQ(misuse({"run", "--config="}), "the file of --config has no name");
  EXPECT_EQ(misuse({"check", "a", "b"}), "one configuration at a time: \"b\" is too many");
  EXPECT_EQ(misuse({"check", "a", "--config", "b"}),
            "one configuration at a time: \"a\" is too many");
  EXPECT_EQ(misuse({"version", "now"}), "\"version\" takes no \"now\"");
}

TEST(CommandLine, TakesAnAccountAndAPortForALogin) {
  const auto plain = parse_command_line({"login", "pool", "--config", "a.toml"});
  ASSERT_TRUE(plain);
  EXPECT_EQ(plain->command, Command::login);
  EXPECT_EQ(plain->account, "pool");
  EXPECT_EQ(plain->file, "a.toml");
  EXPECT_EQ(plain->port, std::nullopt);
  EXPECT_EQ(parse_command_line({"login", "--port", "80", "pool"})->port, 80);
  EXPECT_EQ(parse_command_line({"login", "pool", "--port=0"})->port, 0);
  EXPECT_EQ(parse_command_line({"login", "--status"})->account, "");
}

TEST(CommandLine, RefusesALoginThatSaysTooLittleOrTooMuch) {
  EXPECT_TRUE(misuse({"login"}).starts_with("say whose login: "));
  EXPECT_EQ(misuse({"login", "a", "b"}), "one account at a time: \"b\" is too many");
  EXPECT_EQ(misuse({"login", "a", "--status"}), "--status speaks of all accounts: name none");
  EXPECT_EQ(misuse({"login", "a", "--port"}), "--port needs a number behind it");
  for (const char* port : {"65536", "-1", "x", "", "80x"}) {
    EXPECT_TRUE(misuse({"login", "a", "--port=" + std::string(port)}).starts_with("--port takes a number"))
        << port;
  }
  EXPECT_EQ(misuse({"run", "--port", "1"}), "--status and --port belong to \"cloud2mqtt login\"");
  EXPECT_EQ(misuse({"check", "--status"}), "--status and --port belong to \"cloud2mqtt login\"");
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
  for (const char* word : {"run", "check", "login", "topics", "discovery --dry-run", "docs", "acl", "example", "version", "--config FILE", "78"}) {
    EXPECT_NE(help.str().find(word), std::string::npos) << word;
  }
  EXPECT_EQ(run_command_line({"version"}, version, trouble), 0);
  EXPECT_TRUE(version.str().starts_with("cloud2mqtt " CLOUD2MQTT_VERSION "\n")) << version.str();
  EXPECT_EQ(trouble.str(), "");
}

TEST(CommandLine, EndsWith78WhereTheConfigurationIsWrong) {
  for (const char* command : {"run", "check", "topics", "acl"}) {
    std::ostringstream out, trouble;
    EXPECT_EQ(run_command_line({command, "--config", "/nowhere/absent.toml"}, out, trouble), 78)
        << command;
    const std::string said = out.str() + trouble.str();
    EXPECT_TRUE(said.starts_with("/nowhere/absent.toml: the file cannot be read: No such file"))
        << said;
  }
}

TEST(CommandLine, LooksAtTheDiscoveryButRemovesNothing) {
  EXPECT_EQ(parse_command_line({"discovery", "--dry-run", "a.toml"})->command, Command::discovery);
  EXPECT_EQ(parse_command_line({"discovery", "--dry-run", "a.toml"})->file, "a.toml");
  EXPECT_NE(misuse({"discovery"}).find("cloud2mqtt discovery --dry-run"), std::string::npos);
  EXPECT_EQ(misuse({"run", "--dry-run"}), "--dry-run belongs to \"cloud2mqtt discovery\"");
}

TEST(CommandLine, ShowsTheReferenceOfOneVendor) {
  EXPECT_EQ(parse_command_line({"docs", "ondilo"})->vendor, "ondilo");
  EXPECT_EQ(misuse({"docs", "ondillo"}), "there is no vendor \"ondillo\": did you mean \"ondilo\"?");
  EXPECT_TRUE(misuse({"docs"}).starts_with("say which vendor's: \"cloud2mqtt docs VENDOR\", one of ewellcon, "));
}

TEST(CommandLine, FailsWhereTheOutputCannotBeWritten) {
  std::ostringstream out, trouble;
  out.setstate(std::ios::badbit);
  EXPECT_EQ(run_command_line({"example"}, out, trouble), 1);
  EXPECT_EQ(trouble.str(), "cloud2mqtt: the output cannot be written\n");
}

}  // namespace
}  // namespace bridge
