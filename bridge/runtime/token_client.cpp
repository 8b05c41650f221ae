#include "runtime/token_client.hpp"

#include <algorithm>
#include <boost/json/parse.hpp>

#include "core/authorization_url.hpp"
#include "core/json_text.hpp"
#include "core/retry_after.hpp"

namespace bridge {
namespace {

using namespace std::chrono_literals;

constexpr double kShortestLife = 1;  // seconds; less, or more than ten years, is nonsense
constexpr double kLongestLife = 10.0 * 365 * 86400;

std::string target_of(const AccountConfiguration& account) {
  const std::string url = token_url_of(account);
  const std::string target = url.substr(origin_of(url).size());
  return target.empty() ? "/" : target;
}

/// Whether a text can stand in a header.
bool is_sendable(const std::string& token) {
  return !token.empty() &&
         std::all_of(token.begin(), token.end(), [](char c) { return c > ' ' && c < 0x7F; });
}

/// Whether an answer means that what was given is not taken any more. A 400 means it only by the
/// words of RFC 6749: it may as well be a vendor's way to say that its quota is used up.
bool is_refusal(int status, const Json& body) {
  const std::string word = text(body, "/error");
  if (status == 401) return word != "temporarily_unavailable" && word != "server_error";
  return status == 400 &&
         (word == "invalid_grant" || word == "invalid_client" || word == "unauthorized_client");
}

std::chrono::milliseconds life_of(const Json& answer, const OAuth2& oauth2) {
  const double seconds = number_at(answer, "/expires_in").value_or(0);
  if (seconds < kShortestLife || seconds > kLongestLife) return oauth2.life;
  return std::chrono::milliseconds(static_cast<std::int64_t>(seconds * 1000));
}

}  // namespace

bool is_oauth_word(std::string_view word) {
  static constexpr std::string_view kWords[] = {
      "invalid_request",        "invalid_client", "invalid_grant", "unauthorized_client",
      "unsupported_grant_type", "invalid_scope",  "server_error",  "temporarily_unavailable"};
  return std::find(std::begin(kWords), std::end(kWords), word) != std::end(kWords);
}

Task<TokenGrant> TokenClient::client_credentials() {
  Fields fields{{"grant_type", "client_credentials"}};
  const std::string_view scope = account_.mapper->auth.oauth2->scope;
  if (!scope.empty()) fields.emplace_back("scope", scope);
  co_return co_await ask(std::move(fields));
}

Task<TokenGrant> TokenClient::refresh(std::string refresh_token) {
  Fields fields;
  fields.emplace_back("grant_type", "refresh_token");
  fields.emplace_back("refresh_token", std::move(refresh_token));
  co_return co_await ask(std::move(fields));
}

Task<TokenGrant> TokenClient::redeem(std::string code, std::string redirect_uri,
                                     std::string verifier) {
  Fields fields;
  fields.emplace_back("grant_type", "authorization_code");
  fields.emplace_back("code", std::move(code));
  fields.emplace_back("redirect_uri", std::move(redirect_uri));
  fields.emplace_back("code_verifier", std::move(verifier));
  co_return co_await ask(std::move(fields));
}

Task<TokenGrant> TokenClient::ask(Fields fields) {
  const bool json = account_.mapper->auth.oauth2->json_body && !wants_form_;
  auto granted = co_await ask(fields, json ? BodyForm::json : BodyForm::form);
  if (!json || granted || granted.error().code() == Errc::rate_limited) co_return granted;
  const int status = granted.error().status;
  if (status != 400 && status != 415) co_return granted;
  auto by_form = co_await ask(std::move(fields), BodyForm::form);
  if (by_form) wants_form_ = true;
  co_return by_form;
}

Task<TokenGrant> TokenClient::ask(Fields fields, BodyForm body_form) {
  HttpRequest asked = request(std::move(fields), body_form);
  const std::string target = asked.target;
  auto reply = co_await send_(std::move(asked));
  if (reply) co_return judged(target, *reply);
  const Error error = reply.error();
  Error described(error.code(), "POST " + target + ": " + error.message());
  described.status = error.status;
  described.retry_after = error.retry_after;
  described.quota_used_up = error.quota_used_up;
  described.unsent = error.unsent;
  co_return described;
}

// A client with a secret proves itself by HTTP Basic; a public one only says its name, and an empty
// secret would be a wrong one.
HttpRequest TokenClient::request(Fields fields, BodyForm body_form) const {
  HttpRequest request;
  request.method = Method::post;
  request.target = target_of(account_);
  request.headers.emplace_back("Accept", "application/json");
  const std::string basic = basic_credentials(account_);
  if (basic.empty()) {
    fields.emplace_back("client_id", client_id_of(account_));
  } else {
    request.headers.emplace_back("Authorization", "Basic " + basic);
  }
  const bool json = body_form == BodyForm::json;
  request.headers.emplace_back("Content-Type",
                               json ? "application/json" : "application/x-www-form-urlencoded");
  if (json) {
    boost::json::object members;
    for (const auto& [name, value] : fields) members[name] = value;
    append_json(request.body, Json(std::move(members)));
  } else {
    request.body = form_encoded(fields);
  }
  return request;
}

Result<TokenGrant> TokenClient::judged(const std::string& target, const HttpReply& reply) const {
  boost::system::error_code wrong;
  const Json body = boost::json::parse(reply.body, wrong);
  const std::string where = "POST " + target + ": ";
  if (reply.status / 100 == 2) {
    const Json& refresh = at(body, "/refresh_token");
    TokenGrant grant{text(body, "/access_token"), refresh.is_string() ? text(refresh, "") : "",
                     life_of(body, *account_.mapper->auth.oauth2)};
    if (at(body, "/access_token").is_string() && is_sendable(grant.access)) return grant;
    return Error(Errc::network, where + "the answer holds no token");
  }
  Reply answer{reply.status, body, {}, retry_after(reply.header("retry-after"), clock_.now()), {}};
  const auto verdict = by_status(std::move(answer));
  Error error = verdict.error();
  const std::string description = text(body, "/error_description");
  Errc code = Errc::network;
  if (is_refusal(reply.status, body)) {
    code = Errc::unauthorized;
  } else if (error.code() == Errc::rate_limited || error.code() == Errc::timeout) {
    code = error.code();
  }
  Error described(code, where + error.message() + (description.empty() ? "" : ": " + description));
  described.status = error.status;
  described.vendor_code = error.vendor_code;
  described.retry_after = error.retry_after;
  return described;
}

}  // namespace bridge
