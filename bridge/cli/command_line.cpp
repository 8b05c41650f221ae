#include "cli/command_line.hpp"

#include <array>
#include <cstdlib>
#include <exception>
#include <iostream>
#include <utility>

#include "cli/check.hpp"
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
  cloud2mqtt topics   prints every topic and announcement for the vendors' documented answers
  cloud2mqtt example  prints a commented example of the configuration
  cloud2mqtt version  prints the version and the vendors it knows

  --config FILE       the configuration; default: /etc/cloud2mqtt/cloud2mqtt.toml
  --help              prints this

Exit status: 0 all is well, 1 the bridge could not go on, 64 the command line is wrong,
78 the configuration is wrong.
)";

constexpr std::array<std::pair<std::string_view, Command>, 6> kCommands{
    {{"run", Command::run},
     {"check", Command::check},
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
  bool help = false;
  bool version = false;
};

Result<Words> sorted_words(const std::vector<std::string>& arguments) {
  constexpr std::string_view kConfig = "--config=";
  Words words;
  for (std::size_t index = 0; index < arguments.size(); ++index) {
    const std::string& word = arguments[index];
    if (word == "--config" || word == "-c") {
      if (index + 1 == arguments.size()) return misuse(word + " needs a file behind it");
      words.files.push_back(arguments[++index]);
    } else if (word.starts_with(kConfig)) {
      words.files.push_back(word.substr(kConfig.size()));
    } else if (word == "--help" || word == "-h") {
      words.help = true;
    } else if (word == "--version") {
      words.version = true;
    } else if (word.starts_with('-')) {
      return misuse("there is no option \"" + word + "\"" +
                    did_you_mean(word, {"--config", "--help", "--version"}));
    } else {
      words.plain.push_back(word);
    }
  }
  return words;
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
  if (words->plain.empty()) return misuse("say what to do: run, check, topics, example or version");

  const auto command = command_named(words->plain.front());
  if (!command) return command.error();
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
