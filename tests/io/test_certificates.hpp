#pragma once

#include <openssl/types.h>

#include <chrono>
#include <memory>
#include <string>

namespace bridge::test {

struct FreeKey {
  void operator()(EVP_PKEY* key) const;
};
struct FreeCertificate {
  void operator()(X509* certificate) const;
};

/// A certificate with its private key.
struct Certificate {
  std::unique_ptr<EVP_PKEY, FreeKey> key;
  std::unique_ptr<X509, FreeCertificate> x509;
};

/// What is written into a certificate.
struct CertificateFacts {
  std::string name = "Test";        ///< the common name
  std::string alternative_names{};  ///< "DNS:localhost,IP:127.0.0.1"; empty: none
  bool is_ca = false;
  std::chrono::seconds from{-3600};  ///< relative to now
  std::chrono::seconds to{3600};
};

/// Makes a certificate signed by `issuer`; nullptr: by itself.
Certificate make_certificate(const CertificateFacts& facts, const Certificate* issuer);

/// The certificate as PEM, without the key.
std::string pem(const Certificate& certificate);

}  // namespace bridge::test
