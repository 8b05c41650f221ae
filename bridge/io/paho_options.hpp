#pragma once

#include <mqtt/connect_options.h>

#include <memory>
#include <string>

#include "core/configuration.hpp"
#include "runtime/ports.hpp"

namespace bridge {

/// Where the broker is, taken from a URL: mqtt://host:1883 or mqtts://host:8883.
struct BrokerAddress {
  std::string host;  ///< an IPv6 address without its brackets
  std::string port;
  bool tls = false;

  /// As Paho wants it: "tcp://host:port" or "ssl://host:port".
  std::string uri() const;
  /// For people: "host:port".
  std::string text() const;
};

/// Reads a URL that the configuration has checked; the port is 1883 or 8883 where it names none.
BrokerAddress broker_address(const std::string& url);

/// The configured client id, or the base topic (without slashes) and eight random hex digits.
std::string client_id(const MqttConfiguration& configuration);

/// The options of a connection, at an address of their own: copies of them point back into them.
/// Throws mqtt::exception.
std::unique_ptr<mqtt::connect_options> connect_options(const MqttConfiguration& configuration,
                                                       int version, const Publication& will);

/// The MQTT 5 properties that go with a message.
mqtt::properties message_properties(bool json);

/// Paho's C library sends the broker connection through these proxies; the bridge never does.
void forget_proxy_environment();

}  // namespace bridge
