#pragma once

#include <string>
#include <string_view>

#include "runtime/ports.hpp"

namespace bridge {

/// The reason code of MQTT 5 for what the user may not do.
inline constexpr int kNotAuthorized = 135;

/// What helps where the broker lacks a right for this user.
inline constexpr std::string_view kAclRemedy =
    "\"cloud2mqtt acl\" prints the lines the broker's acl_file needs";

/// What a broker's code means, for people: a CONNACK's return code of MQTT 3.1.1 (1 to 5) or a
/// reason code of MQTT 5 (128 and more). Empty: it says nothing.
std::string broker_reason(int code);
/// The same, with what the owner can do about it.
std::string broker_reason(int code, bool has_user_name, const std::string& client_id);

/// Two clients share an id, and what the owner can do about it.
std::string same_client_id(const std::string& client_id);

/// How bad it is: an error where only other settings help.
Level level_of(int code);

/// Whether a PUBACK's code says that the message would be refused the next time too.
bool refuses_for_good(int code);

/// Whether a CONNACK's code says that the broker does not speak this version of MQTT.
bool refuses_version(int code);

}  // namespace bridge
