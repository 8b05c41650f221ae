#include "cli/command_line.hpp"

#include <unistd.h>

#include <cstdlib>
#include <exception>
#include <iostream>

#include "cli/broker_acl.hpp"
#include "cli/check.hpp"
#include "cli/discovery_preview.hpp"
#include "cli/login.hpp"
#include "cli/print_topics.hpp"
#include "cli/run.hpp"
#include "cli/vendor_page.hpp"
#include "io/config_file.hpp"
#include "io/ledger_file.hpp"
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
  cloud2mqtt discovery --dry-run
                      lists what the next start takes back of what was announced
  cloud2mqtt docs     prints the reference of a vendor, docs VENDOR: settings, keys, commands
  cloud2mqtt acl      prints the lines that Mosquitto's acl_file needs for these topics
  cloud2mqtt example  prints a commented example of the configuration
  cloud2mqtt version  prints the version and the vendors it knows

  --config FILE       the configuration; default: /etc/cloud2mqtt/cloud2mqtt.toml
  --port N            where "login" waits for the browser, on this machine; default: 8765
  --help              prints this

Exit status: 0 all is well, 1 the bridge could not go on, 64 the command line is wrong, 69 the state
directory cannot be used, 78 the configuration is wrong.
)";

int print_acl(const std::string& file, std::ostream& out, std::ostream& trouble) {
  const ConfigRead read = read_config_file(file, mappers::all(), Referred::ignored);
  print_problems(trouble, file, read.problems);
  if (!read.problems.empty()) return kExitConfiguration;
  out << broker_acl(read.configuration);
  return EXIT_SUCCESS;
}

int preview_discovery(const std::string& file, std::ostream& out, std::ostream& trouble) {
  const ConfigRead read = read_config_file(file, mappers::all(), Referred::ignored);
  print_problems(trouble, file, read.problems);
  if (!read.problems.empty()) return kExitConfiguration;
  const Configuration& configuration = read.configuration;
  print_discovery_changes(configuration, announced_in(configuration.state_directory), out);
  return EXIT_SUCCESS;
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
    case Command::discovery:
      return preview_discovery(line.file, out, trouble);
    case Command::docs:
      out << vendor_page(*mappers::find(line.vendor));
      break;
    case Command::acl:
      return print_acl(line.file, out, trouble);
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
