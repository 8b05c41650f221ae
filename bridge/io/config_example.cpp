#include <algorithm>

#include "core/duration_text.hpp"
#include "core/web_address.hpp"
#include "io/config_reader.hpp"

namespace bridge {
namespace {

constexpr std::string_view kHead =
    R"(# The configuration of cloud2mqtt. "cloud2mqtt example" prints this file; "cloud2mqtt check --config
# FILE" says everything that is wrong with yours, and what its polls cost.
#
# A '#' with a blank begins an explanation. A '#' without one stands before a setting, shown with its
# default or an example: take the '#' away to use it. One account is all that must be there.
#
# A duration is a whole number with ms, s, min, h or d. A secret is { credential = "name" } (the
# file "name" in /etc/cloud2mqtt/credentials, which systemd hands to the service), { file = "/path" }
# or { env = "NAME" }; text in quotes works, with a warning. Files are relative to this one.

# Where logins, totals and accepted commands are kept. Default: $STATE_DIRECTORY, which systemd sets,
# else /var/lib/cloud2mqtt for a file in /etc/cloud2mqtt, $XDG_STATE_HOME/cloud2mqtt or
# ~/.local/state/cloud2mqtt for any other.
#state_directory = "/var/lib/cloud2mqtt"

# What is logged: error, warning, notice, info or debug.
#log_level = "info"

[mqtt]
# The broker: mqtt:// or, encrypted, mqtts:// (port 8883).
url = "mqtt://localhost:1883"
#username = "bridge"
#password = { credential = "mqtt" }
# The first level of all topics, and a part of all ids in Home Assistant: a new one means new ids.
#base_topic = "cloud2mqtt"
# Default: the base topic and some random letters.
#client_id = "cloud2mqtt"
# 5 falls back to "3.1.1" where the broker wants that.
#version = 5
# With mqtts://: the authority of the broker's certificate instead of the system's, and a certificate
# of our own where the broker asks for one.
#ca_file = "/etc/ssl/broker-ca.pem"
#cert_file = "/etc/ssl/bridge.pem"
#key_file = "/etc/ssl/bridge.key"

[homeassistant]
# Announce every device to Home Assistant.
#discovery = true
#prefix = "homeassistant"
# Where Home Assistant says that it has started, and with which word.
#status_topic = "homeassistant/status"
#online_payload = "online"

# Accounts: [accounts.NAME], as many as you like, also of one vendor. NAME is a level of the topics:
# lower-case letters, digits, '_' and '-'.
)";

constexpr std::string_view kCommon =
    R"(#
# The following settings exist in every account.
# The devices to take, or to leave out, by the vendor's ids (they stand in the topics); a device's
# parts, such as a meter's channels, come and go with it. Default: all.
#only_devices = ["..."]
#without_devices = ["..."]
# How long a device may be silent before it counts as offline; default: the vendor's.
#stale_after = "1h"
# The least time between two commands to one device.
#command_spacing = "1s"
# The most commands an hour to one device; 0: no limit.
#commands_per_hour = 0
# Permit http:// to another machine: credentials travel unencrypted.
#allow_http = false
#proxy = "http://proxy.example.com:3128"
# The authority of the server's certificate instead of the system's.
#ca_file = "/etc/ssl/proxy-ca.pem"
)";

std::string in_quotes(std::string_view text) { return '"' + std::string(text) + '"'; }

/// A text of several lines, each of which begins as a comment.
std::string commented(std::string_view lines) {
  std::string out;
  for (const char c : lines) out += c == '\n' ? std::string("\n# ") : std::string(1, c);
  return out;
}

std::string list_of(std::string_view words) {
  std::string list;
  for (const std::string& word : split_words(words)) {
    list += (list.empty() ? "" : ", ") + in_quotes(word);
  }
  return "[" + list + "]";
}

