// The words of a command line.

#include <array>
#include <charconv>
#include <utility>

#include "cli/command_line.hpp"
#include "core/similar_word.hpp"
#include "io/config_reader.hpp"
#include "registry.hpp"

namespace bridge {
namespace {

using Command = CommandLine::Command;

constexpr std::array<std::pair<std::string_view, Command>, 10> kCommands{
    {{"run", Command::run},
     {"check", Command::check},
     {"login", Command::login},
     {"topics", Command::topics},
     {"discovery", Command::discovery},
     {"docs", Command::docs},
     {"acl", Command::acl},
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
  return command == Command::run || command == Command::check || command == Command::topics ||
         command == Command::acl || command == Command::discovery;
}

/// The options and the other words of a command line.
struct Words {
  std::vector<std::string> plain;
  std::vector<std::string> files;  ///< of --config
  std::vector<std::string> ports;  ///< of --port
  bool status = false;
  bool dry_run = false;
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
    } else if (word == "--dry-run") {
      words.dry_run = true;
    } else if (word.starts_with('-')) {
      return misuse("there is no option \"" + word + "\"" +
                    did_you_mean(word, {"--config", "--dry-run", "--help", "--port", "--status",
                                         "--version"}));
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

/// The word of "docs", which is a vendor.
Result<CommandLine> docs_line(const Words& words) {
  std::vector<std::string> known;
  for (const Mapper* mapper : mappers::all()) known.emplace_back(mapper->name);
  CommandLine line;
  line.command = Command::docs;
  if (words.plain.size() != 2) {
    return misuse("say which vendor's: \"cloud2mqtt docs VENDOR\", one of " + one_of(known));
  }
  line.vendor = words.plain[1];
  if (mappers::find(line.vendor) == nullptr) {
    return misuse("there is no vendor \"" + line.vendor + "\": " + suggestion(line.vendor, known));
  }
  return line;
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
    return misuse(
        "say what to do: run, check, login, topics, discovery, docs, acl, example or version");

  const auto command = command_named(words->plain.front());
  if (!command) return command.error();
  if (*command == Command::login) return login_line(*words);
  if (*command == Command::docs) return docs_line(*words);
  if (words->status || !words->ports.empty()) {
    return misuse("--status and --port belong to \"cloud2mqtt login\"");
  }
  if (words->dry_run != (*command == Command::discovery)) {
    return misuse(words->dry_run ? "--dry-run belongs to \"cloud2mqtt discovery\""
                                 : "\"discovery\" only looks, the service removes by itself: say "
                                   "\"cloud2mqtt discovery --dry-run\"");
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

}  // namespace bridge
