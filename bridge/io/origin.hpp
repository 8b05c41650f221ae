#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "bridge/result.hpp"

namespace bridge {

/// With ASCII letters in lower case: so are host names, header names and codings compared.
std::string lower_case(std::string_view text);

/// Where HTTP requests go: the part of a URL before its path.
struct Origin {
  bool tls = false;
  std::string host;  ///< lower case; an IPv6 address without its brackets
  std::uint16_t port = 80;

  /// "host:port", brackets around an IPv6 address.
  std::string authority() const;
  /// The same without the port where that is the scheme's own: what the Host header holds.
  std::string host_header() const;
  /// "https://host", the port only where it is not the scheme's own.
  std::string text() const;
};

/// Reads the origin of an http or https URL; path and query are left aside.
/// Errors: invalid_argument.
Result<Origin> parse_origin(std::string_view url);

}  // namespace bridge
