#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/ip/address.hpp>
#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "bridge/result.hpp"

namespace bridge {

using Addresses = std::vector<boost::asio::ip::address>;

/// Asks the system's resolver for a name; blocks for as long as that takes. Errors: network.
Result<Addresses> resolve_by_system(const std::string& host);

/// The addresses of one host. A numeric address and "localhost" ask nobody. Any other name is
/// looked up in a detached thread of its own, at most one at a time, because a system resolver that
/// hangs can be neither cancelled nor waited for; it stops neither the loop nor the end of the
/// process.
class NameLookup {
 public:
  using TimePoint = std::chrono::steady_clock::time_point;
  /// Called in the thread.
  using Resolve = std::function<Result<Addresses>(const std::string& host)>;

  /// Found addresses serve for `lifetime`.
  NameLookup(boost::asio::any_io_executor loop, std::string host,
             Resolve resolve = resolve_by_system,
             std::chrono::steady_clock::duration lifetime = std::chrono::seconds(60));
  /// Nothing of the loop or of this object is touched afterwards, whatever the thread still does.
  ~NameLookup();

  /// The addresses, in the order to try them, at least one. Errors: network (no such name, closed),
  /// timeout (nothing known when `until` passed; the lookup goes on for the next caller). The
  /// object must outlive the coroutine.
  Task<Addresses> find(TimePoint until);

  /// Asks again next time: the addresses did not work.
  void forget();

  /// Breaks the waiting off, now and later.
  void close();

 private:
  struct Shared;
  class Waiter;

  boost::asio::any_io_executor loop_;
  Addresses fixed_;  ///< of a host that needs no lookup
  std::shared_ptr<Shared> shared_;
};

}  // namespace bridge
