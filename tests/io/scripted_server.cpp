#include "scripted_server.hpp"

#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <openssl/ssl.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <stdexcept>
#include <tuple>
#include <utility>

namespace bridge::test {
namespace {

sockaddr_in loopback(std::uint16_t port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  address.sin_port = htons(port);
  return address;
}

/// A socket bound to a free port, and that port.
std::pair<int, std::uint16_t> bound_socket() {
  const int socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  auto address = loopback(0);
  socklen_t size = sizeof address;
  auto* plain = reinterpret_cast<sockaddr*>(&address);
  if (::bind(socket, plain, size) != 0 || ::getsockname(socket, plain, &size) != 0) {
    throw std::runtime_error("no free port");
  }
  return {socket, ntohs(address.sin_port)};
}

std::size_t content_length(std::string_view head) {
  const auto at = head.find("Content-Length: ");
  if (at == std::string_view::npos) return 0;
  return std::strtoul(head.data() + at + 16, nullptr, 10);
}

}  // namespace

Peer::Peer(int socket, int number, SSL_CTX* tls) : socket_(socket), number_(number) {
  const int on = 1;
  ::setsockopt(socket_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  if (!tls) return;
  ssl_ = SSL_new(tls);
  SSL_set_fd(ssl_, socket_);
  ready_ = SSL_accept(ssl_) == 1;
}

Peer::~Peer() {
  if (ssl_ && ready_) SSL_shutdown(ssl_);
  SSL_free(ssl_);
}

std::string Peer::asked_name() const {
  const char* name = ssl_ ? SSL_get_servername(ssl_, TLSEXT_NAMETYPE_host_name) : nullptr;
  return name ? name : "";
}

long Peer::read_some(char* into, std::size_t room) {
  return ssl_ ? SSL_read(ssl_, into, static_cast<int>(room)) : ::recv(socket_, into, room, 0);
}

std::string Peer::read_request() {
  for (;;) {
    const auto end = unread_.find("\r\n\r\n");
    if (end != std::string::npos) {
      const auto size = end + 4 + content_length(std::string_view(unread_).substr(0, end));
      if (unread_.size() >= size) {
        std::string request = unread_.substr(0, size);
        unread_.erase(0, size);
        return request;
      }
    }
    char bytes[16 * 1024];
    const long got = read_some(bytes, sizeof bytes);
    if (got <= 0) return {};
    unread_.append(bytes, static_cast<std::size_t>(got));
  }
}

void Peer::wait_until_closed() {
  char bytes[1024];
  while (read_some(bytes, sizeof bytes) > 0) continue;
}

bool Peer::write(std::string_view bytes) {
  while (!bytes.empty()) {
    const long sent = ssl_ ? SSL_write(ssl_, bytes.data(), static_cast<int>(bytes.size()))
                           : ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
  return true;
}

bool Peer::answer(std::string_view body, std::string_view status, std::string_view headers) {
  std::string whole = "HTTP/1.1 ";
  whole.append(status).append("\r\n").append(headers);
  whole.append("Content-Length: " + std::to_string(body.size()) + "\r\n\r\n").append(body);
  return write(whole);
}

void Peer::hang_up() { ::shutdown(socket_, SHUT_RDWR); }

void Peer::relay_to(std::uint16_t port) {
  const int other = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  auto address = loopback(port);
  bool open = ::connect(other, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0;
  while (open) {
    pollfd ends[] = {{socket_, POLLIN, 0}, {other, POLLIN, 0}};
    if (::poll(ends, 2, -1) < 0) break;
    for (const auto& [from, to] : {std::pair(0, 1), std::pair(1, 0)}) {
      if (!ends[from].revents) continue;
      char bytes[16 * 1024];
      const auto got = ::recv(ends[from].fd, bytes, sizeof bytes, 0);
      open = got > 0 && ::send(ends[to].fd, bytes, std::size_t(got), MSG_NOSIGNAL) == got;
      if (!open) break;
    }
  }
  ::close(other);
}

ScriptedServer::ScriptedServer(Script script, const Certificate* certificate)
    : script_(std::move(script)) {
  // OpenSSL writes to sockets without MSG_NOSIGNAL.
  std::signal(SIGPIPE, SIG_IGN);
  if (certificate) {
    tls_ = SSL_CTX_new(TLS_server_method());
    SSL_CTX_use_certificate(tls_, certificate->x509.get());
    SSL_CTX_use_PrivateKey(tls_, certificate->key.get());
  }
  std::tie(listener_, port_) = bound_socket();
  ::listen(listener_, 64);
  acceptor_ = std::thread([this] { accept_all(); });
}

ScriptedServer::~ScriptedServer() {
  {
    const std::scoped_lock lock(mutex_);
    stopping_ = true;
    ::shutdown(listener_, SHUT_RDWR);
    for (int socket : open_) ::shutdown(socket, SHUT_RDWR);
  }
  acceptor_.join();
  for (auto& thread : threads_) thread.join();
  ::close(listener_);
  SSL_CTX_free(tls_);
}

std::string ScriptedServer::url(std::string_view host) const {
  return (tls_ ? "https://" : "http://") + std::string(host) + ':' + std::to_string(port_);
}

int ScriptedServer::connections() const {
  const std::scoped_lock lock(mutex_);
  return accepted_;
}

void ScriptedServer::accept_all() {
  for (;;) {
    const int socket = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
    const std::scoped_lock lock(mutex_);
    if (socket < 0 || stopping_) {
      if (socket >= 0) ::close(socket);
      return;
    }
    open_.push_back(socket);
    threads_.emplace_back([this, socket, number = ++accepted_] { serve(socket, number); });
  }
}

void ScriptedServer::serve(int socket, int number) {
  {
    Peer peer(socket, number, tls_);
    if (peer.is_ready()) script_(peer);
  }
  const std::scoped_lock lock(mutex_);
  open_.remove(socket);
  ::close(socket);
}

std::uint16_t closed_port() {
  const auto [socket, port] = bound_socket();
  ::close(socket);
  return port;
}

}  // namespace bridge::test
