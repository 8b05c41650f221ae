#include "core/credential_remedy.hpp"

#include <sstream>
#include <string_view>

namespace bridge {
namespace {

/// "accounts.home.email and accounts.home.password".
std::string named(const AccountConfiguration& account, std::string_view settings) {
  std::istringstream words{std::string(settings)};
  std::string all;
  for (std::string key; words >> key;) {
    all += (all.empty() ? "accounts." : " and accounts.") + account.name + '.' + key;
  }
  return all;
}

// What systemd handed over is as it was until the service starts again.
const std::string kTaken = "reload (restart, where it is a credential)";

}  // namespace

std::string credential_remedy(const AccountConfiguration& account) {
  const Auth& auth = account.mapper->auth;
  if (!auth.key.empty() && !account.settings.text(auth.key).empty()) {
    return "put a new key where " + named(account, auth.key) + " points, and " + kTaken;
  }
  std::string_view needed = auth.sign_in == nullptr ? auth.key : auth.sign_in_settings;
  if (auth.oauth2 != nullptr) {
    if (auth.oauth2->grant == OAuth2::Grant::authorization_code) return {};
    needed = "client_id client_secret";
  }
  const std::string settings = named(account, needed);
  return settings.empty() ? "" : "mend " + settings + ", and " + kTaken;
}

}  // namespace bridge
