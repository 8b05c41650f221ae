#include <cerrno>
#include <unistd.h>
#include <algorithm>
#include <cstdlib>

#include "io/config_reader.hpp"

namespace bridge {
namespace {

using Kind = ConfigNode::Kind;

constexpr std::string_view kForms =
    R"({ credential = "name" }, { file = "/path" } or { env = "NAME" })";
constexpr std::string_view kOtherForms = R"({ file = "/path" } or { env = "NAME" })";
constexpr std::size_t kLongest = 64 * 1024;
/// The directory that the unit hands to the service.
constexpr std::string_view kCredentials = "/etc/cloud2mqtt/credentials/";

/// What a source yields: a value, or why there is none.
struct Source {
  std::optional<std::string> value;
  std::string trouble;
  std::string place = {};
};

Source from_file(const std::string& path) {
  FileText file = file_text(path);
  const std::string place = "the file " + path;
  if (!file.text) return {std::nullopt, place + " cannot be read: " + file.trouble};
  if (file.text->size() > kLongest) return {std::nullopt, place + " is too large"};
  while (!file.text->empty() && (file.text->back() == '\n' || file.text->back() == '\r')) {
    file.text->pop_back();
  }
  if (file.text->empty()) return {std::nullopt, place + " is empty"};
  return {std::move(file.text), {}, place};
}

Source from_credential(const std::string& name) {
  if (name.empty() || name.front() == '.' || name.find('/') != std::string::npos) {
    return {std::nullopt, "\"" + name + "\" is no name of a credential: leave out '/' and '.'"};
  }
  const char* directory = std::getenv("CREDENTIALS_DIRECTORY");
  if (directory == nullptr || *directory == '\0') {
    // Not the service: whoever may read what the unit hands over may check it.
    const std::string file = std::string(kCredentials) + name;
    Source as_unit = from_file(file);
    if (as_unit.value) return as_unit;
    const bool may_not = ::access(file.c_str(), R_OK) != 0 && errno == EACCES;
    return {std::nullopt, "the credential \"" + name +
                              "\" is handed over by systemd ($CREDENTIALS_DIRECTORY is not set), "
                              "and " +
                              as_unit.trouble +
                              (may_not ? "; run this with sudo, or " : "; put the secret there, or ") +
                              "without systemd write " +
                              std::string(kOtherForms)};
  }
  // systemd gives the files of a directory the name of their credential as a prefix.
  const std::string base = std::string(directory) + "/";
  Source in_folder = from_file(base + "cloud2mqtt_" + name);
  if (in_folder.value) return in_folder;
  Source source = from_file(base + name);
  if (!source.value) {
    source.trouble += "; put the secret into /etc/cloud2mqtt/credentials/" + name +
                      " and start the service again";
  }
  return source;
}

Source from_environment(const std::string& name) {
  const char* value = std::getenv(name.c_str());
  if (value == nullptr || *value == '\0') {
    return {std::nullopt, "the environment variable " + name + " is not set or empty"};
  }
  return {std::string(value), {}, "the environment variable " + name};
}

Source literal(ConfigReading& reading, const ConfigNode& node, const std::string& name) {
  if (node.text.empty()) {
    return {std::nullopt, "it is empty: write it, or better " + std::string(kForms)};
  }
  reading.warn(node.line,
               reading.exposed
                   ? name +
                         " stands in the file, which other users of this machine may read: write "
                         "{ credential = \"name\" } instead"
                   : name +
                         " stands in the file itself: { credential = \"name\" } keeps it out of "
                         "backups and of what you show to others");
  return {node.text, {}, "the configuration itself"};
}

Source referred(ConfigReading& reading, const ConfigNode& node) {
  const std::string wrong = "a secret is text in quotes or one of " + std::string(kForms);
  if (node.kind != Kind::table || node.members.size() != 1) return {std::nullopt, wrong};
  const auto& [form, value] = node.members.front();
  if (value.kind != Kind::text || value.text.empty()) return {std::nullopt, wrong};
  if (form == "credential") return from_credential(value.text);
  if (form == "file") return from_file(reading.resolved(value.text));
  if (form == "env") return from_environment(value.text);
  return {std::nullopt, wrong + "; \"" + form + "\" is none of them"};
}

}  // namespace

std::optional<std::string> secret_value(ConfigReading& reading, const ConfigNode& node,
                                        const std::string& name) {
  if (reading.referred == Referred::ignored) return "secret";
  Source source = node.kind == Kind::text ? literal(reading, node, name) : referred(reading, node);
  const auto is_control = [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; };
  if (source.value && std::any_of(source.value->begin(), source.value->end(), is_control)) {
    source = {std::nullopt, "it contains a line break or another control character"};
  }
  if (!source.value) {
    reading.problem(node.line, name + " cannot be had: " + source.trouble);
    return std::nullopt;
  }
  reading.result.sources.push_back(name + ": " + source.place);
  auto& secrets = reading.result.configuration.secrets;
  if (std::find(secrets.begin(), secrets.end(), *source.value) == secrets.end()) {
    secrets.push_back(*source.value);
  }
  return source.value;
}

}  // namespace bridge
