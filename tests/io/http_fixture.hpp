#pragma once

#include <gtest/gtest.h>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "io/beast_http_client.hpp"
#include "scripted_server.hpp"

namespace bridge::test {

/// Where a spawned coroutine leaves its result.
template <class T>
using Slot = std::shared_ptr<std::optional<T>>;

template <class T>
boost::asio::awaitable<void> keep_result(boost::asio::awaitable<T> task, Slot<T> slot) {
  slot->emplace(co_await std::move(task));
}

/// Starts a coroutine; its result is there once the loop has run for long enough.
template <class T>
Slot<T> start(boost::asio::io_context& loop, boost::asio::awaitable<T> task) {
  auto slot = std::make_shared<std::optional<T>>();
  boost::asio::co_spawn(loop, keep_result(std::move(task), slot), boost::asio::detached);
  return slot;
}

/// Runs the loop until the result is there; false: it did not come within half a minute.
template <class T>
bool run_until(boost::asio::io_context& loop, const Slot<T>& slot) {
  const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(30);
  loop.restart();
  while (!*slot && std::chrono::steady_clock::now() < end && loop.run_one_until(end)) continue;
  return slot->has_value();
}

inline HttpRequest request_to(std::string target, Method method = Method::get) {
  HttpRequest request;
  request.method = method;
  request.target = std::move(target);
  return request;
}

inline bool contains(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
}

class HttpFixture : public testing::Test {
 protected:
  std::unique_ptr<HttpClient> client_of(std::string base_url) {
    HttpSettings settings;
    settings.base_url = std::move(base_url);
    return make_beast_http_client(loop_.get_executor(), std::move(settings));
  }
  std::unique_ptr<HttpClient> client_with(HttpSettings settings) {
    return make_beast_http_client(loop_.get_executor(), std::move(settings));
  }

  Result<HttpReply> send(HttpClient& client, HttpRequest request) {
    const auto slot = start(loop_, client.send(std::move(request)));
    if (!run_until(loop_, slot)) throw std::runtime_error("the request never ended");
    return std::move(**slot);
  }
  Result<HttpReply> get(HttpClient& client, std::string target) {
    return send(client, request_to(std::move(target)));
  }
  /// One GET of "/" on a fresh client.
  Result<HttpReply> get_once(const ScriptedServer& server) {
    const auto client = client_of(server.url());
    return get(*client, "/");
  }

  boost::asio::io_context loop_{1};
};

}  // namespace bridge::test
