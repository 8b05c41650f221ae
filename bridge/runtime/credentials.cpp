#include "runtime/credentials.hpp"

#include "core/authorization_url.hpp"
#include "core/build_date.hpp"
#include "core/credential_mark.hpp"
#include "core/token_life.hpp"

namespace bridge {
namespace {

using std::chrono::milliseconds;

constexpr int kBareRefusals = 3;                 // so many in a row,
constexpr auto kBareFor = std::chrono::hours(1);  // for so long, are a lost consent
constexpr auto kCommandTakes = std::chrono::minutes(1);  // with its re-reading, at most

Error only_a_person_helps(std::string_view word, std::string sentence) {
  Error error(Errc::unauthorized, std::move(sentence));
  error.vendor_code = word;
  error.unsent = true;
  return error;
}

}  // namespace

bool wants_login(const Error& error) {
  return error.code() == Errc::unauthorized && error.unsent &&
         (error.vendor_code == kLoginNeeded || error.vendor_code == kConsentRevoked);
}

Credentials::Credentials(const AccountConfiguration& account, Clock& clock, Store& store, Log& log)
    : account_(account),
      clock_(clock),
      store_(store),
      log_(log),
      gate_(clock),
      fixed_(configured_key(account)),
      mark_(token_mark(account)) {
  if (!fixed_.empty()) return;
  auto stored = store.token(account.name);
  if (stored && is_mine(*stored)) adopt(std::move(*stored));
}

bool Credentials::clock_is_right() const { return clock_.now() >= kBuildDate; }

bool Credentials::is_alive(milliseconds from_now) const {
  if (token_.access.empty() || is_refused_) return false;
  if (end_) return clock_.uptime() + from_now < *end_;
  if (token_.expires == Instant{}) return false;
  return !clock_is_right() || clock_.now() + from_now < token_.expires;
}

bool Credentials::is_usable() {
  settle_expiry();
  if (!is_alive() || (renew_ && clock_.uptime() >= *renew_)) return false;
  if (!clock_is_right()) return true;
  if (!renew_at_) renew_at_ = renewal_time(clock_.now(), token_.expires);
  return clock_.now() < *renew_at_;
}

// A token endpoint that hangs for a minute must not hold up what the present token suffices for.
bool Credentials::needs_no_renewal(Purpose purpose) {
  if (is_usable()) return true;
  if (lost_) return false;
  if (gate_.is_taken()) return is_alive();
  return purpose == Purpose::command && is_alive(kCommandTakes);
}

// The clock was wrong when the token came, and has been set meanwhile.
void Credentials::settle_expiry() {
  if (!end_ || token_.access.empty() || token_.expires != Instant{} || !clock_is_right()) return;
  if (take_over_login()) return;
  token_.expires = clock_.now() + (*end_ - clock_.uptime());
  save_if_possible();
}

Task<std::string> Credentials::token(Vendor& unsigned_vendor, TokenClient* tokens,
                                     Purpose purpose) {
  if (!fixed_.empty()) co_return fixed_;
  if (needs_no_renewal(purpose)) co_return token_.access;

  const Gate::Pass pass = co_await gate_.enter();
  for (;;) {
    take_over_login();
    if (is_usable()) co_return token_.access;  // somebody else signed in meanwhile
    if (lost_) co_return *lost_;
    if (trouble_ && clock_.uptime() < ask_at_) {
      if (is_alive()) co_return token_.access;
      co_return *trouble_;
    }
    const int logins = logins_;
    const auto obtained = co_await obtain(unsigned_vendor, tokens);
    take_over_login();
    if (logins != logins_) continue;  // whatever came back, a person's login is newer
    if (!obtained) co_return failed(obtained.error());
    keep(*obtained);
    co_return token_.access;
  }
}

Task<Credentials::Obtained> Credentials::obtain(Vendor& unsigned_vendor, TokenClient* tokens) {
  if (tokens == nullptr) co_return co_await sign_in(unsigned_vendor);
  if (takes_logins(account_)) co_return co_await refresh(*tokens);
  auto granted = co_await tokens->client_credentials();
  if (!granted) co_return granted.error();
  co_return Obtained{std::move(*granted), {}, {}};
}

Task<Credentials::Obtained> Credentials::sign_in(Vendor& unsigned_vendor) {
  if (account_.mapper->auth.sign_in == nullptr) {
    co_return Error(Errc::unauthorized, "no credentials are configured");
  }
  auto signed_in = co_await account_.mapper->auth.sign_in(unsigned_vendor);
  if (!signed_in) {
    const Error error = signed_in.error();
    // A refused password comes as 400, 401, 403 or 422: whatever the status, asking again is vain.
    co_return error.code() == Errc::refused ? error.as(Errc::unauthorized) : error;
  }
  const auto expires = jwt_expiry(signed_in->value);
  TokenGrant grant{std::move(signed_in->value), {}, signed_in->life};
  co_return Obtained{std::move(grant), {}, expires};
}

Task<Credentials::Obtained> Credentials::refresh(TokenClient& tokens) {
  if (token_.refresh.empty()) {
    co_return only_a_person_helps(kLoginNeeded, "nobody has signed in yet: " + how_to_log_in());
  }
  std::string used = token_.refresh;
  const std::string before = token_.previous;
  auto granted = co_await tokens.refresh(used);
  const bool is_refused = !granted && granted.error().code() == Errc::unauthorized;
  if (is_refused && !before.empty()) {
    // It came with an access token that nobody has taken yet.
    used = before;
    granted = co_await tokens.refresh(used);
  }
  if (!granted) co_return granted.error();
  if (granted->refresh.empty()) granted->refresh = used;
  co_return Obtained{std::move(*granted), std::move(used), {}};
}

Result<std::string> Credentials::failed(const Error& error) {
  if (wants_login(error)) return error;
  if (takes_logins(account_) && is_consent_lost(error)) {
    lost_ =
        only_a_person_helps(kConsentRevoked, "the vendor does not accept the sign-in any more, " +
                                                 how_to_log_in() + " (" + error.message() + ")");
    token_.refused = true;
    save_if_possible();
    return *lost_;
  }
  // A pause that the vendor wants is the whole account's.
  const bool backs_off = error.code() != Errc::unauthorized && error.code() != Errc::rate_limited;
  if (backs_off && !error.unsent) {
    trouble_ = error;
    trouble_->unsent = true;
    ask_at_ = clock_.uptime() + retry_.failed(0);
  }
  if (error.code() != Errc::unauthorized && is_alive()) return token_.access;
  return error;
}

// A 400 without a word may be a vendor's quota, or a bad hour of its own. What goes on for longer, with
// nothing else in between, is the consent.
bool Credentials::is_consent_lost(const Error& error) {
  if (error.code() == Errc::unauthorized) return true;
  if (error.status == 0) return false;  // no answer
  if (error.status != 400 || is_oauth_word(error.vendor_code)) {
    bare_refusals_ = 0;
    return false;
  }
  if (bare_refusals_++ == 0) first_bare_ = clock_.uptime();
  const bool is_long = clock_.uptime() - first_bare_ >= kBareFor;
  return bare_refusals_ >= kBareRefusals && is_long && !is_alive();
}

std::string Credentials::how_to_log_in() const {
  return "run \"cloud2mqtt login " + account_.name + "\"";
}

void Credentials::keep(const Obtained& obtained) {
  const TokenGrant& grant = obtained.grant;
  const bool is_right = clock_is_right();
  const Instant now = clock_.now();
  milliseconds life = grant.life;
  // One that has ended already says that a clock is wrong: ours, or theirs.
  if (obtained.expires && is_right && *obtained.expires > now) life = *obtained.expires - now;

  token_.access = grant.access;
  token_.refresh = grant.refresh;
  token_.previous = obtained.used != grant.refresh ? obtained.used : std::string();
  token_.expires = is_right ? now + life : obtained.expires.value_or(Instant{});
  token_.refused = false;
  is_refused_ = false;
  renew_ = clock_.uptime() + life * 9 / 10;
  end_ = clock_.uptime() + life;
  renew_at_.reset();
  if (is_right) renew_at_ = renewal_time(now, token_.expires);
  trouble_.reset();
  bare_refusals_ = 0;
  retry_.succeeded();
  // Without a refresh token there is nothing to lose: a token whose end was reckoned with a wrong
  // clock is then good for this process only.
  if (!token_.previous.empty()) {
    save();  // it must not be lost: the vendor may not take the one before it again
  } else if (is_right || !token_.refresh.empty()) {
    save_if_possible();
  }
}

void Credentials::ask_again() {
  lost_.reset();
  trouble_.reset();
  bare_refusals_ = 0;
  retry_.succeeded();
}

bool Credentials::renewable(const std::string& token) {
  if (!fixed_.empty()) return false;
  if (token_.access == token) is_refused_ = true;
  return true;
}

bool Credentials::wants_person() const {
  return lost_.has_value() || (takes_logins(account_) && token_.refresh.empty() && !is_alive());
}

std::optional<Instant> Credentials::expires() const {
  if (!fixed_.empty()) return jwt_expiry(fixed_);
  if (is_refused_ || token_.access.empty() || token_.expires == Instant{}) return std::nullopt;
  return token_.expires;
}

std::vector<std::string> Credentials::secrets() const {
  std::vector<std::string> all{fixed_, token_.access, token_.refresh, token_.previous};
  if (account_.mapper->auth.oauth2 != nullptr) all.push_back(basic_credentials(account_));
  return all;
}

}  // namespace bridge
