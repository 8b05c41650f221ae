#pragma once

#include <openssl/types.h>

#include <cstdint>
#include <functional>
#include <list>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>

#include "test_certificates.hpp"

namespace bridge::test {

/// The server's end of one connection: blocking, on a thread of its own.
class Peer {
 public:
  /// Takes `socket` over; `tls`: makes the handshake first (nullptr: none).
  Peer(int socket, int number, SSL_CTX* tls);
  ~Peer();
  Peer(const Peer&) = delete;
  Peer& operator=(const Peer&) = delete;

  /// Which connection of the server this is, from 1.
  int number() const { return number_; }
  /// The name that the client asked for by SNI; empty: none.
  std::string asked_name() const;
  /// False when the handshake failed.
  bool is_ready() const { return ready_; }

  /// The next request, head and body (by Content-Length); empty: the client has closed.
  std::string read_request();
  /// Blocks until the client closes.
  void wait_until_closed();
  /// Sends; false when the client is gone.
  bool write(std::string_view bytes);
  /// Sends a whole answer "HTTP/1.1 <status>" with Content-Length.
  bool answer(std::string_view body, std::string_view status = "200 OK",
              std::string_view headers = "");
  /// Closes; the client knows at once.
  void hang_up();
  /// Exchanges bytes with a server on 127.0.0.1 until one side closes.
  void relay_to(std::uint16_t port);

 private:
  friend class ScriptedServer;
  long read_some(char* into, std::size_t room);

  int socket_;
  int number_;
  SSL* ssl_ = nullptr;
  bool ready_ = true;
  std::string unread_;
};

/// A server on a free port of 127.0.0.1 that runs a script for each connection.
class ScriptedServer {
 public:
  using Script = std::function<void(Peer& peer)>;

  /// Plain HTTP, or TLS with that certificate.
  explicit ScriptedServer(Script script, const Certificate* certificate = nullptr);
  /// Breaks all connections off and waits for their scripts.
  ~ScriptedServer();
  ScriptedServer(const ScriptedServer&) = delete;
  ScriptedServer& operator=(const ScriptedServer&) = delete;

  std::uint16_t port() const { return port_; }
  /// "http://127.0.0.1:port", or https and another host.
  std::string url(std::string_view host = "127.0.0.1") const;
  /// How many connections were accepted.
  int connections() const;

 private:
  void accept_all();
  void serve(int socket, int number);

  Script script_;
  SSL_CTX* tls_ = nullptr;
  int listener_ = -1;
  std::uint16_t port_ = 0;
  mutable std::mutex mutex_;
  bool stopping_ = false;
  int accepted_ = 0;
  std::list<int> open_;
  std::list<std::thread> threads_;
  std::thread acceptor_;
};

/// A port of 127.0.0.1 on which nothing listens.
std::uint16_t closed_port();

}  // namespace bridge::test
