#pragma once

#include <string>
#include <string_view>

#include "core/base64.hpp"

namespace bridge {

/// What RFC 7636 adds to a sign-in: the vendor hears the challenge first and the verifier when the
/// code is redeemed, so that a code that somebody saw is of no use to him.
struct Pkce {
  std::string verifier;
  std::string challenge;  ///< of the method S256
};

/// From 32 random bytes, and a function from text to the 32 bytes of its SHA-256.
template <class Sha256>
Pkce make_pkce(std::string_view random, const Sha256& sha256) {
  std::string verifier = base64url(random);
  std::string challenge = base64url(sha256(verifier));
  return {std::move(verifier), std::move(challenge)};
}

}  // namespace bridge
