#include "cli/command_line.hpp"

#include <unistd.h>

#include <array>
#include <charconv>
#include <cstdlib>
#include <exception>
#include <iostream>
#include <utility>

#include "cli/check.hpp"
#include "cli/login.hpp"
#include "cli/print_topics.hpp"
#include "cli/run.hpp"
#include "core/similar_word.hpp"
#include "io/config_file.hpp"
#include "registry.hpp"

namespace bridge {
namespace {

using Command = CommandLine::Command;

constexpr std::string_view kUsage =
    R"(cloud2mqtt puts devices that only a vendor's cloud can reach on your own MQTT broker.

  cloud2mqtt run      runs the bridge until it is told to stop
  cloud2mqtt check    says everything that is wrong with the configuration, and what polling costs
  cloud2mqtt login    signs you in where a vendor wants a person: login ACCOUNT; login --status
                      says how the accounts stand
  cloud2mqtt topics   prints every topic and announcement for the vendors' documented answers
  cloud2mqtt example  prints a commented example of the configuration
  cloud2mqtt version  prints the version and the vendors it knows

  --config FILE       the configuration; default: /etc/cloud2mqtt/cloud2mqtt.toml
  --port N            where "login" waits for the browser, on this machine; default: 8765
  --help              prints this

Exit status: 0 all is well, 1 the bridge could not go on, 64 the command line is wrong,
78 the configuration is wrong.
)";

constexpr std::array<std::pair<std::string_view, Command>, 7> kCommands{
    {{"run", Command::run},
     {"check", Command::check},
     {"login", Command::login},
     {"topics", Command::topics},
     {"example", Command::example},
     {"version", Command::version},
     {"help", Command::help}}};

Error misuse(std::string message) { return {Errc::invalid_argument, std::move(message)}; }

std::string did_you_mean(const std::string& word, const std::vector<std::string>& known) {
  const std::string similar = similar_word(word, known);
  return similar.empty() ? "" : ": did you mean \"" + similar + "\"?";
}

Result<Command> command_named(const std::string& word) {
  std::vector<std::string> known;
  for (const auto& [name, command] : kCommands) {
    if (word == name) return command;
    known.emplace_back(name);
  }
  return misuse("there is no command \"" + word + "\"" + did_you_mean(word, known));
}

bool takes_file(Command command) {
  return command == Command::run || command == Command::check || command == Command::topics;
}

/// The options and the other words of a command line.
struct Words {
  std::vector<std::string> plain;
  std::vector<std::string> files;  ///< of --config
  std::vector<std::string> ports;  ///< of --port
  bool status = false;
  bool help = false;
  bool version = false;
};

/// Whether a word is the option "--name VALUE" or "--name=VALUE"; takes the value.
Result<bool> takes_value(std::string_view name, std::string_view what,
                         const std::vector<std::string>& arguments, std::size_t& index,
                         std::vector<std::string>& values) {
  const std::string& word = arguments[index];
  const bool is_short = name == "--config" && word == "-c";
  if (word == name || is_short) {
    if (index + 1 == arguments.size())
      return misuse(word + " needs " + std::string(what) + " behind it");
    values.push_back(arguments[++index]);
    return true;
  }
  if (!word.starts_with(std::string(name) + '=')) return false;
  values.push_back(word.substr(name.size() + 1));
  return true;
}

Result<Words> sorted_words(const std::vector<std::string>& arguments) {
  Words words;
  for (std::size_t index = 0; index < arguments.size(); ++index) {
    const auto file = takes_value("--config", "a file", arguments, index, words.files);
    if (!file) return file.error();
    if (*file) continue;
    const auto port = takes_value("--port", "a number", arguments, index, words.ports);
    if (!port) return port.error();
    if (*port) continue;
    const std::string& word = arguments[index];
    if (word == "--help" || word == "-h") {
      words.help = true;
    } else if (word == "--version") {
      words.version = true;
    } else if (word == "--status") {
      words.status = true;
    } else if (word.starts_with('-')) {
      return misuse("there is no option \"" + word + "\"" +
                    did_you_mean(word, {"--config", "--help", "--port", "--status", "--version"}));
    } else {
      words.plain.push_back(word);
    }
  }
  return words;
}

/// The words of "login", which are no files.
Result<CommandLine> login_line(const Words& words) {
  CommandLine line;
  line.command = Command::login;
  if (words.plain.size() > 2)
    return misuse("one account at a time: \"" + words.plain[2] + "\" is too many");
  if (words.plain.size() == 2) line.account = words.plain[1];
  if (words.status && !line.account.empty())
    return misuse("--status speaks of all accounts: name none");
  if (!words.status && line.account.empty()) {
    return misuse(
        "say whose login: \"cloud2mqtt login ACCOUNT\", or \"cloud2mqtt login --status\"");
  }
  if (words.ports.size() > 1) return misuse("one --port is enough");
  for (const std::string& text : words.ports) {
    std::uint16_t port = 0;
    const auto [end, wrong] = std::from_chars(text.data(), text.data() + text.size(), port);
    if (text.empty() || wrong != std::errc() || end != text.data() + text.size()) {
      return misuse("--port takes a number from 0 (any free one) to 65535, not \"" + text + "\"");
    }
    line.port = port;
  }
  if (words.files.size() > 1)
    return misuse("one configuration at a time: \"" + words.files[1] + "\" is too many");
  if (!words.files.empty() && words.files.front().empty())
    return misuse("the file of --config has no name");
  if (!words.files.empty()) line.file = words.files.front();
  return line;
}

int run(const std::string& file, std::ostream& trouble) {
  const ConfigReader reader = [&] { return read_config_file(file, mappers::all()); };
  const ConfigRead read = reader();
  if (read.problems.empty()) return run_service(read.configuration, reader);
  print_problems(trouble, file, read.problems);
  return kExitConfiguration;
}

void print_version(std::ostream& out) {
  out << "cloud2mqtt " CLOUD2MQTT_VERSION "\nmappers:";
  for (const Mapper* mapper : mappers::all()) out << ' ' << mapper->name;
  out << '\n';
}

int obey(const CommandLine& line, std::ostream& out, std::ostream& trouble) {
  switch (line.command) {
    case Command::run:
      return run(line.file, trouble);
    case Command::check:
      return check(line.file, mappers::all(), out);
    case Command::login:
      if (line.account.empty()) return print_logins(line.file, mappers::all(), out, trouble);
      return login(line.file, line.account, line.port, mappers::all(), STDIN_FILENO, out, trouble);
    case Command::topics:
      return print_topics(line.file, out, trouble);
    case Command::example:
      out << example_config(mappers::all());
      break;
    case Command::version:
      print_version(out);
      break;
    case Command::help:
      out << kUsage;
      break;
  }
  return EXIT_SUCCESS;
}

}  // namespace

