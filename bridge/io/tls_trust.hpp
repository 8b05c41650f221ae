#pragma once

#include <openssl/types.h>

#include <string>

#include "bridge/result.hpp"

namespace bridge {

/// Makes a client context trust the certificates in `ca_file`, or the system's where it is empty,
/// and refuse anything older than TLS 1.2. Throws std::runtime_error when the file cannot be used.
void trust(SSL_CTX* context, const std::string& ca_file);

/// Makes a connection demand a certificate for `host`, a name or a numeric address, and tell a
/// named server which name is meant (SNI). False: that cannot be demanded, do not use the
/// connection.
[[nodiscard]] bool expect_host(SSL* connection, const std::string& host);

/// Why the server's certificate was refused and what to do about it; empty: it was not.
std::string refusal(const SSL* connection, const std::string& host);

}  // namespace bridge
