#include "cli/check.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <ostream>

#include "cli/command_line.hpp"
#include "cli/login_state.hpp"
#include "core/duration_text.hpp"
#include "core/polling_plan.hpp"

namespace bridge {
namespace {

constexpr int kFleets[] = {1, 20, 1000};

/// "72 requests an hour", and how they stand to each quota.
std::string cost(const PollingPlan& plan) {
  std::string text = count_text(plan.an_hour) + " requests an hour";
  for (const PlannedWindow& window : plan.windows) {
    const double taken = std::min<double>(window.asked, window.for_polls);
    text += "; of " + std::to_string(window.quota.requests) + " in " +
            duration_text(window.quota.per) + " polls take " + count_text(taken) + " and leave " +
            count_text(window.quota.requests - taken) + " to commands";
  }
  const std::string stretched = stretched_text(plan.reads);
  if (!stretched.empty()) text += "; to fit: " + stretched;
  return text;
}

/// The place that has to be written to make a directory: itself, or what exists of the way to it.
std::filesystem::path existing_part(std::filesystem::path directory) {
  std::error_code error;
  while (!std::filesystem::exists(directory, error) && directory.has_relative_path()) {
    directory = directory.parent_path();
  }
  return directory;
}

void print_state(std::ostream& out, const std::string& directory) {
  const auto place = existing_part(std::filesystem::absolute(directory));
  std::error_code error;
  const bool is_directory = std::filesystem::is_directory(place, error);
  const bool is_writable = ::faccessat(AT_FDCWD, place.c_str(), W_OK | X_OK, AT_EACCESS) == 0;
  out << "\nThe state is kept in " << directory;
  if (is_directory && is_writable) {
    out << (place == std::filesystem::absolute(directory) ? "" : ", which will be made") << ".\n";
    return;
  }
  out << ": warning: "
      << (is_directory ? place.string() + " cannot be written by this user"
                       : place.string() + " is no directory")
      << ". Name another state_directory, or give it to the user that runs the bridge; the\n"
         "service of systemd has one of its own ($STATE_DIRECTORY).\n";
}

void print_sources(std::ostream& out, const std::vector<std::string>& sources) {
  if (sources.empty()) return;
  out << "\nSecrets come from:\n";
  for (const std::string& source : sources) out << "  " << source << '\n';
}

void print_plan(std::ostream& out, const AccountConfiguration& account,
                const std::string& directory) {
  out << '\n'
      << account.name << " (" << account.mapper->manufacturer << ", " << account.base_url << ")\n";
  std::string reads;
  const PollingPlan plan = polling_plan(account, 1);
  for (const PlannedRead& read : plan.reads) {
    reads += (reads.empty() ? "" : ", ") + read.name + " every " + duration_text(read.every);
  }
  out << "  " << reads << '\n';
  for (const int devices : kFleets) {
    out << "  " << devices << (devices == 1 ? " device: " : " devices: ")
        << cost(polling_plan(account, devices)) << '\n';
  }
  if (plan.windows.empty())
    out << "  No quota: the vendor documents none, or quotas = [] lifts it.\n";
  if (!takes_logins(account)) return;
  out << "  " << login_state(account, directory).text << '\n';
}

}  // namespace

void print_problems(std::ostream& out, const std::string& file,
                    const std::vector<ConfigProblem>& problems) {
  for (const ConfigProblem& problem : problems) {
    out << file << ':';
    if (problem.line > 0) out << problem.line << ':';
    out << ' ' << problem.text << '\n';
  }
}

int check(const std::string& file, std::span<const Mapper* const> mappers, std::ostream& out) {
  const ConfigRead read = read_config_file(file, mappers);
  print_problems(out, file, read.problems);
  for (const std::string& warning : read.configuration.warnings) {
    out << file << ": warning: " << warning << '\n';
  }
  if (!read.problems.empty()) return kExitConfiguration;
  out << file << ": nothing is wrong\n";
  for (const AccountConfiguration& account : read.configuration.accounts) {
    print_plan(out, account, read.configuration.state_directory);
  }
  print_state(out, read.configuration.state_directory);
  print_sources(out, read.sources);
  return EXIT_SUCCESS;
}

}  // namespace bridge
