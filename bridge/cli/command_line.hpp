#pragma once

#include <cstdint>
#include <iosfwd>
#include <optional>
#include <string>
#include <vector>

#include "bridge/result.hpp"

namespace bridge {

/// Exit statuses, as sysexits.h has them.
inline constexpr int kExitUsage = 64;
inline constexpr int kExitUnavailable = 69;
inline constexpr int kExitConfiguration = 78;

/// What the program was asked to do.
struct CommandLine {
  enum class Command { run, check, login, topics, discovery, docs, acl, example, version, help };

  Command command = Command::help;
  std::string file = "/etc/cloud2mqtt/cloud2mqtt.toml";  ///< the configuration
  std::string account;                                   ///< of login; empty: the state of all
  std::optional<std::uint16_t> port;                     ///< of login
  std::string vendor;                                    ///< of docs
};

/// Takes the arguments behind the program's name apart. Errors: invalid_argument, with a sentence.
Result<CommandLine> parse_command_line(const std::vector<std::string>& arguments);

/// Does what the arguments say; returns the exit status.
int run_command_line(const std::vector<std::string>& arguments, std::ostream& out,
                     std::ostream& trouble);

/// The same for main(), on standard output and standard error.
int run_command_line(int argc, char** argv);

}  // namespace bridge
