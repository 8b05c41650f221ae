#pragma once

#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <mutex>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace bridge {

/// A broker that speaks just enough MQTT for one client at a time, for what a real one cannot be
/// made to do. It refuses versions it is too old for, and every subscription under "forbidden";
/// with MQTT 5 every session stands.
class FakeBroker {
 public:
  /// Speaks MQTT up to this version: 4 or 5.
  explicit FakeBroker(int newest)
      : newest_(newest), listener_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    auto* generic = reinterpret_cast<sockaddr*>(&address);
    if (::bind(listener_, generic, size) != 0 || ::listen(listener_, 8) != 0 ||
        ::getsockname(listener_, generic, &size) != 0) {
      throw std::runtime_error("no fake broker");
    }
    port_ = ntohs(address.sin_port);
    thread_ = std::thread([this] { serve(); });
  }
  FakeBroker(const FakeBroker&) = delete;
  FakeBroker& operator=(const FakeBroker&) = delete;
  ~FakeBroker() {
    ::shutdown(listener_, SHUT_RDWR);
    cut();
    thread_.join();
    ::close(listener_);
  }

  std::string url() const { return "mqtt://127.0.0.1:" + std::to_string(port_); }

  /// Breaks the connection. What was not acknowledged is forgotten: it must be sent again.
  void cut() {
    const std::lock_guard lock(mutex_);
    if (client_ >= 0) ::shutdown(client_, SHUT_RDWR);
    waiting_.clear();
  }
  /// Ends the connection with a reason code of MQTT 5.
  void disconnect(int code) {
    send({char(0xE0), 2, char(code), 0});
    cut();
  }
  /// The messages that it has on this connection and has not acknowledged.
  std::size_t waiting() const {
    const std::lock_guard lock(mutex_);
    return waiting_.size();
  }
  void acknowledge() {
    const std::lock_guard lock(mutex_);
    for (const std::string& id : waiting_) write(client_, {0x40, 2, id[0], id[1]});
    waiting_.clear();
  }

 private:
  void serve() {
    for (;;) {
      const int client = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
      if (client < 0) return;
      take(client);
      while (answer(client)) {
      }
      take(-1);
      ::close(client);
    }
  }

  void take(int client) {
    const std::lock_guard lock(mutex_);
    client_ = client;
  }
  bool send(const std::string& bytes) {
    const std::lock_guard lock(mutex_);
    return write(client_, bytes);
  }

  static bool read(int client, std::string& bytes) {
    return bytes.empty() ||
           ::recv(client, bytes.data(), bytes.size(), MSG_WAITALL) == ssize_t(bytes.size());
  }
  static bool write(int client, const std::string& bytes) {
    return ::send(client, bytes.data(), bytes.size(), MSG_NOSIGNAL) == ssize_t(bytes.size());
  }

  // Packets are shorter than 128 bytes here, so that their length is one byte.
  bool answer(int client) {
    std::string head(2, '\0');
    if (!read(client, head)) return false;
    std::string body(static_cast<unsigned char>(head[1]), '\0');
    if (!read(client, body)) return false;
    switch (static_cast<unsigned char>(head[0]) >> 4) {
      case 1:
        return welcome(body[6]);
      case 3:
        return keep(head, body);
      case 8:
        return subscribe(body);
      case 12:
        return send({char(0xD0), 0});
      case 14:
        return false;
      default:
        return true;
    }
  }

  bool welcome(char version) {
    if (version > newest_) return send({0x20, 2, 0, 1}) && false;
    if (version < 5) return send({0x20, 2, 0, 0});
    const char session = std::exchange(known_, true) ? 1 : 0;
    return send({0x20, 3, session, 0, 0});
  }

  bool keep(const std::string& head, const std::string& body) {
    const std::lock_guard lock(mutex_);
    if (head[0] & 6) waiting_.push_back(body.substr(2 + static_cast<std::size_t>(body[1]), 2));
    return true;
  }

  bool subscribe(const std::string& body) {
    const char code = char(body.find("forbidden") == std::string::npos ? 1 : 0x80);
    if (newest_ < 5) return send({char(0x90), 3, body[0], body[1], code});
    return send({char(0x90), 4, body[0], body[1], 0, code});
  }

  const int newest_;
  int listener_;
  int port_ = 0;
  bool known_ = false;
  mutable std::mutex mutex_;
  int client_ = -1;
  std::vector<std::string> waiting_;
  std::thread thread_;
};

}  // namespace bridge
