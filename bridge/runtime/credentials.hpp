#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/configuration.hpp"
#include "core/quota_budget.hpp"
#include "core/retry_policy.hpp"
#include "runtime/gate.hpp"
#include "runtime/ports.hpp"
#include "runtime/token_client.hpp"

namespace bridge {

/// The vendor_code of an error, and the account's reason, where only a person can help.
inline constexpr std::string_view kLoginNeeded = "login_needed";
inline constexpr std::string_view kConsentRevoked = "consent_revoked";

/// Whether a token could be had if a person signed in.
bool wants_login(const Error& error);

/// An account's bearer token: the one the user gave, or one that is got by the vendor's own sign-in
/// or by OAuth 2.0, kept in the store and renewed at nine tenths of its life. One renewal at a
/// time. A login that another process puts into the store is taken over. A stored token that was
/// got with other settings is none.
class Credentials {
 public:
  Credentials(const AccountConfiguration& account, Clock& clock, Store& store, Log& log);

  /// The token to send. Signs in through `unsigned_vendor`, or `tokens` where that is OAuth 2.0.
  /// While the present token lives nobody waits for another one's renewal, and a command begins none.
  Task<std::string> token(Vendor& unsigned_vendor, TokenClient* tokens, Purpose purpose);

  /// The vendor refused `token`: the next token() gets another one. False: there is no other way.
  bool renewable(const std::string& token);
  /// The vendor took `token`: the refresh token from before is not needed any more.
  void accepted(const std::string& token);

  /// Looks whether somebody has signed in meanwhile, and takes that over. True once for each login,
  /// also for one that a request took over before.
  bool login_arrived();
  /// Asks the vendor once more, though it refused.
  void ask_again();

  /// Whether nothing is asked before a person signs in.
  bool wants_person() const;

  /// When the token in use ends; nothing where there is none that the vendor takes, or nobody knows.
  std::optional<Instant> expires() const;
  /// All that must not be seen in a message.
  std::vector<std::string> secrets() const;

 private:
  /// A token, and what it was got with.
  struct Obtained {
    TokenGrant grant;
    std::string used;  // the refresh token
    std::optional<Instant> expires;
  };

  Task<Obtained> obtain(Vendor& unsigned_vendor, TokenClient* tokens);
  Task<Obtained> sign_in(Vendor& unsigned_vendor);
  Task<Obtained> refresh(TokenClient& tokens);
  Result<std::string> failed(const Error& error);
  bool is_consent_lost(const Error& error);
  void keep(const Obtained& obtained);
  bool take_over_login();
  bool is_mine(const StoredToken& stored) const;
  void adopt(StoredToken stored);
  void save();
  void save_if_possible();
  void settle_expiry();
  bool clock_is_right() const;
  bool is_alive(std::chrono::milliseconds from_now = {}) const;
  bool needs_no_renewal(Purpose purpose);
  bool is_usable();
  std::string how_to_log_in() const;

  const AccountConfiguration& account_;
  Clock& clock_;
  Store& store_;
  Log& log_;
  Gate gate_;
  const std::string fixed_;  // the configured key
  const std::string mark_;   // of what tokens are got with
  StoredToken token_;
  StoredToken seen_;         // as the store has it
  bool is_refused_ = false;  // the access token
  bool is_unsaved_ = false;  // which was said
  // By the monotonic clock, for a token that this process got; the wall clock may be wrong.
  std::optional<std::chrono::milliseconds> renew_, end_;
  std::optional<Instant> renew_at_;
  int logins_ = 0;  // taken over
  int told_ = 0;    // of them, by login_arrived()
  int bare_refusals_ = 0;  // 400s without a word, in a row
  std::chrono::milliseconds first_bare_{};
  std::optional<Error> lost_;
  std::optional<Error> trouble_;  // temporary, until ask_at_
  std::chrono::milliseconds ask_at_{};
  RetryPolicy retry_{std::chrono::seconds(2), std::chrono::minutes(15)};
};

}  // namespace bridge
