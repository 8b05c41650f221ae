#include "io/paho_options.hpp"

#include <mqtt/ssl_options.h>
#include <mqtt/will_options.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <random>
#include <string_view>

namespace bridge {
namespace {

using namespace std::chrono_literals;

constexpr auto kKeepAlive = 15s;
constexpr auto kConnectTimeout = 5s;
constexpr int kSessionSeconds = 30;

mqtt::ssl_options tls_options(const MqttConfiguration& configuration) {
  mqtt::ssl_options tls;
  if (!configuration.ca_file.empty()) tls.set_trust_store(configuration.ca_file);
  if (!configuration.cert_file.empty()) tls.set_key_store(configuration.cert_file);
  if (!configuration.key_file.empty()) tls.set_private_key(configuration.key_file);
  tls.set_enable_server_cert_auth(true);
  tls.set_verify(true);  // without it any certificate of a trusted CA will do
  return tls;
}

bool takes(std::string_view& text, std::string_view start) {
  if (!text.starts_with(start)) return false;
  text.remove_prefix(start.size());
  return true;
}

}  // namespace

std::string BrokerAddress::uri() const { return (tls ? "ssl://" : "tcp://") + text(); }

std::string BrokerAddress::text() const {
  const bool ipv6 = host.find(':') != std::string::npos;
  return (ipv6 ? "[" + host + "]" : host) + ":" + port;
}

BrokerAddress broker_address(const std::string& url) {
  BrokerAddress address;
  std::string_view rest = url;
  address.tls = takes(rest, "mqtts://") || takes(rest, "ssl://");
  if (!address.tls && !takes(rest, "mqtt://")) takes(rest, "tcp://");
  rest = rest.substr(0, rest.find('/'));
  rest.remove_prefix(rest.rfind('@') + 1);  // npos + 1 is 0

  const std::size_t bracket = rest.starts_with('[') ? rest.find(']') : std::string_view::npos;
  const std::size_t colon = rest.find(':', bracket == std::string_view::npos ? 0 : bracket);
  address.host =
      bracket == std::string_view::npos ? rest.substr(0, colon) : rest.substr(1, bracket - 1);
  if (colon != std::string_view::npos) address.port = rest.substr(colon + 1);
  if (address.port.empty()) address.port = address.tls ? "8883" : "1883";
  return address;
}

std::string client_id(const MqttConfiguration& configuration) {
  if (!configuration.client_id.empty()) return configuration.client_id;
  std::string id = configuration.base_topic;
  std::replace(id.begin(), id.end(), '/', '-');
  id += '-';
  std::random_device random;
  for (int digit = 0; digit < 8; ++digit) id += "0123456789abcdef"[random() % 16];
  return id;
}

mqtt::properties message_properties(bool json) {
  mqtt::properties properties;
  properties.add({mqtt::property::PAYLOAD_FORMAT_INDICATOR, 1});
  if (json) properties.add({mqtt::property::CONTENT_TYPE, "application/json"});
  return properties;
}

std::unique_ptr<mqtt::connect_options> connect_options(const MqttConfiguration& configuration,
                                                       int version, const Publication& will) {
  auto made = std::make_unique<mqtt::connect_options>();
  mqtt::connect_options& options = *made;
  options.set_mqtt_version(version);
  options.set_keep_alive_interval(kKeepAlive);
  options.set_connect_timeout(kConnectTimeout);
  options.set_automatic_reconnect(false);
  mqtt::properties will_properties;
  if (version >= 5) {
    options.set_clean_start(false);
    options.set_properties({{mqtt::property::SESSION_EXPIRY_INTERVAL, kSessionSeconds}});
    will_properties = message_properties(will.json);
  } else {
    options.set_clean_session(true);
  }
  if (!configuration.username.empty()) options.set_user_name(configuration.username);
  if (!configuration.password.empty()) options.set_password(configuration.password);
  if (!will.topic.empty()) {
    options.set_will(mqtt::will_options(will.topic, will.payload.data(), will.payload.size(), 1,
                                        true, will_properties));
  }
  if (broker_address(configuration.url).tls) options.set_ssl(tls_options(configuration));
  return made;
}

void forget_proxy_environment() {
  ::unsetenv("http_proxy");
  ::unsetenv("https_proxy");
}

}  // namespace bridge
