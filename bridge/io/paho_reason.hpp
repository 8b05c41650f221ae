#pragma once

#include <string>

namespace bridge {

/// What a broker's code means, for people: a CONNACK's return code of MQTT 3.1.1 (1 to 5) or a
/// reason code of MQTT 5 (128 and more). Empty: it says nothing.
std::string broker_reason(int code);

/// Whether a PUBACK's code says that the message would be refused the next time too.
bool refuses_for_good(int code);

/// Whether a CONNACK's code says that the broker does not speak this version of MQTT.
bool refuses_version(int code);

}  // namespace bridge
