#pragma once

#include <chrono>
#include <string>

namespace bridge {

/// Where to connect to, and how.
struct ProbeTarget {
  std::string host;
  std::string port;
  bool tls = false;
  std::string ca_file, cert_file, key_file;  ///< for TLS; empty: the system's, none
};

/// Why no connection comes about, for people: "host name not found", "connection refused", "no
/// answer", "TLS: certificate verify failed: hostname mismatch". Empty: it does come about. Each
/// step may take `limit`, the name as long as it takes. Blocks: never call it on the loop.
std::string why_unreachable(const ProbeTarget& target, std::chrono::milliseconds limit);

}  // namespace bridge
