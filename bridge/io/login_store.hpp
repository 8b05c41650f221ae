#pragma once

#include <optional>
#include <string>

#include "runtime/ports.hpp"

namespace bridge {

/// The tokens in a state directory, for a process beside the service: it reads and writes them
/// whether the service runs or not, and holds up neither its start nor its work. What is new
/// belongs to the owner of the directory, so that root can sign in for a service that is not root.
/// What cannot be done is a std::runtime_error with a sentence.
class LoginStore {
 public:
  explicit LoginStore(std::string directory) : directory_(std::move(directory)) {}

  const std::string& directory() const { return directory_; }

  /// Throws if save_token() could not work either.
  void check_writable();
  /// Nothing, too, where there is no state file.
  std::optional<StoredToken> token(const std::string& account) const;
  void save_token(const std::string& account, const StoredToken& token);  ///< durable on return

 private:
  void give_to_owner() const;

  std::string directory_;
};

}  // namespace bridge
