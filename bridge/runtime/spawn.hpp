#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <exception>
#include <utility>

namespace bridge {

/// Runs a coroutine on its own. An exception that leaves it leaves the loop too: a service that
/// cannot keep its promises (a full disk, a bug) ends and says why, instead of going on without one
/// of its parts.
template <class Executor>
void spawn(const Executor& loop, boost::asio::awaitable<void> coroutine) {
  boost::asio::co_spawn(loop, std::move(coroutine), [](std::exception_ptr failure) {
    if (failure) std::rethrow_exception(failure);
  });
}

}  // namespace bridge
