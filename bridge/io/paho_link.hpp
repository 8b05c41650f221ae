#pragma once

#include <boost/asio/io_context.hpp>
#include <memory>
#include <string>

#include "core/configuration.hpp"
#include "runtime/ports.hpp"

namespace bridge {

/// The MQTT connection by Eclipse Paho. One per process. `will` is published by the broker,
/// retained and with QoS 1, when the process vanishes.
std::unique_ptr<MqttLink> make_paho_link(boost::asio::io_context& loop,
                                         const MqttConfiguration& configuration, Publication will,
                                         Log& log);

}  // namespace bridge
