#pragma once

#include <string>

#include "core/configuration.hpp"

namespace bridge {

/// Whether a person signs in for this account, by "cloud2mqtt login".
bool takes_logins(const AccountConfiguration& account);

/// Where the service keeps its tokens: the configuration's state directory; for root that of the
/// installed service, where the configuration's does not exist.
std::string login_directory(const Configuration& configuration);

/// How an account proves who it is and how that stands, as a sentence without secrets.
struct LoginState {
  bool login_needed = false;
  std::string text;
};
LoginState login_state(const AccountConfiguration& account, const std::string& directory);

}  // namespace bridge
