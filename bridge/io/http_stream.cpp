#include "io/http_stream.hpp"

#include <sys/socket.h>

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/error.hpp>
#include <cerrno>
#include <utility>

#include "io/tls_trust.hpp"

namespace asio = boost::asio;
namespace beast = boost::beast;

namespace bridge {

Task<void> HttpStream::connect(Addresses addresses, std::uint16_t port, TimePoint until) {
  drop();
  std::string tried;
  boost::system::error_code failed;
  for (std::size_t i = 0; i < addresses.size() && !cancelled_; ++i) {
    const auto now = std::chrono::steady_clock::now();
    if (i > 0 && now >= until) break;
    tcp_.emplace(loop_);
    tcp_->expires_at(now + (until - now) / static_cast<int>(addresses.size() - i));
    const asio::ip::tcp::endpoint endpoint(addresses[i], port);
    auto token = asio::redirect_error(asio::use_awaitable, failed);
    co_await tcp_->async_connect(endpoint, token);
    if (!failed) {
      boost::system::error_code ignored;
      tcp_->socket().set_option(asio::ip::tcp::no_delay(true), ignored);
      tcp_->expires_at(until);
      co_return success();
    }
    tried += (tried.empty() ? "" : ", ") + addresses[i].to_string() + ": " +
             (failed == beast::error::timeout ? "no answer" : failed.message());
  }
  drop();
  const bool late = failed == beast::error::timeout;
  co_return Error(late ? Errc::timeout : Errc::network, "no connection (" + tried + ")");
}

Task<void> HttpStream::secure(asio::ssl::context& tls, std::string host) {
  tls_.emplace(*tcp_, tls);
  if (!expect_host(tls_->native_handle(), host)) {
    co_return Error(Errc::network, "the certificate's host name cannot be checked");
  }
  boost::system::error_code failed;
  auto token = asio::redirect_error(asio::use_awaitable, failed);
  co_await tls_->async_handshake(asio::ssl::stream_base::client, token);
  if (!failed) co_return success();
  if (failed == beast::error::timeout) {
    co_return Error(Errc::timeout, "the TLS handshake was not answered in time");
  }
  const std::string refused = refusal(tls_->native_handle(), host);
  co_return Error(Errc::network, "TLS failed: " + (refused.empty() ? failed.message() : refused));
}

HttpStream::Bytes HttpStream::read_some(asio::mutable_buffer into,
                                        boost::system::error_code& failed) {
  auto token = asio::redirect_error(asio::use_awaitable, failed);
  return tls_ ? tls_->async_read_some(into, token) : tcp_->async_read_some(into, token);
}

HttpStream::Bytes HttpStream::write(asio::const_buffer bytes, boost::system::error_code& failed) {
  auto token = asio::redirect_error(asio::use_awaitable, failed);
  return tls_ ? asio::async_write(*tls_, bytes, token) : asio::async_write(*tcp_, bytes, token);
}

bool HttpStream::is_stale() {
  char byte = 0;
  const auto got = ::recv(tcp_->socket().native_handle(), &byte, 1, MSG_PEEK | MSG_DONTWAIT);
  return got >= 0 || (errno != EAGAIN && errno != EWOULDBLOCK);
}

void HttpStream::cancel() {
  cancelled_ = true;
  if (tcp_) tcp_->close();
}

void HttpStream::drop() {
  tls_.reset();
  tcp_.reset();
}

}  // namespace bridge
