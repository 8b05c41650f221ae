#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <chrono>
#include <exception>
#include <memory>
#include <optional>
#include <stdexcept>
#include <utility>

#include "bridge/result.hpp"

namespace bridge {

/// What a coroutine returns: runs it on `loop` until it has ended. An exception in it comes out
/// here; a coroutine that has nothing left to wait for but has not ended, or that takes longer than
/// half a minute, is a std::logic_error.
template <class T>
T run(boost::asio::io_context& loop, boost::asio::awaitable<T> coroutine) {
  struct End {
    std::optional<T> value;
    std::exception_ptr failure;
    bool is_reached = false;
  };
  const auto end = std::make_shared<End>();
  // co_spawn wants a result that can be made from nothing, which a Result cannot.
  const auto keep = [](boost::asio::awaitable<T> inner,
                       std::shared_ptr<End> into) -> boost::asio::awaitable<void> {
    into->value.emplace(co_await std::move(inner));
  };
  boost::asio::co_spawn(loop, keep(std::move(coroutine), end), [end](std::exception_ptr failure) {
    end->failure = failure;
    end->is_reached = true;
  });
  loop.restart();
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(30);
  while (!end->is_reached && loop.run_one_until(deadline) > 0) {
  }
  if (!end->is_reached) throw std::logic_error("the coroutine did not end");
  if (end->failure) std::rethrow_exception(end->failure);
  return std::move(*end->value);
}

inline void run(boost::asio::io_context& loop, boost::asio::awaitable<void> coroutine) {
  const auto keep = [](boost::asio::awaitable<void> inner) -> boost::asio::awaitable<bool> {
    co_await std::move(inner);
    co_return true;
  };
  run<bool>(loop, keep(std::move(coroutine)));
}

/// The same on a loop of its own: run(list_pumps(vendor)).
template <class T>
T run(boost::asio::awaitable<T> coroutine) {
  boost::asio::io_context loop(1);
  return run(loop, std::move(coroutine));
}

}  // namespace bridge
