#include "io/origin.hpp"

#include <algorithm>
#include <charconv>
#include <optional>

namespace bridge {
namespace {

constexpr std::uint16_t kHttpPort = 80;
constexpr std::uint16_t kHttpsPort = 443;

bool is_host(std::string_view host, bool bracketed) {
  const std::string_view allowed =
      bracketed ? "0123456789abcdef:.%" : "abcdefghijklmnopqrstuvwxyz0123456789-._";
  return !host.empty() && host.find_first_not_of(allowed) == std::string_view::npos;
}

std::optional<std::uint16_t> read_port(std::string_view digits) {
  std::uint16_t port = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), port);
  if (error != std::errc() || end != digits.data() + digits.size() || port == 0) return {};
  return port;
}

Error bad(std::string_view what) {
  return Error(Errc::invalid_argument,
               std::string(what) + "; write http://host:port or https://host:port");
}

}  // namespace

std::string lower_case(std::string_view text) {
  std::string lower(text);
  for (char& c : lower) {
    if (c >= 'A' && c <= 'Z') c += 'a' - 'A';
  }
  return lower;
}

std::string Origin::authority() const {
  const std::string name = host.find(':') == std::string::npos ? host : '[' + host + ']';
  return name + ':' + std::to_string(port);
}

std::string Origin::host_header() const {
  std::string whole = authority();
  if (port == (tls ? kHttpsPort : kHttpPort)) whole.erase(whole.rfind(':'));
  return whole;
}

std::string Origin::text() const { return (tls ? "https://" : "http://") + host_header(); }

Result<Origin> parse_origin(std::string_view url) {
  Origin origin;
  const auto scheme = url.substr(0, url.find("://"));
  if (scheme.size() == url.size()) return bad("the URL has no scheme");
  const std::string scheme_name = lower_case(scheme);
  if (scheme_name != "http" && scheme_name != "https") return bad("the URL is not HTTP");
  origin.tls = scheme_name == "https";
  origin.port = origin.tls ? kHttpsPort : kHttpPort;

  auto rest = url.substr(scheme.size() + 3);
  rest = rest.substr(0, rest.find_first_of("/?#"));
  if (rest.find('@') != std::string_view::npos) {
    return bad("the URL holds a user name or password, which is not supported");
  }
  const bool bracketed = rest.starts_with('[');
  const auto end = bracketed ? rest.find(']') : rest.rfind(':');
  if (bracketed && end == std::string_view::npos) return bad("the URL's '[' has no ']'");
  origin.host = lower_case(bracketed ? rest.substr(1, end - 1) : rest.substr(0, end));
  if (!is_host(origin.host, bracketed)) return bad("the URL's host is not a name or address");

  auto port = rest.substr(std::min(rest.size(), bracketed ? end + 1 : end));
  if (port.empty()) return origin;
  const auto number = port.starts_with(':') ? read_port(port.substr(1)) : std::nullopt;
  if (!number) return bad("the URL's port is not a number from 1 to 65535");
  origin.port = *number;
  return origin;
}

}  // namespace bridge
