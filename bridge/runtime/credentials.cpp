#include "runtime/credentials.hpp"

#include "core/build_date.hpp"
#include "core/token_life.hpp"

namespace bridge {

Credentials::Credentials(const AccountConfiguration& account, Clock& clock, Store& store)
    : account_(account), clock_(clock), store_(store), gate_(clock) {
  if (!account.mapper->auth.key.empty()) fixed_ = account.settings.text(account.mapper->auth.key);
  if (!fixed_.empty()) return;
  if (auto stored = store.token(account.name)) {
    token_ = std::move(*stored);
    renew_at_ = renewal_time(clock.now(), token_.expires);
  }
}

bool Credentials::usable() const { return !token_.access.empty() && clock_.now() < renew_at_; }

std::optional<Instant> Credentials::expires() const {
  if (!fixed_.empty()) return jwt_expiry(fixed_);
  return token_.access.empty() ? std::nullopt : std::optional(token_.expires);
}

Task<std::string> Credentials::token(Vendor& unsigned_vendor) {
  if (!fixed_.empty()) co_return fixed_;
  if (usable()) co_return token_.access;

  const Gate::Pass pass = co_await gate_.enter();
  if (usable()) co_return token_.access;  // somebody else signed in meanwhile
  if (account_.mapper->auth.sign_in == nullptr) {
    co_return Error(Errc::unauthorized, "no credentials are configured");
  }
  auto signed_in = co_await account_.mapper->auth.sign_in(unsigned_vendor);
  if (!signed_in) {
    const Error error = signed_in.error();
    // A refused password comes as 400, 401, 403 or 422: whatever the status, asking again is vain.
    co_return error.code() == Errc::refused ? error.as(Errc::unauthorized) : error;
  }
  const Instant now = clock_.now();
  token_ = StoredToken{signed_in->value, {}, jwt_expiry(signed_in->value).value_or(now + signed_in->life)};
  renew_at_ = renewal_time(now, token_.expires);
  // A token whose end was reckoned with a wrong clock is good for this process only.
  if (now >= kBuildDate) store_.save_token(account_.name, token_);
  co_return token_.access;
}

bool Credentials::renewable(const std::string& token) {
  if (!fixed_.empty()) return false;
  if (token_.access == token) token_.access.clear();
  return true;
}

}  // namespace bridge
