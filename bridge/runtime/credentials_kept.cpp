// What is kept of an account's tokens, and what another process put there.

#include <stdexcept>
#include <utility>

#include "runtime/credentials.hpp"

namespace bridge {

bool Credentials::is_mine(const StoredToken& stored) const {
  return stored.mark.empty() || stored.mark == mark_;
}

void Credentials::save() {
  token_.mark = mark_;
  store_.save_token(account_.name, token_);
  seen_ = token_;
  is_unsaved_ = false;
}

// What can be got again is no reason to end the service, and to sign in at each of its restarts.
void Credentials::save_if_possible() {
  try {
    save();
  } catch (const std::runtime_error& error) {
    if (std::exchange(is_unsaved_, true)) return;
    log_.say(Level::error, account_.name,
             std::string("the token is not kept for the next start: ") + error.what());
  }
}

void Credentials::adopt(StoredToken stored) {
  const bool is_unmarked = stored.mark.empty();
  seen_ = stored;
  token_ = std::move(stored);
  is_refused_ = false;
  renew_.reset();
  end_.reset();
  renew_at_.reset();
  ask_again();
  if (is_unmarked) save_if_possible();  // from now on it belongs to these settings
}

bool Credentials::login_arrived() {
  take_over_login();
  return std::exchange(told_, logins_) != logins_;
}

bool Credentials::take_over_login() {
  if (!takes_logins(account_)) return false;
  auto stored = store_.token(account_.name);
  if (!stored || *stored == seen_ || !is_mine(*stored)) return false;
  adopt(std::move(*stored));
  ++logins_;
  return true;
}

void Credentials::accepted(const std::string& token) {
  if (token_.previous.empty() || token_.access != token) return;
  if (take_over_login()) return;  // it must not be overwritten
  token_.previous.clear();
  save_if_possible();
}

}  // namespace bridge
