#pragma once

#include <string>

#include "core/configuration.hpp"
#include "runtime/gate.hpp"
#include "runtime/ports.hpp"

namespace bridge {

/// An account's bearer token: the one the user gave, or one that a sign-in gets, keeps in the store
/// and renews at nine tenths of its life. One sign-in at a time.
class Credentials {
 public:
  Credentials(const AccountConfiguration& account, Clock& clock, Store& store);

  /// The token to send. Signs in through `unsigned_vendor` where that is needed.
  Task<std::string> token(Vendor& unsigned_vendor);

  /// The vendor refused `token`: the next token() gets another one. False: there is no other way.
  bool renewable(const std::string& token);

  std::optional<Instant> expires() const;
  /// The token in use; empty: none yet.
  const std::string& current() const { return fixed_.empty() ? token_.access : fixed_; }

 private:
  bool usable() const;

  const AccountConfiguration& account_;
  Clock& clock_;
  Store& store_;
  Gate gate_;
  std::string fixed_;
  StoredToken token_;
  Instant renew_at_{};
};

}  // namespace bridge
