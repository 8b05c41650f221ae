#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/split_words.hpp"
#include "io/config_file.hpp"
#include "io/config_tree.hpp"

namespace bridge {

/// What one reading of a file knows and collects.
struct ConfigReading {
  std::string directory;  ///< relative files hang on it; empty: the working directory
  bool exposed = false;   ///< others than the owner may read the file
  Referred referred = Referred::read;
  ConfigRead result;

  void problem(int line, std::string text) { result.problems.push_back({line, std::move(text)}); }
  void warn(int line, const std::string& text);

  /// A path of the file as an absolute one, or relative to the working directory.
  std::string resolved(const std::string& path) const;
};

/// Reads one table: each value is checked as it is asked for, and what nobody asked for is unknown.
/// A value that is missing or wrong is nothing; what is wrong has become a problem.
class TableReader {
 public:
  /// `path` is the table's own name, such as "mqtt"; empty for the file itself.
  TableReader(ConfigReading& reading, const ConfigNode& table, std::string path)
      : reading_(reading), table_(table), path_(std::move(path)) {}

  ConfigReading& reading() const { return reading_; }
  int line() const { return table_.line; }
  /// The line of a key, or of the table where it is not given.
  int line_of(std::string_view key) const;
  /// The full name of a key: "mqtt.url".
  std::string name_of(std::string_view key) const;
  bool has(std::string_view key) const { return table_.find(key) != nullptr; }
  void problem(std::string_view key, const std::string& text);

  const ConfigNode* value(std::string_view key);
  const ConfigNode* value(std::string_view key, ConfigNode::Kind kind);
  std::optional<std::string> text(std::string_view key);  ///< not empty
  std::optional<std::string> word(std::string_view key, const std::vector<std::string>& options);
  std::optional<bool> flag(std::string_view key);
  std::optional<int> number(std::string_view key, int least, int most);
  /// Between `least` and a year.
  std::optional<std::chrono::milliseconds> duration(std::string_view key,
                                                    std::chrono::milliseconds least);
  std::optional<std::vector<std::string>> words(std::string_view key,
                                                const std::vector<std::string>& options);
  std::optional<std::string> topic(std::string_view key);  ///< fit to publish below or to
  std::optional<std::string> file(std::string_view key);   ///< readable; its resolved path
  std::optional<std::string> secret(std::string_view key);

  /// Every key that nobody asked for becomes a problem with a suggestion.
  void refuse_unknown();

 private:
  ConfigReading& reading_;
  const ConfigNode& table_;
  std::string path_;
  std::vector<std::string> asked_;
};

/// Words as a person lists them: "a, b or c".
std::string one_of(const std::vector<std::string>& words);

/// The end of a complaint about an unknown word: a similar one, else all of them.
std::string suggestion(std::string_view word, const std::vector<std::string>& known);

/// The whole of a file, or why it cannot be read ("No such file or directory").
struct FileText {
  std::optional<std::string> text;
  std::string trouble;
};
FileText file_text(const std::string& path);

/// What is wrong with an address of one of the schemes ("http", "https"); empty: nothing. A path is
/// permitted where `with_path`.
std::string address_problem(const std::string& url, const std::vector<std::string>& schemes,
                            bool with_path);

/// The value of a secret: text, or { credential | file | env = "..." }. Nothing after a problem.
std::optional<std::string> secret_value(ConfigReading& reading, const ConfigNode& node,
                                        const std::string& name);

}  // namespace bridge
