#include "io/broker_socket.hpp"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <charconv>
#include <cstdint>
#include <filesystem>

namespace bridge {
namespace {

// The port of the other side of a connected socket; 0 for anything else.
std::uint16_t peer_port(int descriptor) {
  sockaddr_storage peer{};
  socklen_t size = sizeof peer;
  if (getpeername(descriptor, reinterpret_cast<sockaddr*>(&peer), &size) != 0) return 0;
  if (peer.ss_family == AF_INET) return ntohs(reinterpret_cast<sockaddr_in*>(&peer)->sin_port);
  if (peer.ss_family == AF_INET6) return ntohs(reinterpret_cast<sockaddr_in6*>(&peer)->sin6_port);
  return 0;
}

}  // namespace

std::vector<int> send_without_delay(const std::string& port) {
  std::vector<int> sockets;
  std::error_code error;
  for (const auto& entry : std::filesystem::directory_iterator("/proc/self/fd", error)) {
    const std::string name = entry.path().filename();
    int descriptor = -1;
    std::from_chars(name.data(), name.data() + name.size(), descriptor);
    if (std::to_string(peer_port(descriptor)) != port) continue;
    const int yes = 1;
    setsockopt(descriptor, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
    sockets.push_back(descriptor);
  }
  return sockets;
}

void acknowledge_at_once(const std::vector<int>& sockets) {
  const int yes = 1;  // the kernel forgets it with the next message that is sent
  for (const int each : sockets) setsockopt(each, IPPROTO_TCP, TCP_QUICKACK, &yes, sizeof yes);
}

}  // namespace bridge
