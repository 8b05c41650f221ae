#pragma once

#include <string>

#include "core/configuration.hpp"

namespace bridge {

/// How an account proves who it is and how that stands, as a sentence without secrets.
struct LoginState {
  bool login_needed = false;
  bool readable = true;  ///< false: the state directory could not be read
  std::string text;
};
LoginState login_state(const AccountConfiguration& account, const std::string& directory);

}  // namespace bridge
