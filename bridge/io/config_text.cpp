#include <algorithm>
#include <cctype>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <fstream>
#include <sstream>

#include "core/similar_word.hpp"
#include "io/config_reader.hpp"

namespace bridge {
namespace {

bool is_host(std::string_view host) {
  const bool in_brackets = host.starts_with('[') && host.ends_with(']') && host.size() > 2;
  const std::string_view permitted = in_brackets ? ".:" : ".-_";
  if (in_brackets) host = host.substr(1, host.size() - 2);
  return !host.empty() && std::all_of(host.begin(), host.end(), [permitted](char c) {
    return std::isalnum(static_cast<unsigned char>(c)) != 0 || permitted.find(c) != permitted.npos;
  });
}

bool is_port(std::string_view port) {
  int number = 0;
  const auto [end, error] = std::from_chars(port.data(), port.data() + port.size(), number);
  return error == std::errc() && end == port.data() + port.size() && number >= 1 && number <= 65535;
}

}  // namespace

std::string one_of(const std::vector<std::string>& words) {
  std::string all;
  for (std::size_t index = 0; index < words.size(); ++index) {
    if (index > 0) all += index + 1 == words.size() ? " or " : ", ";
    all += words[index];
  }
  return all;
}

std::string suggestion(std::string_view word, const std::vector<std::string>& known) {
  const std::string similar = similar_word(word, known);
  if (!similar.empty()) return "did you mean \"" + similar + "\"?";
  return "write " + one_of(known);
}

FileText file_text(const std::string& path) {
  errno = 0;
  std::ifstream stream(path, std::ios::binary);
  std::ostringstream text;
  // A directory opens, but does not read.
  if (stream && stream.peek() != std::char_traits<char>::eof()) text << stream.rdbuf();
  if (!stream.is_open() || stream.bad()) return {std::nullopt, std::strerror(errno)};
  return {text.str(), {}};
}

std::string address_problem(const std::string& url, const std::vector<std::string>& schemes,
                            bool with_path) {
  const std::size_t colon = url.find("://");
  const std::string scheme = url.substr(0, colon);
  if (colon == std::string::npos ||
      std::find(schemes.begin(), schemes.end(), scheme) == schemes.end()) {
    std::vector<std::string> beginnings;
    for (const std::string& each : schemes) beginnings.push_back(each + "://");
    return "must begin with " + one_of(beginnings);
  }
  const std::string_view rest = std::string_view(url).substr(colon + 3);
  if (rest.find('@') != rest.npos) return "must not contain a user name or password";
  if (rest.find_first_of("?#") != rest.npos) return "must not contain '?' or '#'";
  if (rest.find_first_of(" \t\r\n\"<>\\") != rest.npos) return "must not contain blanks or quotes";
  const std::size_t slash = rest.find('/');
  if (!with_path && slash != rest.npos && slash + 1 < rest.size()) return "must not have a path";
  const std::string_view authority = rest.substr(0, slash);
  const std::size_t after_host = authority.starts_with('[') ? authority.find(']') : 0;
  if (after_host == authority.npos) return "has no valid host name";
  const std::size_t port = authority.find(':', after_host);
  if (!is_host(authority.substr(0, port))) return "has no valid host name";
  if (port != authority.npos && !is_port(authority.substr(port + 1))) {
    return "has no valid port (1 to 65535)";
  }
  return {};
}

}  // namespace bridge
