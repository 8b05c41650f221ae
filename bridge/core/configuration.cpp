#include "core/configuration.hpp"

#include <algorithm>
#include <charconv>

namespace bridge {
namespace {

/// The host of "scheme://user@host:port/path", in lower case; an IPv6 address without brackets.
std::string host_of(std::string_view url) {
  const std::size_t scheme = url.find("://");
  if (scheme == std::string_view::npos) return {};
  url.remove_prefix(scheme + 3);
  url = url.substr(0, url.find_first_of("/?#"));
  const std::size_t user = url.rfind('@');
  if (user != std::string_view::npos) url.remove_prefix(user + 1);
  if (url.starts_with('[')) {
    const std::size_t close = url.find(']');
    url = close == std::string_view::npos ? std::string_view() : url.substr(1, close - 1);
  } else {
    url = url.substr(0, url.find(':'));
  }
  std::string host(url);
  std::transform(host.begin(), host.end(), host.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
  return host;
}

/// Whether a host is four numbers of which the first is 127. A name such as "127.evil.example" is
/// not.
bool is_loopback_v4(std::string_view host) {
  for (int part = 0; part < 4; ++part) {
    int number = -1;
    const auto [end, error] = std::from_chars(host.data(), host.data() + host.size(), number);
    if (error != std::errc() || number < 0 || number > 255) return false;
    if (part == 0 && number != 127) return false;
    host.remove_prefix(static_cast<std::size_t>(end - host.data()));
    if (part == 3) return host.empty();
    if (!host.starts_with('.')) return false;
    host.remove_prefix(1);
  }
  return false;
}

}  // namespace

std::chrono::milliseconds polite(const AccountConfiguration& account, std::chrono::milliseconds shortest) {
  return is_loopback(account.base_url) ? std::chrono::milliseconds(0) : shortest;
}

std::string configured_key(const AccountConfiguration& account) {
  const std::string_view key = account.mapper->auth.key;
  return key.empty() ? std::string() : account.settings.text(key);
}

bool takes_logins(const AccountConfiguration& account) {
  const OAuth2* oauth2 = account.mapper->auth.oauth2;
  return oauth2 != nullptr && oauth2->grant == OAuth2::Grant::authorization_code &&
         configured_key(account).empty();
}

void add_secrets(std::vector<std::string>& known, const std::vector<std::string>& more) {
  for (const std::string& secret : more) {
    if (std::find(known.begin(), known.end(), secret) == known.end()) known.push_back(secret);
  }
}

bool is_loopback(std::string_view url) {
  const std::string host = host_of(url);
  return host == "localhost" || host == "::1" || is_loopback_v4(host);
}

}  // namespace bridge
