#include "io/tls_trust.hpp"

#include <arpa/inet.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <cstdlib>
#include <filesystem>
#include <stdexcept>

namespace bridge {
namespace {

/// OpenSSL's folder of single certificates, found by their hash.
bool is_system_folder_hashed() {
  std::error_code unreadable;
  const std::filesystem::directory_iterator folder(X509_get_default_cert_dir(), unreadable);
  for (const auto& entry : folder) {
    if (entry.path().extension() == ".0") return true;
  }
  return false;
}

bool is_numeric(const std::string& host) {
  unsigned char address[sizeof(in6_addr)];
  return inet_pton(AF_INET, host.c_str(), address) == 1 ||
         inet_pton(AF_INET6, host.c_str(), address) == 1;
}

std::string advice(long reason, const std::string& host) {
  switch (reason) {
    case X509_V_ERR_HOSTNAME_MISMATCH:
    case X509_V_ERR_IP_ADDRESS_MISMATCH:
      return "wrong host name: it is not for " + host + "; check the address in base_url";
    case X509_V_ERR_CERT_HAS_EXPIRED:
      return "expired: its owner must renew it, unless this machine's clock is wrong";
    case X509_V_ERR_CERT_NOT_YET_VALID:
      return "not valid yet: this machine's clock is probably behind";
    case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT:
    case X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN:
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT:
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
    case X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE:
      return "unknown CA: update the ca-certificates package, or set ca_file if the CA is your own";
    default:
      return "it cannot be trusted";
  }
}

}  // namespace

void trust(SSL_CTX* context, const std::string& ca_file) {
  SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION);
  SSL_CTX_set_verify(context, SSL_VERIFY_PEER, nullptr);
  if (!ca_file.empty()) {
    if (SSL_CTX_load_verify_file(context, ca_file.c_str()) == 1) return;
    throw std::runtime_error("ca_file " + ca_file + " holds no certificate that can be read");
  }
  // The system's single file is parsed as a whole for each context (25 ms and up to 4 MB); from its
  // folder OpenSSL reads the one certificate that is needed.
  const bool by_folder = !std::getenv("SSL_CERT_FILE") && is_system_folder_hashed();
  const int set = by_folder ? SSL_CTX_set_default_verify_dir(context)
                            : SSL_CTX_set_default_verify_paths(context);
  if (set != 1) throw std::runtime_error("the system's CA certificates cannot be used");
}

bool expect_host(SSL* connection, const std::string& host) {
  if (is_numeric(host)) {
    return X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(connection), host.c_str()) == 1;
  }
  SSL_set_hostflags(connection, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
  return SSL_set1_host(connection, host.c_str()) == 1 &&
         SSL_set_tlsext_host_name(connection, host.c_str()) == 1;
}

std::string refusal(const SSL* connection, const std::string& host) {
  const long reason = SSL_get_verify_result(connection);
  if (reason == X509_V_OK) return {};
  return "the server's certificate was refused (" +
         std::string(X509_verify_cert_error_string(reason)) + "), " + advice(reason, host);
}

}  // namespace bridge
