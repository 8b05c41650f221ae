#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <exception>
#include <utility>

namespace bridge {

/// Runs a coroutine on its own. An exception that leaves it leaves the loop too: a service that
/// cannot keep its promises (a full disk, a bug) ends and says why, instead of going on without one
/// of its parts.
inline void spawn(const boost::asio::any_io_executor& loop, boost::asio::awaitable<void> coroutine) {
  boost::asio::co_spawn(loop, std::move(coroutine), [](std::exception_ptr failure) {
    if (failure) std::rethrow_exception(failure);
  });
}

}  // namespace bridge
