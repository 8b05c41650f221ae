#include "io/paho_reason.hpp"

namespace bridge {
namespace {

constexpr int kTakenOver = 142;

bool refuses_credentials(int code) {
  return code == 4 || code == 5 || code == 134 || code == kNotAuthorized;
}

}  // namespace

std::string broker_reason(int code, bool has_user_name, const std::string& client_id) {
  if (code == kTakenOver) return same_client_id(client_id);
  const std::string reason = broker_reason(code);
  if (!refuses_credentials(code)) return reason;
  return reason + (has_user_name ? ": check" : ": set") + " username and password under [mqtt]";
}

std::string same_client_id(const std::string& client_id) {
  return "another client uses the client id \"" + client_id +
         "\": give this one another client_id under [mqtt]";
}

Level level_of(int code) {
  return refuses_credentials(code) || code == kTakenOver ? Level::error : Level::warning;
}

std::string broker_reason(int code) {
  switch (code) {
    case 1:
    case 132:
      return "the broker does not speak this version of MQTT";
    case 2:
    case 133:
      return "the broker refused the client id";
    case 3:
    case 136:
      return "the broker is not available";
    case 4:
    case 5:
    case 134:
    case 135:
      return "the broker refused user name or password";
    case 137:
      return "the broker is busy";
    case 138:
      return "the broker has banned this client";
    case 139:
      return "the broker is shutting down";
    case 140:
      return "the broker wants another way of signing in";
    case 141:
      return "the broker heard nothing for too long";
    case kTakenOver:
      return "another client connected with the same client id";
    case 149:
      return "the message is too large for the broker";
    case 151:
      return "a quota of the broker is exceeded";
    case 152:
      return "the broker's administrator ended it";
    case 154:
      return "the broker does not support retained messages";
    case 155:
      return "the broker does not support QoS 1";
    case 156:
    case 157:
      return "the broker wants another server to be used";
    case 159:
      return "the broker limits the rate of connections";
    default:
      break;
  }
  return code >= 128 ? "the broker gave reason code " + std::to_string(code) : std::string();
}

// Not 145, the packet's number is in use, and not 151, a quota: those pass.
bool refuses_for_good(int code) { return code >= 128 && code != 145 && code != 151; }

bool refuses_version(int code) { return code == 1 || code == 132; }

}  // namespace bridge
