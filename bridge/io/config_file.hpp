#pragma once

#include <span>
#include <string>
#include <vector>

#include "core/configuration.hpp"

namespace bridge {

/// One mistake in the file: where it stands, what is wrong, what to write instead.
struct ConfigProblem {
  int line = 0;  ///< 0: no single line
  std::string text;
};

struct ConfigRead {
  Configuration configuration;          ///< meaningful only without problems
  std::vector<ConfigProblem> problems;  ///< all of them, in the order of the file
  std::vector<std::string> sources;     ///< "mqtt.password: the file /x" for each secret's place
};

/// Whether the secrets and certificates that the file refers to are read. `ignored`: they may be
/// missing or wrong, and each secret is a placeholder.
enum class Referred { read, ignored };

/// Reads and checks the file with everything it refers to (secrets, certificates). Never throws:
/// an unreadable file and bad TOML are problems too. Relative files are relative to the
/// configuration file.
ConfigRead read_config_file(const std::string& path, std::span<const Mapper* const> mappers,
                            Referred referred = Referred::read);

/// The same for a text, for tests; `directory` stands for the file's.
ConfigRead read_config_text(const std::string& text, const std::string& directory,
                            std::span<const Mapper* const> mappers,
                            Referred referred = Referred::read);

/// The commented example file: every setting of the program and of every mapper.
std::string example_config(std::span<const Mapper* const> mappers);

}  // namespace bridge
