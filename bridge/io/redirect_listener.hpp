#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <cstdint>
#include <functional>
#include <string>

namespace bridge {

/// Waits on a port of 127.0.0.1 for the browser that a vendor sends back after a sign-in.
class RedirectListener {
 public:
  /// Told the path and query of a visit to "/"; its sentence is shown as a small page.
  using Visit = std::function<std::string(const std::string& target)>;

  /// Port 0: any free one. Throws std::runtime_error with a sentence where it is taken.
  RedirectListener(boost::asio::any_io_executor loop, std::uint16_t port);

  /// Where the vendor is to send the browser: "http://127.0.0.1:PORT/".
  std::string address() const;

  /// Answers visits, until close(). What a browser asks besides is not found.
  boost::asio::awaitable<void> serve(Visit visit);
  void close();

 private:
  boost::asio::ip::tcp::acceptor acceptor_;
};

}  // namespace bridge
