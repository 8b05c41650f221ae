#pragma once

// A bridge whose vendor, acme, wants tokens of OAuth 2.0.

#include <gtest/gtest.h>

#include "bridge/timestamp.hpp"
#include "core/web_address.hpp"
#include "support/world.hpp"

namespace bridge::test {

inline constexpr OAuth2 kClientCredentials{.token_path = "/oauth2/token/", .json_body = true};
inline constexpr OAuth2 kAuthorizationCode{.grant = OAuth2::Grant::authorization_code,
                                           .token_path = "/oauth2/token",
                                           .authorize_path = "/oauth2/authorize",
                                           .client_id = "public_client",
                                           .scope = "api"};

/// The vendor takes the bearer token "a<n>" of the latest n token answers, unless it is in `dead`.
class OAuthTest : public testing::Test {
 protected:
  explicit OAuthTest(const OAuth2& oauth2) : mapper_(acme()) {
    mapper_.auth = {};
    mapper_.auth.oauth2 = &oauth2;
    account().mapper = &mapper_;
    account().base_url = "http://127.0.0.1:1/v1";
    world.vendor = [this](const std::string& request, const std::string& sent) {
      return answer(request, sent);
    };
  }

  AccountConfiguration& account() { return world.configuration.accounts.front(); }

  virtual Answer token_answer(const std::string&) { return granted(); }

  /// A new access token; `more` are further members.
  Answer granted(const std::string& more = "") {
    return {200,
            R"({"access_token":"a)" + std::to_string(++granted_) + R"(","token_type":"Bearer",)" +
                R"("expires_in":)" + life + more + "}",
            {}};
  }

  Answer answer(const std::string& request, const std::string& sent) {
    if (request.starts_with("POST /oauth2/token")) return token_answer(sent);
    if (on_request) on_request();
    const std::string token = sent.substr(0, sent.find('{'));
    if (granted_ == 0 || token == dead || token != "Bearer a" + std::to_string(granted_)) {
      return {401, R"({"error":"invalid_token"})", {}};
    }
    if (request == "GET /v1/pumps") return {200, R"({"pumps":[{"id":"p1","speed":40}]})", {}};
    return {200, "{}", {}};
  }

  std::size_t tokens_asked() const {
    return static_cast<std::size_t>(std::count_if(
        world.requests.begin(), world.requests.end(),
        [](const std::string& each) { return each.find("POST /oauth2/token") != each.npos; }));
  }
  std::size_t lists() const { return world.asked("GET /v1/pumps"); }
  Json status() const {
    const std::string document = world.retained("cloud2mqtt/home/status");
    return document.empty() ? Json() : boost::json::parse(document);
  }
  std::string reason() const { return text(status(), "/reason"); }
  std::string availability() const { return world.retained("cloud2mqtt/home/availability"); }
  std::size_t logged(std::string_view part) const {
    return static_cast<std::size_t>(
        std::count_if(world.log.begin(), world.log.end(),
                      [&](const std::string& line) { return line.find(part) != line.npos; }));
  }
  /// The last token request.
  const HttpRequest& token_request() const {
    for (auto each = world.sent.rbegin(); each != world.sent.rend(); ++each) {
      if (each->second.target.starts_with("/oauth2/token")) return each->second;
    }
    throw std::logic_error("no token was asked for");
  }
  static std::string header(const HttpRequest& request, std::string_view name) {
    for (const auto& [key, value] : request.headers) {
      if (key == name) return value;
    }
    return {};
  }

  World world;
  std::string life = "3600";
  std::string dead;  ///< "Bearer a1": not taken any more
  std::function<void()> on_request;
  int granted_ = 0;

 private:
  Mapper mapper_;
};

}  // namespace bridge::test
