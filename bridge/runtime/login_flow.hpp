#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "core/authorization_url.hpp"
#include "core/pkce.hpp"
#include "runtime/token_client.hpp"

namespace bridge {

/// What a person's sign-in consists of.
struct LoginParts {
  const AccountConfiguration& account;  ///< its mapper signs in by authorization code
  Clock& clock;
  HttpClient& client;  ///< to the token endpoint's origin
  std::string redirect_uri;
  std::string state;  ///< nobody can guess it
  Pkce pkce;
  std::function<void(const std::string&)> say;  ///< tells the person a sentence
};

/// Signs a person in: waits for the address that the vendor sends the browser to, and exchanges the
/// code in it for tokens.
class LoginFlow {
 public:
  explicit LoginFlow(LoginParts parts);

  /// What the person opens.
  std::string address() const;

  /// An address came, from the browser or by hand. Returns a sentence about it.
  std::string take(std::string_view address);

  /// The tokens. Errors, with a sentence: timeout where no address came within ten minutes; the
  /// token endpoint's own; refused after give_up().
  Task<StoredToken> finish();

  /// The person does not want to wait any more.
  void give_up();

 private:
  Task<TokenGrant> exchange(std::string code);
  StoredToken stored(const TokenGrant& grant) const;
  std::string cleaned(const std::string& text) const;
  std::string not_granted(const Redirect& redirect) const;

  LoginParts parts_;
  TokenClient tokens_;
  std::unique_ptr<Alarm> alarm_;
  std::optional<std::string> code_;
  bool given_up_ = false;
};

}  // namespace bridge
