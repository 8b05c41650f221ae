#include "io/http_wording.hpp"

#include <algorithm>
#include <array>

namespace bridge {
namespace {

constexpr std::string_view kUserAgent = "cloud2mqtt/" CLOUD2MQTT_VERSION;
constexpr std::size_t kLongestPath = 120;

bool has_header(const HttpRequest& request, std::string_view name) {
  return std::any_of(request.headers.begin(), request.headers.end(), [name](const auto& header) {
    return lower_case(header.first) == lower_case(name);
  });
}

bool has_control(std::string_view text, std::string_view also = {}) {
  return std::any_of(text.begin(), text.end(), [also](unsigned char c) {
    return (c < ' ' && c != '\t') || c == 0x7F || also.find(char(c)) != std::string_view::npos;
  });
}

void add_header(std::string& text, std::string_view name, std::string_view value) {
  text.append(name).append(": ").append(value).append("\r\n");
}

/// Why the request would not arrive as what it is meant to be; empty: it would.
std::string_view flaw(const HttpRequest& request) {
  if (!request.target.starts_with('/')) return "the target does not begin with '/'";
  if (has_control(request.target, " \t")) return "the target holds a blank or control character";
  for (const auto& [name, value] : request.headers) {
    if (name.empty() || has_control(name, " \t:")) return "a header's name is not one";
    if (has_control(value)) return "a header's value holds a control character";
  }
  return {};
}

}  // namespace

std::string_view method_name(Method method) {
  switch (method) {
    case Method::get:
      return "GET";
    case Method::put:
      return "PUT";
    case Method::post:
      return "POST";
    case Method::patch:
      return "PATCH";
  }
  return "GET";
}

std::string subject(const HttpRequest& request, const Origin& origin) {
  auto path = std::string_view(request.target);
  path = path.substr(0, path.find_first_of("?#")).substr(0, kLongestPath);
  return std::string(method_name(request.method)) + ' ' + origin.text() + std::string(path);
}

Result<std::string> request_text(const HttpRequest& request, const Origin& origin, bool absolute) {
  if (const auto what = flaw(request); !what.empty()) {
    return Error(Errc::invalid_argument, std::string(what) + "; nothing was sent");
  }
  std::string text;
  text.reserve(512 + request.target.size() + request.body.size());
  text.append(method_name(request.method)) += ' ';
  if (absolute) text += origin.text();
  text.append(request.target).append(" HTTP/1.1\r\n");

  const std::string host = origin.host_header();
  const std::array<std::pair<std::string_view, std::string_view>, 4> own = {{
      {"Host", host},
      {"User-Agent", kUserAgent},
      {"Accept", "application/json"},
      {"Accept-Encoding", "gzip"},
  }};
  for (const auto& [name, value] : own) {
    if (!has_header(request, name)) add_header(text, name, value);
  }
  for (const auto& [name, value] : request.headers) add_header(text, name, value);
  if (request.method != Method::get || !request.body.empty()) {
    add_header(text, "Content-Length", std::to_string(request.body.size()));
  }
  text.append("\r\n").append(request.body);
  return text;
}

std::string tunnel_text(const Origin& origin) {
  std::string text = "CONNECT " + origin.authority() + " HTTP/1.1\r\n";
  add_header(text, "Host", origin.authority());
  add_header(text, "User-Agent", kUserAgent);
  return text + "\r\n";
}

}  // namespace bridge
