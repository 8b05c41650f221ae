#include "io/redirect_listener.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <chrono>
#include <memory>
#include <stdexcept>

#include "runtime/spawn.hpp"

namespace bridge {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;

constexpr std::size_t kLongestRequest = 32 * 1024;
constexpr std::chrono::seconds kPatience(10);

std::string as_html(const std::string& text) {
  std::string out;
  for (const char c : text) {
    switch (c) {
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '&':
        out += "&amp;";
        break;
      default:
        out += c;
    }
  }
  return out;
}

std::string answer(const std::string& status, const std::string& sentence) {
  const std::string page =
      "<!DOCTYPE html><html lang=\"en\"><head><meta charset=\"utf-8\"><title>cloud2mqtt</title>"
      "</head><body><p>" +
      as_html(sentence) + "</p></body></html>\n";
  return "HTTP/1.1 " + status + "\r\nContent-Type: text/html; charset=utf-8\r\nContent-Length: " +
         std::to_string(page.size()) +
         "\r\nCache-Control: no-store\r\nReferrer-Policy: no-referrer\r\n"
         "Content-Security-Policy: default-src 'none'\r\nConnection: close\r\n\r\n" +
         page;
}

/// The answer to a request, of which the first line matters.
std::string answer_to(const std::string& request, const RedirectListener::Visit& visit) {
  const std::string line = request.substr(0, request.find("\r\n"));
  const std::size_t space = line.find(' ');
  const std::size_t last = line.rfind(' ');
  if (space == line.npos || last == space || !line.substr(last + 1).starts_with("HTTP/1.")) {
    return answer("400 Bad Request", "This is no request of a browser.");
  }
  if (line.substr(0, space) != "GET") {
    return answer("405 Method Not Allowed", "Here is only something to be read.");
  }
  const std::string target = line.substr(space + 1, last - space - 1);
  if (target != "/" && !target.starts_with("/?")) return answer("404 Not Found", "Not found.");
  return answer("200 OK", visit(target));
}

// Browsers open connections that they may never use: each has its own time, and none waits for
// another.
asio::awaitable<void> converse(std::shared_ptr<tcp::socket> socket,
                               std::shared_ptr<const RedirectListener::Visit> visit) {
  asio::steady_timer timer(socket->get_executor(), kPatience);
  timer.async_wait([socket](const boost::system::error_code& ended) {
    if (!ended) socket->close();
  });
  std::string request;
  boost::system::error_code ended;
  auto buffer = asio::dynamic_buffer(request, kLongestRequest);
  co_await asio::async_read_until(*socket, buffer, "\r\n\r\n",
                                  asio::redirect_error(asio::use_awaitable, ended));
  if (ended) co_return;
  const std::string said = answer_to(request, *visit);
  co_await asio::async_write(*socket, asio::buffer(said),
                             asio::redirect_error(asio::use_awaitable, ended));
  socket->shutdown(tcp::socket::shutdown_send, ended);
}

}  // namespace

RedirectListener::RedirectListener(asio::any_io_executor loop, std::uint16_t port)
    : acceptor_(std::move(loop)) {
  const tcp::endpoint here(asio::ip::address_v4::loopback(), port);
  boost::system::error_code taken;
  acceptor_.open(here.protocol());
  acceptor_.set_option(tcp::acceptor::reuse_address(true));
  acceptor_.bind(here, taken);
  if (!taken) acceptor_.listen(tcp::acceptor::max_listen_connections, taken);
  if (taken) {
    throw std::runtime_error("The port " + std::to_string(port) +
                             " of 127.0.0.1 cannot be used: " + taken.message() + ".");
  }
}

std::string RedirectListener::address() const {
  return "http://127.0.0.1:" + std::to_string(acceptor_.local_endpoint().port()) + '/';
}

asio::awaitable<void> RedirectListener::serve(Visit visit) {
  const auto shared = std::make_shared<const Visit>(std::move(visit));
  for (;;) {
    const auto socket = std::make_shared<tcp::socket>(acceptor_.get_executor());
    boost::system::error_code ended;
    co_await acceptor_.async_accept(*socket, asio::redirect_error(asio::use_awaitable, ended));
    if (!acceptor_.is_open()) co_return;
    if (!ended) spawn(acceptor_.get_executor(), converse(socket, shared));
  }
}

void RedirectListener::close() {
  boost::system::error_code ignored;
  acceptor_.close(ignored);
}

}  // namespace bridge