Result<CommandLine> parse_command_line(const std::vector<std::string>& arguments) {
  const auto words = sorted_words(arguments);
  if (!words) return words.error();
  CommandLine line;
  if (words->help) return line;
  if (words->version && words->plain.empty()) {
    line.command = Command::version;
    return line;
  }
  if (words->plain.empty())
    return misuse("say what to do: run, check, login, topics, example or version");

  const auto command = command_named(words->plain.front());
  if (!command) return command.error();
  if (*command == Command::login) return login_line(*words);
  if (words->status || !words->ports.empty()) {
    return misuse("--status and --port belong to \"cloud2mqtt login\"");
  }
  line.command = *command;
  std::vector<std::string> files = words->files;
  files.insert(files.end(), words->plain.begin() + 1, words->plain.end());
  if (!takes_file(*command) && words->plain.size() > 1) {
    return misuse("\"" + words->plain.front() + "\" takes no \"" + words->plain[1] + "\"");
  }
  if (files.size() > 1)
    return misuse("one configuration at a time: \"" + files[1] + "\" is too many");
  if (!files.empty() && files.front().empty()) return misuse("the file of --config has no name");
  if (!files.empty()) line.file = files.front();
  return line;
}

int run_command_line(const std::vector<std::string>& arguments, std::ostream& out,
                     std::ostream& trouble) {
  const auto line = parse_command_line(arguments);
  if (!line) {
    trouble << "cloud2mqtt: " << line.error().message() << "\n\"cloud2mqtt --help\" says more.\n";
    return kExitUsage;
  }
  const int status = obey(*line, out, trouble);
  out.flush();
  if (out) return status;
  trouble << "cloud2mqtt: the output cannot be written\n";
  return EXIT_FAILURE;
}

int run_command_line(int argc, char** argv) {
  try {
    return run_command_line(std::vector<std::string>(argv + (argc > 0 ? 1 : 0), argv + argc),
                            std::cout, std::cerr);
  } catch (const std::exception& error) {
    std::cerr << "cloud2mqtt: " << error.what() << '\n';
    return EXIT_FAILURE;
  }
}

}  // namespace bridge
