#include "cli/login_state.hpp"

#include <optional>
#include <stdexcept>

#include "bridge/timestamp.hpp"
#include "core/credential_mark.hpp"
#include "io/login_store.hpp"

namespace bridge {
namespace {

std::string expiry(const StoredToken& token) {
  if (token.expires == Instant{}) return "ok";
  return "ok, the token in use expires " + format_time(token.expires) + " and is renewed before";
}

std::string scheme(const AccountConfiguration& account) {
  const Auth& auth = account.mapper->auth;
  if (!configured_key(account).empty()) {
    return "the configuration's " + std::string(auth.key);
  }
  if (auth.oauth2 != nullptr) {
    return takes_logins(account) ? "login by a person" : "client id and secret";
  }
  return auth.sign_in == nullptr ? "no credentials" : "sign-in with the configuration's settings";
}

bool has_tokens(const AccountConfiguration& account) {
  const Auth& auth = account.mapper->auth;
  if (!configured_key(account).empty()) return false;
  return auth.oauth2 != nullptr || auth.sign_in != nullptr;
}

}  // namespace

LoginState login_state(const AccountConfiguration& account, const std::string& directory) {
  const std::string how = scheme(account) + ": ";
  if (!has_tokens(account)) return {false, true, how + "configured; its status topic says whether the vendor takes it"};
  std::optional<StoredToken> token;
  try {
    token = LoginStore(directory).token(account.name);
  } catch (const std::runtime_error& error) {
    return {false, false, how + "how it stands cannot be read. " + error.what()};
  }
  if (!takes_logins(account)) return {false, true, how + (token ? expiry(*token) : "no token yet")};
  const std::string command = "run \"cloud2mqtt login " + account.name + "\"";
  const bool is_foreign = token && !token->mark.empty() && token->mark != token_mark(account);
  if (is_foreign) {
    return {true, true, how + "login needed, the last one was made with other settings: " + command};
  }
  if (!token || token->refresh.empty()) return {true, true, how + "login needed: " + command};
  if (token->refused) {
    return {true, true,
            how + "login needed, the vendor does not accept the last one any more: " + command};
  }
  return {false, true, how + expiry(*token)};
}

}  // namespace bridge
