#pragma once

// Heavy: included by the HTTP client's own files only.

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

#include "bridge/result.hpp"
#include "io/name_lookup.hpp"

namespace bridge {

/// The bytes below HTTP: one TCP connection, with TLS over it where wanted, and one deadline over
/// whatever it does. One coroutine at a time; must outlive it.
class HttpStream {
 public:
  using TimePoint = std::chrono::steady_clock::time_point;
  using Bytes = boost::asio::awaitable<std::size_t>;

  explicit HttpStream(boost::asio::any_io_executor loop) : loop_(std::move(loop)) {}

  /// Connects to the first address that answers. Each gets its share of the time that is left, so
  /// that a silent one does not use up the others' time. Errors: network, timeout.
  Task<void> connect(Addresses addresses, std::uint16_t port, TimePoint until);

  /// Begins TLS and checks that the certificate is the host's. Errors: network, timeout.
  Task<void> secure(boost::asio::ssl::context& tls, std::string host);

  /// For every operation that begins afterwards.
  void set_deadline(TimePoint until) { tcp_->expires_at(until); }

  /// Reads what is there, at least one byte unless `failed`, which must outlive the operation.
  Bytes read_some(boost::asio::mutable_buffer into, boost::system::error_code& failed);
  /// Writes all of it.
  Bytes write(boost::asio::const_buffer bytes, boost::system::error_code& failed);

  bool is_open() const { return tcp_ && tcp_->socket().is_open(); }
  /// The other side has closed the connection, or said something unasked.
  bool is_stale();

  /// Breaks off what is running, which ends with an error; nothing connects afterwards.
  void cancel();
  /// Only while nothing runs.
  void drop();

 private:
  boost::asio::any_io_executor loop_;
  std::optional<boost::beast::tcp_stream> tcp_;
  std::optional<boost::asio::ssl::stream<boost::beast::tcp_stream&>> tls_;
  bool cancelled_ = false;
};

}  // namespace bridge
