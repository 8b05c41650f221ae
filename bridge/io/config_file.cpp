#include "io/config_file.hpp"

#include <sys/stat.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>

#include "io/config_account.hpp"

namespace bridge {
namespace {

using Kind = ConfigNode::Kind;

std::string variable(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? "" : value;
}

constexpr std::string_view kOfSystem = "/etc/cloud2mqtt";

/// Where the state lives when the file, which stands in `directory`, does not say; empty: nobody
/// says. Whoever uses the system's configuration uses the service's state: a login by root, and a
/// second copy in a terminal, which the service then keeps out.
std::string default_state_directory(const std::string& directory) {
  const std::string of_service = variable("STATE_DIRECTORY");  // systemd's, perhaps "a:b"
  if (!of_service.empty()) return of_service.substr(0, of_service.find(':'));
  if (directory == kOfSystem) return "/var/lib/cloud2mqtt";
  const std::string of_user = variable("XDG_STATE_HOME");
  if (!of_user.empty()) return of_user + "/cloud2mqtt";
  const std::string home = variable("HOME");
  return home.empty() ? "" : home + "/.local/state/cloud2mqtt";
}

void read_version(TableReader& table, MqttConfiguration& mqtt) {
  const ConfigNode* node = table.value("version");
  if (node == nullptr) return;
  const std::string written =
      node->kind == Kind::number ? std::to_string(node->number) : node->text;
  if (written == "5") {
    mqtt.version = 5;
  } else if (written == "4" || written == "3.1.1") {
    mqtt.version = 4;
  } else {
    table.problem("version", "must be 5 or \"3.1.1\"");
  }
}

void read_tls(TableReader& table, MqttConfiguration& mqtt) {
  mqtt.ca_file = table.file("ca_file").value_or("");
  mqtt.cert_file = table.file("cert_file").value_or("");
  mqtt.key_file = table.file("key_file").value_or("");
  if (table.has("cert_file") && !table.has("key_file")) {
    table.problem("cert_file", "needs key_file, the private key of the certificate, beside it");
  }
  if (table.has("key_file") && !table.has("cert_file")) {
    table.problem("key_file", "needs cert_file, the certificate of the key, beside it");
  }
  if (!mqtt.url.starts_with("mqtt://")) return;
  for (const char* key : {"ca_file", "cert_file", "key_file"}) {
    if (table.has(key)) {
      table.reading().warn(table.line_of(key),
                           table.name_of(key) + " has no effect: only mqtts:// is encrypted");
    }
  }
}

void read_mqtt(ConfigReading& reading, const ConfigNode& node) {
  MqttConfiguration& mqtt = reading.result.configuration.mqtt;
  TableReader table(reading, node, "mqtt");
  if (const auto url = table.text("url")) {
    mqtt.url = *url;
    const std::string wrong = address_problem(*url, {"mqtt", "mqtts"}, false);
    if (!wrong.empty())
      table.problem("url", wrong + R"(: write one such as "mqtt://localhost:1883")");
  }
  mqtt.username = table.text("username").value_or("");
  mqtt.password = table.secret("password").value_or("");
  if (table.has("password") && !table.has("username")) {
    table.problem("password", "needs username beside it");
  }
  mqtt.client_id = table.text("client_id").value_or("");
  mqtt.base_topic = table.topic("base_topic").value_or(mqtt.base_topic);
  read_version(table, mqtt);
  read_tls(table, mqtt);
  table.refuse_unknown();
}

void read_homeassistant(ConfigReading& reading, const ConfigNode& node) {
  HomeAssistantConfiguration& home = reading.result.configuration.homeassistant;
  TableReader table(reading, node, "homeassistant");
  home.discovery = table.flag("discovery").value_or(home.discovery);
  home.prefix = table.topic("prefix").value_or(home.prefix);
  home.status_topic = table.topic("status_topic").value_or(home.status_topic);
  home.online_payload = table.text("online_payload").value_or(home.online_payload);
  table.refuse_unknown();
}

void read_accounts(ConfigReading& reading, const ConfigNode* accounts,
                   std::span<const Mapper* const> mappers) {
  if (accounts == nullptr || accounts->members.empty()) {
    std::vector<std::string> names;
    for (const Mapper* mapper : mappers) names.emplace_back(mapper->name);
    reading.problem(accounts == nullptr ? 0 : accounts->line,
                    "there is no account: add [accounts.home] with mapper = one of " +
                        one_of(names) + " (\"cloud2mqtt example\" prints all settings)");
    return;
  }
  for (const auto& [name, node] : accounts->members) read_account(reading, name, node, mappers);
}

void read_file(ConfigReading& reading, const ConfigNode& root,
               std::span<const Mapper* const> mappers) {
  Configuration& configuration = reading.result.configuration;
  TableReader table(reading, root, "");
  if (const auto directory = table.text("state_directory")) {
    configuration.state_directory = reading.resolved(*directory);
  } else {
    configuration.state_directory = default_state_directory(reading.directory);
    if (configuration.state_directory.empty() && reading.referred == Referred::read) {
      reading.problem(0,
                      "there is no place for the state: write state_directory = "
                      "\"/var/lib/cloud2mqtt\", or set $STATE_DIRECTORY");
    }
  }
  configuration.log_level = table.word("log_level", {"error", "warning", "notice", "info", "debug"})
                                .value_or(configuration.log_level);
  if (const ConfigNode* mqtt = table.value("mqtt", Kind::table)) read_mqtt(reading, *mqtt);
  if (const ConfigNode* home = table.value("homeassistant", Kind::table)) {
    read_homeassistant(reading, *home);
  }
  const ConfigNode* accounts = table.value("accounts", Kind::table);
  if (accounts != nullptr || !table.has("accounts")) read_accounts(reading, accounts, mappers);
  table.refuse_unknown();
}

/// Problems in the order of the file, those without a line at the end.
void sort_problems(std::vector<ConfigProblem>& problems) {
  std::stable_sort(problems.begin(), problems.end(), [](const auto& one, const auto& other) {
    return one.line != 0 && (other.line == 0 || one.line < other.line);
  });
}

ConfigRead read_text(const std::string& text, ConfigReading reading,
                     std::span<const Mapper* const> mappers) {
  const auto parsed = parse_toml(text);
  if (const auto* bad = std::get_if<BadToml>(&parsed)) {
    reading.problem(bad->line, bad->text);
  } else {
    read_file(reading, std::get<ConfigNode>(parsed), mappers);
  }
  sort_problems(reading.result.problems);
  return std::move(reading.result);
}

}  // namespace

ConfigRead read_config_file(const std::string& path, std::span<const Mapper* const> mappers,
                            Referred referred) {
  ConfigReading reading;
  reading.directory = std::filesystem::path(path).parent_path().string();
  reading.referred = referred;
  FileText file = file_text(path);
  if (!file.text) {
    reading.problem(0, "the file cannot be read: " + file.trouble +
                           " (another one is named with --config FILE)");
    return std::move(reading.result);
  }
  struct stat status {};
  reading.exposed = ::stat(path.c_str(), &status) == 0 && (status.st_mode & 077) != 0;
  return read_text(*file.text, std::move(reading), mappers);
}

ConfigRead read_config_text(const std::string& text, const std::string& directory,
                            std::span<const Mapper* const> mappers, Referred referred) {
  ConfigReading reading;
  reading.directory = directory;
  reading.referred = referred;
  return read_text(text, std::move(reading), mappers);
}

}  // namespace bridge
