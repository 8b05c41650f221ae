#include "test_certificates.hpp"

#include <openssl/bio.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <atomic>
#include <stdexcept>

namespace bridge::test {
namespace {

void must(bool done, const char* what) {
  if (!done) throw std::runtime_error(std::string("OpenSSL: ") + what);
}

void add_extension(X509* certificate, X509* issuer, int nid, const std::string& value) {
  X509V3_CTX context;
  X509V3_set_ctx_nodb(&context);
  X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
  X509_EXTENSION* extension = X509V3_EXT_conf_nid(nullptr, &context, nid, value.c_str());
  must(extension != nullptr, value.c_str());
  X509_add_ext(certificate, extension, -1);
  X509_EXTENSION_free(extension);
}

void set_name(X509_NAME* name, const std::string& common_name) {
  const auto* bytes = reinterpret_cast<const unsigned char*>(common_name.c_str());
  must(X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_UTF8, bytes, -1, -1, 0) == 1, "name");
}

}  // namespace

void FreeKey::operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
void FreeCertificate::operator()(X509* certificate) const { X509_free(certificate); }

Certificate make_certificate(const CertificateFacts& facts, const Certificate* issuer) {
  static std::atomic<long> serial{1};
  Certificate made;
  made.key.reset(EVP_EC_gen("P-256"));
  made.x509.reset(X509_new());
  must(made.key && made.x509, "out of memory");
  X509* x509 = made.x509.get();
  X509* issuer_x509 = issuer ? issuer->x509.get() : x509;
  X509_set_version(x509, X509_VERSION_3);
  ASN1_INTEGER_set(X509_get_serialNumber(x509), serial++);
  X509_gmtime_adj(X509_getm_notBefore(x509), facts.from.count());
  X509_gmtime_adj(X509_getm_notAfter(x509), facts.to.count());
  set_name(X509_get_subject_name(x509), facts.name);
  X509_set_issuer_name(x509, X509_get_subject_name(issuer_x509));
  X509_set_pubkey(x509, made.key.get());
  add_extension(x509, issuer_x509, NID_basic_constraints,
                facts.is_ca ? "critical,CA:TRUE" : "critical,CA:FALSE");
  if (!facts.alternative_names.empty()) {
    add_extension(x509, issuer_x509, NID_subject_alt_name, facts.alternative_names);
  }
  EVP_PKEY* signer = issuer ? issuer->key.get() : made.key.get();
  must(X509_sign(x509, signer, EVP_sha256()) != 0, "signing");
  return made;
}

std::string pem(const Certificate& certificate) {
  const std::unique_ptr<BIO, decltype(&BIO_free)> memory(BIO_new(BIO_s_mem()), &BIO_free);
  must(PEM_write_bio_X509(memory.get(), certificate.x509.get()) == 1, "PEM");
  char* text = nullptr;
  const long size = BIO_get_mem_data(memory.get(), &text);
  return std::string(text, static_cast<std::size_t>(size));
}

}  // namespace bridge::test