std::string shown_value(const Mapper& mapper, const Setting& row) {
  if (!row.example.empty()) return std::string(row.example);
  const bool has_default = !row.fallback.empty();
  switch (row.type) {
    case SettingType::flag:
      return has_default ? std::string(row.fallback) : "false";
    case SettingType::list:
      return list_of(has_default ? row.fallback : row.options);
    case SettingType::span:
      return in_quotes(has_default ? row.fallback : "1h");
    case SettingType::secret:
      return "{ credential = " + in_quotes(std::string(mapper.name) + "_" + std::string(row.key)) +
             " }";
    case SettingType::choice:
      return in_quotes(has_default ? row.fallback : row.options.substr(0, row.options.find(' ')));
    case SettingType::text:
      break;
  }
  return in_quotes(has_default ? row.fallback : "...");
}

std::string periods(const Mapper& mapper) {
  std::string out = "{ list = " + in_quotes(duration_text(mapper.list_every));
  for (const DeviceKind& kind : mapper.kinds) {
    for (const Read& read : kind.reads) {
      out += ", " + std::string(read.facts) + " = " + in_quotes(duration_text(read.every));
    }
  }
  return out + " }";
}

std::string quota_list(const Mapper& mapper) {
  if (mapper.quotas.empty()) return R"([{ requests = 600, per = "1min" }])";
  std::string out;
  for (const Quota& quota : mapper.quotas) {
    out += (out.empty() ? "[{ requests = " : ", { requests = ") + std::to_string(quota.requests) +
           ", per = " + in_quotes(duration_text(quota.per)) + " }";
  }
  return out + "]";
}

/// The addresses of OAuth 2.0, for mappers that have it.
std::string token_addresses(const Mapper& mapper) {
  const OAuth2* oauth2 = mapper.auth.oauth2;
  if (oauth2 == nullptr) return {};
  const std::string origin = origin_of(mapper.base_url);
  std::string out =
      "# Where tokens are asked for; default: on the machine of base_url.\n#token_url = " +
      in_quotes(origin + std::string(oauth2->token_path)) + "\n";
  if (oauth2->grant != OAuth2::Grant::authorization_code) return out;
  return out + "# Where you sign in, by \"cloud2mqtt login\".\n#authorize_url = " +
         in_quotes(origin + std::string(oauth2->authorize_path)) + "\n";
}

std::string account(const Mapper& mapper) {
  const std::string name(mapper.name);
  std::string out = "\n# " + std::string(mapper.manufacturer) + "\n#[accounts." + name +
                    "]\n#mapper = " + in_quotes(name) + "\n";
  for (const Setting& row : mapper.settings) {
    out += "# " + commented(row.help);
    const bool has_lines = row.help.find('\n') != std::string_view::npos;
    if (!row.options.empty()) {
      out += (has_lines ? "\n# Words: " : " Words: ") + one_of(split_words(row.options)) + ".";
    }
    out += "\n#" + std::string(row.key) + " = " + shown_value(mapper, row) + "\n";
  }
  out +=
      "# The address of the vendor's interface.\n#base_url = " + in_quotes(mapper.base_url) + "\n";
  out += token_addresses(mapper);
  out += "# How often is asked; `list` is the list of devices.\n#every = " + periods(mapper) + "\n";
  const bool grows = std::any_of(mapper.quotas.begin(), mapper.quotas.end(),
                                 [](const Quota& quota) { return quota.per_device > 0; });
  out += mapper.quotas.empty() ? "# Limits that the vendor does not publish; default: [], none.\n"
         : grows ? "# The vendor's limits, here for one device: by default they grow with the "
                   "fleet; [] is none.\n"
                 : "# The vendor's limits; [] is none.\n";
  return out + "#quotas = " + quota_list(mapper) + "\n";
}

}  // namespace

std::string example_config(std::span<const Mapper* const> mappers) {
  std::string out(kHead);
  bool first = true;
  for (const Mapper* mapper : mappers) {
    out += account(*mapper);
    if (first) out += kCommon;
    first = false;
  }
  return out;
}

}  // namespace bridge
