#include "io/config_reader.hpp"

#include <algorithm>
#include <filesystem>

#include "core/duration_text.hpp"
#include "core/similar_word.hpp"

namespace bridge {
namespace {

using Kind = ConfigNode::Kind;
using std::chrono::milliseconds;

constexpr std::chrono::hours kYear{366 * 24};

std::string in_quotes(std::string_view text) { return '"' + std::string(text) + '"'; }

std::string wrong_kind(const ConfigNode& node, Kind expected) {
  std::string text = "must be " + std::string(kind_name(expected)) + ", but it is " +
                     std::string(kind_name(node.kind));
  if (expected == Kind::list) text += R"(: write ["..."])";
  if (expected == Kind::flag && node.kind == Kind::text) text += ": leave the quotes out";
  return text;
}

}  // namespace

void ConfigReading::warn(int line, const std::string& text) {
  const std::string place = line > 0 ? "line " + std::to_string(line) + ": " : "";
  result.configuration.warnings.push_back(place + text);
}

std::string ConfigReading::resolved(const std::string& path) const {
  return (std::filesystem::path(directory) / path).string();
}

int TableReader::line_of(std::string_view key) const {
  const ConfigNode* node = table_.find(key);
  return node == nullptr ? table_.line : node->line;
}

std::string TableReader::name_of(std::string_view key) const {
  return path_.empty() ? std::string(key) : path_ + "." + std::string(key);
}

void TableReader::problem(std::string_view key, const std::string& text) {
  reading_.problem(line_of(key), name_of(key) + " " + text);
}

const ConfigNode* TableReader::value(std::string_view key) {
  asked_.emplace_back(key);
  return table_.find(key);
}

const ConfigNode* TableReader::value(std::string_view key, Kind kind) {
  const ConfigNode* node = value(key);
  if (node == nullptr || node->kind == kind) return node;
  problem(key, wrong_kind(*node, kind));
  return nullptr;
}

std::optional<std::string> TableReader::text(std::string_view key) {
  const ConfigNode* node = value(key, Kind::text);
  if (node == nullptr) return std::nullopt;
  if (!node->text.empty()) return node->text;
  problem(key, "is empty: give it a value, or leave the line out");
  return std::nullopt;
}

std::optional<std::string> TableReader::word(std::string_view key,
                                             const std::vector<std::string>& options) {
  const auto chosen = text(key);
  if (!chosen || std::count(options.begin(), options.end(), *chosen) > 0) return chosen;
  problem(key, "is " + in_quotes(*chosen) + ", but must be one of " + one_of(options));
  return std::nullopt;
}

std::optional<bool> TableReader::flag(std::string_view key) {
  const ConfigNode* node = value(key, Kind::flag);
  return node == nullptr ? std::nullopt : std::optional(node->flag);
}

std::optional<int> TableReader::number(std::string_view key, int least, int most) {
  const ConfigNode* node = value(key, Kind::number);
  if (node == nullptr) return std::nullopt;
  if (node->number >= least && node->number <= most) return static_cast<int>(node->number);
  problem(key, "is " + std::to_string(node->number) + ", but must lie from " +
                   std::to_string(least) + " to " + std::to_string(most));
  return std::nullopt;
}

std::optional<milliseconds> TableReader::duration(std::string_view key, milliseconds least) {
  const ConfigNode* node = value(key);
  if (node == nullptr) return std::nullopt;
  const auto span = node->kind == Kind::text ? parse_duration(node->text) : std::nullopt;
  if (!span) {
    problem(key, R"(is no duration: write a whole number with ms, s, min, h or d, such as "5min")");
    return std::nullopt;
  }
  if (*span >= least && *span <= kYear) return span;
  problem(key, "is " + in_quotes(node->text) + ", but must lie from " + duration_text(least) +
                   " to " + duration_text(kYear));
  return std::nullopt;
}

std::optional<std::vector<std::string>> TableReader::words(
    std::string_view key, const std::vector<std::string>& options) {
  const ConfigNode* node = value(key, Kind::list);
  if (node == nullptr) return std::nullopt;
  std::vector<std::string> chosen;
  bool right = true;
  for (const ConfigNode& item : node->items) {
    const std::string name = "an element of " + name_of(key) + " ";
    if (item.kind != Kind::text) {
      reading_.problem(item.line, name + wrong_kind(item, Kind::text));
      right = false;
    } else if (item.text.empty() || std::count(chosen.begin(), chosen.end(), item.text) > 0) {
      const std::string_view wrong = item.text.empty() ? "is empty" : "stands there twice";
      reading_.problem(item.line, name + std::string(wrong) + ": take it out");
      right = false;
    } else if (!options.empty() && std::count(options.begin(), options.end(), item.text) == 0) {
      reading_.problem(item.line, name + "is " + in_quotes(item.text) + ", but must be one of " +
                                      one_of(options));
      right = false;
    }
    chosen.push_back(item.text);
  }
  return right ? std::optional(chosen) : std::nullopt;
}

std::optional<std::string> TableReader::topic(std::string_view key) {
  const auto topic = text(key);
  if (!topic) return std::nullopt;
  const auto is_control = [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; };
  std::string wrong;
  if (topic->find_first_of("+#") != std::string::npos) {
    wrong = "must not contain the wildcards + and #";
  } else if (topic->front() == '/' || topic->back() == '/' ||
             topic->find("//") != std::string::npos) {
    wrong = "must not begin or end with '/' or have an empty level";
  } else if (topic->front() == '$') {
    wrong = "must not begin with '$', which belongs to the broker";
  } else if (std::any_of(topic->begin(), topic->end(), is_control) || topic->size() > 200) {
    wrong = "must be at most 200 printable characters";
  }
  if (wrong.empty()) return topic;
  problem(key,
          "is " + in_quotes(*topic) + ", but " + wrong + R"(: write one such as "home/cloud")");
  return std::nullopt;
}

std::optional<std::string> TableReader::file(std::string_view key) {
  const auto path = text(key);
  if (!path || reading_.referred == Referred::ignored) return path;
  const std::string resolved = reading_.resolved(*path);
  const FileText read = file_text(resolved);
  if (read.text) return resolved;
  problem(key, "names the file " + resolved + ", which cannot be read: " + read.trouble);
  return std::nullopt;
}

std::optional<std::string> TableReader::secret(std::string_view key) {
  const ConfigNode* node = value(key);
  if (node == nullptr) return std::nullopt;
  return secret_value(reading_, *node, name_of(key));
}

void TableReader::refuse_unknown() {
  for (const auto& [key, node] : table_.members) {
    if (std::count(asked_.begin(), asked_.end(), key) > 0) continue;
    const std::string place = path_.empty() ? "the file" : "[" + path_ + "]";
    reading_.problem(node.line,
                     place + " has no key " + in_quotes(key) + ": " + suggestion(key, asked_));
  }
}

}  // namespace bridge
