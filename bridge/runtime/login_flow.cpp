#include "runtime/login_flow.hpp"

#include "core/build_date.hpp"
#include "core/credential_mark.hpp"
#include "core/redact.hpp"

namespace bridge {
namespace {

using namespace std::chrono_literals;

constexpr auto kPatience = 10min;
constexpr int kAttempts = 4;
constexpr std::size_t kLongestMessage = 200;

}  // namespace

LoginFlow::LoginFlow(LoginParts parts)
    : parts_(std::move(parts)),
      tokens_(parts_.account, parts_.clock,
              [this](HttpRequest request) { return parts_.client.send(std::move(request)); }),
      alarm_(parts_.clock.make_alarm()) {}

std::string LoginFlow::address() const {
  return authorization_url(parts_.account,
                           {parts_.redirect_uri, parts_.state, parts_.pkce.challenge});
}

std::string LoginFlow::cleaned(const std::string& text) const {
  return redacted(text, {parts_.state, parts_.pkce.verifier, code_.value_or("")}, kLongestMessage);
}

std::string LoginFlow::take(std::string_view address) {
  // What is pasted may have blanks around it.
  address = address.substr(0, address.find_last_not_of(" \t\r\n") + 1);
  const Redirect redirect = parse_redirect(address);
  if (redirect.code.empty() && redirect.error.empty()) {
    return "This is not the address that the vendor sends the browser to: paste all of it from the "
           "browser's address bar. It begins with " +
           parts_.redirect_uri + " and holds \"code=\".";
  }
  if (redirect.state != parts_.state) {
    return "This address belongs to another sign-in (its state is not the one of this login): open "
           "the address above, and use what comes back from it.";
  }
  if (!redirect.error.empty()) return not_granted(redirect);
  if (code_) return "This sign-in has arrived already.";
  code_ = redirect.code;
  alarm_->ring();
  return "The sign-in has arrived: you may close this window.";
}

std::string LoginFlow::not_granted(const Redirect& redirect) const {
  std::string text = "The vendor did not grant the sign-in: " + redirect.error;
  if (!redirect.error_description.empty()) text += " (" + redirect.error_description + ")";
  text = cleaned(text) + ".";
  const std::string_view hint = parts_.account.mapper->auth.oauth2->login_hint;
  if (redirect.error == "access_denied" && !hint.empty()) text += ' ' + std::string(hint);
  return text + " Open the address above once more to try again.";
}

Task<StoredToken> LoginFlow::finish() {
  const auto latest = parts_.clock.uptime() + kPatience;
  for (;;) {
    const auto left = latest - parts_.clock.uptime();
    if (given_up_) co_return Error(Errc::refused, "The login was broken off: nothing was changed.");
    if (left <= 0ms) {
      co_return Error(Errc::timeout,
                      "Nobody has signed in within ten minutes: nothing was changed.");
    }
    if (!code_) {
      co_await alarm_->wait(left);
      continue;
    }
    const auto granted = co_await exchange(*code_);
    if (granted) co_return stored(*granted);
    const Error error = granted.error();
    if (given_up_) continue;
    if (error.code() != Errc::unauthorized) {
      co_return Error(error.code(), "The vendor gave no token: " + cleaned(error.message()) +
                                        ". Nothing was changed; try again later.");
    }
    parts_.say("The vendor does not accept what came back (" + cleaned(error.message()) +
               "): open the address above once more.");
    code_.reset();
  }
}

// The code is good once, but a server that stumbled has mostly not looked at it.
Task<TokenGrant> LoginFlow::exchange(std::string code) {
  for (int attempt = 1;; ++attempt) {
    auto granted = co_await tokens_.redeem(code, parts_.redirect_uri, parts_.pkce.verifier);
    const bool is_final = granted || granted.error().code() == Errc::unauthorized;
    if (is_final || attempt == kAttempts || given_up_) co_return granted;
    parts_.say("The vendor gave no token yet, trying again: " + cleaned(granted.error().message()));
    co_await alarm_->wait(attempt * 2s);
  }
}

StoredToken LoginFlow::stored(const TokenGrant& grant) const {
  const Instant now = parts_.clock.now();
  const Instant expires = now >= kBuildDate ? now + grant.life : Instant{};
  return {grant.access, grant.refresh, expires, {}, false, token_mark(parts_.account)};
}

void LoginFlow::give_up() {
  given_up_ = true;
  parts_.client.close();
  alarm_->ring();
}

}  // namespace bridge
