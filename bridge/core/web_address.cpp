#include "core/web_address.hpp"

#include <algorithm>
#include <charconv>

#include "bridge/mapper.hpp"

namespace bridge {
namespace {

/// Where the path of a URL begins.
std::size_t path_start(std::string_view url) {
  const std::size_t scheme = url.find("://");
  return std::min(url.size(), url.find_first_of("/?#", scheme == url.npos ? 0 : scheme + 3));
}

std::string decoded(std::string_view text) {
  std::string out;
  for (std::size_t at = 0; at < text.size(); ++at) {
    unsigned char byte = 0;
    const char* const hex = text.data() + at + 1;
    if (text[at] == '+') {
      out += ' ';
    } else if (text[at] == '%' && at + 2 < text.size() &&
               std::from_chars(hex, hex + 2, byte, 16).ptr == hex + 2) {
      out += static_cast<char>(byte);
      at += 2;
    } else {
      out += text[at];
    }
  }
  return out;
}

}  // namespace

std::string origin_of(std::string_view url) { return std::string(url.substr(0, path_start(url))); }

std::string path_of(std::string_view url) {
  std::string_view path = url.substr(path_start(url));
  path = path.substr(0, path.find_first_of("?#"));
  while (path.ends_with('/')) path.remove_suffix(1);
  return std::string(path);
}

std::string form_encoded(const Fields& fields) {
  std::string out;
  for (const auto& [name, value] : fields) {
    if (!out.empty()) out += '&';
    out += url_encoded(name) + '=' + url_encoded(value);
  }
  return out;
}

Fields form_decoded(std::string_view text) {
  Fields fields;
  while (!text.empty()) {
    const std::string_view pair = text.substr(0, text.find('&'));
    text.remove_prefix(std::min(text.size(), pair.size() + 1));
    const std::size_t equals = pair.find('=');
    if (pair.empty()) continue;
    const std::string_view value = equals == pair.npos ? "" : pair.substr(equals + 1);
    fields.emplace_back(decoded(pair.substr(0, equals)), decoded(value));
  }
  return fields;
}

std::string field(const Fields& fields, std::string_view name) {
  const auto found = std::find_if(fields.begin(), fields.end(),
                                  [&](const auto& each) { return each.first == name; });
  return found == fields.end() ? std::string() : found->second;
}

}  // namespace bridge
