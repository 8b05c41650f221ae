#pragma once

#include <functional>
#include <string>

#include "core/configuration.hpp"
#include "core/web_address.hpp"
#include "runtime/ports.hpp"

namespace bridge {

/// What a token endpoint gave.
struct TokenGrant {
  std::string access;
  std::string refresh;  ///< empty: none, or the one before stays
  std::chrono::milliseconds life{};
};

/// Whether a token endpoint's word says why it refuses (RFC 6749, 4.1.2.1 and 5.2). A refusal without
/// one may mean anything.
bool is_oauth_word(std::string_view word);

/// Asks an account's OAuth 2.0 token endpoint. Errors: unauthorized where it refuses what it was
/// given (401, or 400 with OAuth's word for it); rate_limited; network or timeout for everything
/// else, an answer without a token too: that passes. Their messages begin with "POST /path"; they
/// are not redacted yet.
class TokenClient {
 public:
  using Send = std::function<Task<HttpReply>(HttpRequest)>;

  /// `send` reaches the origin of token_url_of(account).
  TokenClient(const AccountConfiguration& account, Clock& clock, Send send)
      : account_(account), clock_(clock), send_(std::move(send)) {}

  /// With the settings `client_id` and `client_secret`.
  Task<TokenGrant> client_credentials();
  Task<TokenGrant> refresh(std::string refresh_token);
  /// With the code that a person's sign-in brought.
  Task<TokenGrant> redeem(std::string code, std::string redirect_uri, std::string verifier);

 private:
  enum class BodyForm { json, form };

  Task<TokenGrant> ask(Fields fields);
  Task<TokenGrant> ask(Fields fields, BodyForm body_form);
  HttpRequest request(Fields fields, BodyForm body_form) const;
  Result<TokenGrant> judged(const std::string& target, const HttpReply& reply) const;

  const AccountConfiguration& account_;
  Clock& clock_;
  Send send_;
  bool wants_form_ = false;  // the vendor does not take JSON, whatever it documents
};

}  // namespace bridge
