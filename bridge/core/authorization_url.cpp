#include "core/authorization_url.hpp"

#include "core/base64.hpp"
#include "core/web_address.hpp"

namespace bridge {

std::string token_url_of(const AccountConfiguration& account) {
  if (!account.token_url.empty()) return account.token_url;
  return origin_of(account.base_url) + std::string(account.mapper->auth.oauth2->token_path);
}

std::string client_id_of(const AccountConfiguration& account) {
  const std::string_view own = account.mapper->auth.oauth2->client_id;
  return own.empty() ? account.settings.text("client_id") : std::string(own);
}

// RFC 6749, 2.3.1 wants both parts form-encoded.
std::string basic_credentials(const AccountConfiguration& account) {
  const std::string secret = account.settings.text("client_secret");
  if (secret.empty()) return {};
  return base64(url_encoded(client_id_of(account)) + ':' + url_encoded(secret));
}

std::string authorization_url(const AccountConfiguration& account, const SignIn& sign_in) {
  const OAuth2& oauth2 = *account.mapper->auth.oauth2;
  std::string url = account.authorize_url;
  if (url.empty()) url = origin_of(account.base_url) + std::string(oauth2.authorize_path);
  Fields query{{"response_type", "code"},
               {"client_id", client_id_of(account)},
               {"redirect_uri", sign_in.redirect_uri}};
  if (!oauth2.scope.empty()) query.emplace_back("scope", oauth2.scope);
  query.emplace_back("state", sign_in.state);
  query.emplace_back("code_challenge", sign_in.challenge);
  query.emplace_back("code_challenge_method", "S256");
  return url + '?' + form_encoded(query);
}

Redirect parse_redirect(std::string_view address) {
  const std::size_t mark = address.find('?');
  if (mark == address.npos) return {};
  address.remove_prefix(mark + 1);
  const Fields query = form_decoded(address.substr(0, address.find('#')));
  return {field(query, "code"), field(query, "state"), field(query, "error"),
          field(query, "error_description")};
}

}  // namespace bridge
