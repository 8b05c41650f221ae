#pragma once

#include <chrono>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "bridge/mapper.hpp"
#include "core/device_choice.hpp"

namespace bridge {

/// The configuration file, checked. Every duration is already a duration, every secret resolved.
struct MqttConfiguration {
  std::string url = "mqtt://localhost:1883";  ///< mqtt:// or mqtts://
  std::string username;
  std::string password;
  std::string client_id;  ///< empty: made of base_topic, machine and state directory
  std::string base_topic = "cloud2mqtt";
  std::string ca_file, cert_file, key_file;
  int version = 5;  ///< 5 (falls back to 4 when the broker refuses) or 4

  bool operator==(const MqttConfiguration&) const = default;
};

struct HomeAssistantConfiguration {
  bool discovery = true;
  std::string prefix = "homeassistant";
  std::string status_topic = "homeassistant/status";
  std::string online_payload = "online";

  bool operator==(const HomeAssistantConfiguration&) const = default;
};

struct AccountConfiguration {
  std::string name;
  const Mapper* mapper = nullptr;
  std::string base_url;
  std::string token_url;      ///< of OAuth 2.0; empty: the mapper's path on base_url's origin
  std::string authorize_url;  ///< where a person signs in; empty: likewise
  std::map<std::string, std::chrono::milliseconds> every;  ///< by the read's name, and "list"
  DeviceChoice devices;
  std::optional<std::vector<Quota>> quotas;  ///< nothing: the mapper's
  std::optional<std::chrono::seconds> stale_after;
  std::optional<std::chrono::milliseconds> command_spacing;  ///< nothing: the mapper's, none on loopback
  int commands_per_hour = 0;  ///< per device; 0: no limit
  bool allow_http = false;    ///< plain http:// to other machines
  std::string proxy;          ///< http://host:port; empty: none
  std::string ca_file;        ///< instead of the system's
  Settings settings;          ///< the mapper's own

  bool operator==(const AccountConfiguration&) const = default;
};

/// The words of `log_level`, from the fewest lines to the most.
inline constexpr std::string_view kLogLevels[] = {"error", "warning", "notice", "info", "debug"};

struct Configuration {
  std::string state_directory;
  std::string log_level = "info";
  MqttConfiguration mqtt;
  HomeAssistantConfiguration homeassistant;
  std::vector<AccountConfiguration> accounts;
  std::vector<std::string> secrets;   ///< every secret value, for redaction
  std::vector<std::string> warnings;  ///< sentences for the log: literal secrets, periods raised
};

/// The key that the configuration gives an account; empty: it gives none.
std::string configured_key(const AccountConfiguration& account);

/// Whether a person signs in for an account, by "cloud2mqtt login".
bool takes_logins(const AccountConfiguration& account);

/// Adds the secrets that are not among those known yet: one that was taken out of a configuration
/// may still come in a vendor's answer.
void add_secrets(std::vector<std::string>& known, const std::vector<std::string>& more);

/// Whether a URL's host is this machine.
bool is_loopback(std::string_view url);

/// The shortest period that is polite to an account's vendor, of `shortest` as the mapper says: on
/// this machine there is nobody to be polite to.
std::chrono::milliseconds polite(const AccountConfiguration& account, std::chrono::milliseconds shortest);

}  // namespace bridge
