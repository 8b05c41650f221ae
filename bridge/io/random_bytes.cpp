#include "io/random_bytes.hpp"

#include <openssl/evp.h>
#include <openssl/rand.h>

#include <stdexcept>

namespace bridge {

std::string random_bytes(std::size_t count) {
  std::string bytes(count, '\0');
  auto* const data = reinterpret_cast<unsigned char*>(bytes.data());
  if (RAND_bytes(data, static_cast<int>(count)) != 1) {
    throw std::runtime_error("The system has no random numbers.");
  }
  return bytes;
}

std::string sha256(std::string_view text) {
  std::string digest(32, '\0');
  auto* const data = reinterpret_cast<unsigned char*>(digest.data());
  if (EVP_Digest(text.data(), text.size(), data, nullptr, EVP_sha256(), nullptr) != 1) {
    throw std::runtime_error("SHA-256 cannot be computed.");
  }
  return digest;
}

}  // namespace bridge
