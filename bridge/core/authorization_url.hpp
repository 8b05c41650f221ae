#pragma once

#include <string>
#include <string_view>

#include "core/configuration.hpp"

namespace bridge {

/// Where an account's tokens are asked for: its `token_url`, or the mapper's path on the origin of
/// its base URL. For accounts whose mapper has OAuth 2.0.
std::string token_url_of(const AccountConfiguration& account);

/// The mapper's own client, or the setting `client_id`.
std::string client_id_of(const AccountConfiguration& account);

/// What follows "Basic " where a client proves itself by its secret; empty: it has none.
std::string basic_credentials(const AccountConfiguration& account);

/// One attempt of a person to sign in.
struct SignIn {
  std::string redirect_uri;  ///< where the vendor sends the browser
  std::string state;         ///< comes back with it
  std::string challenge;     ///< of PKCE
};

/// The address that a person opens to sign in.
std::string authorization_url(const AccountConfiguration& account, const SignIn& sign_in);

/// What came back from a sign-in, in the browser's address.
struct Redirect {
  std::string code;  ///< empty: none
  std::string state;
  std::string error;  ///< "access_denied"
  std::string error_description;
};

/// Reads a redirect's address, or its path and query, as a browser or a person gives it.
Redirect parse_redirect(std::string_view address);

}  // namespace bridge
