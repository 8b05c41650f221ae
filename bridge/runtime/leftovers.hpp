#pragma once

#include <functional>
#include <set>
#include <string>
#include <vector>

#include "core/topics.hpp"
#include "runtime/publisher.hpp"

namespace bridge {

/// What earlier configurations left at the broker: the topics of accounts that are no more, and
/// announcements that no account of today would make. It is taken back once; until the broker
/// acknowledged, every connection says it again. What a vendor does or fails to do makes none.
class Leftovers {
 public:
  /// Whose an announcement is today. `open`: an account that may have the device has yet to say.
  enum class Owner { somebody, nobody, open };

  struct Parts {
    const Topics& topics;
    Publisher& publisher;
    Store& store;
    Log& log;
    std::function<Owner(const Announced&)> owner;
  };
  explicit Leftovers(Parts parts) : parts_(std::move(parts)) {}

  /// Looks through the store; `accounts` are the ones of today.
  void collect(const std::set<std::string>& accounts);
  /// Takes back what is decided by now.
  void take_back();
  /// The connection is new: what was under way is not.
  void begin_anew();

 private:
  struct Leftover {
    std::string account;
    Announced row;
    bool account_is_gone = false;
    bool under_way = false;
  };

  void take_back(const Leftover& leftover, bool announcement_too);
  void clear_account(const std::string& account, std::function<void(bool)> done);

  Parts parts_;
  std::vector<Leftover> all_;
};

}  // namespace bridge
