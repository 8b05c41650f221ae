#include "io/connect_probe.hpp"

#include <netdb.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <memory>
#include <system_error>

namespace bridge {
namespace {

using Addresses = std::unique_ptr<addrinfo, decltype(&freeaddrinfo)>;

std::string words(int error) {
  std::string text = std::generic_category().message(error);
  if (!text.empty() && text[0] >= 'A' && text[0] <= 'Z') text[0] += 'a' - 'A';
  return text;
}

class Socket {
 public:
  explicit Socket(int family)
      : handle_(::socket(family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0)) {}
  Socket(const Socket&) = delete;
  Socket& operator=(const Socket&) = delete;
  ~Socket() {
    if (handle_ >= 0) ::close(handle_);
  }
  int handle() const { return handle_; }

 private:
  int handle_;
};

std::string why_not(const addrinfo& address, std::chrono::milliseconds limit) {
  const Socket socket(address.ai_family);
  if (socket.handle() < 0) return words(errno);
  if (::connect(socket.handle(), address.ai_addr, address.ai_addrlen) == 0) return {};
  if (errno != EINPROGRESS) return words(errno);

  pollfd ready{socket.handle(), POLLOUT, 0};
  if (::poll(&ready, 1, static_cast<int>(limit.count())) <= 0) return "no answer";
  int error = 0;
  socklen_t size = sizeof error;
  if (::getsockopt(socket.handle(), SOL_SOCKET, SO_ERROR, &error, &size) != 0) error = errno;
  return error == 0 ? std::string() : words(error);
}

}  // namespace

std::string why_unreachable(const std::string& host, const std::string& port,
                            std::chrono::milliseconds limit) {
  addrinfo wanted{};
  wanted.ai_socktype = SOCK_STREAM;
  addrinfo* first = nullptr;
  const int failure = ::getaddrinfo(host.c_str(), port.c_str(), &wanted, &first);
  const Addresses addresses(first, &freeaddrinfo);
  if (failure == EAI_AGAIN) return "the name server does not answer";
  if (failure != 0) return "host name not found";

  std::string reason = "host name not found";
  for (const addrinfo* each = first; each != nullptr; each = each->ai_next) {
    reason = why_not(*each, limit);
    if (reason.empty()) return {};
  }
  return reason;
}

}  // namespace bridge
