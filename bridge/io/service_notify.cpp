#include "io/service_notify.hpp"

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <charconv>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <string_view>

namespace bridge {
namespace {

std::string_view variable(const char* name) {
  const char* const value = std::getenv(name);
  return value == nullptr ? std::string_view() : value;
}

std::optional<std::int64_t> number(std::string_view text) {
  std::int64_t value = 0;
  const auto parsed = std::from_chars(text.data(), text.data() + text.size(), value);
  const bool whole = parsed.ec == std::errc() && parsed.ptr == text.data() + text.size();
  return whole && value > 0 ? std::optional(value) : std::nullopt;
}

// systemd takes it for the moment in which the reload began.
std::string monotonic_time() {
  timespec now{};
  ::clock_gettime(CLOCK_MONOTONIC, &now);
  const std::int64_t microseconds = std::int64_t{now.tv_sec} * 1'000'000 + now.tv_nsec / 1000;
  return "\nMONOTONIC_USEC=" + std::to_string(microseconds);
}

}  // namespace

void notify_service(const std::string& state) {
  const std::string_view path = variable("NOTIFY_SOCKET");
  sockaddr_un address{};
  const bool is_address = path.starts_with('/') || path.starts_with('@');
  if (!is_address || path.size() >= sizeof address.sun_path) return;
  address.sun_family = AF_UNIX;
  std::memcpy(address.sun_path, path.data(), path.size());
  if (path.front() == '@') address.sun_path[0] = '\0';  // an abstract name
  const std::string message = state == "RELOADING=1" ? state + monotonic_time() : state;
  const auto length = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + path.size());

  const int descriptor = ::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  if (descriptor < 0) return;
  ::sendto(descriptor, message.data(), message.size(), MSG_NOSIGNAL,
           reinterpret_cast<const sockaddr*>(&address), length);
  ::close(descriptor);
}

std::optional<std::chrono::milliseconds> watchdog_period() {
  const std::string_view for_process = variable("WATCHDOG_PID");
  if (!for_process.empty() && number(for_process) != ::getpid()) return std::nullopt;
  const auto microseconds = number(variable("WATCHDOG_USEC"));
  if (!microseconds || *microseconds < 2000) return std::nullopt;
  return std::chrono::milliseconds(*microseconds / 2000);
}

}  // namespace bridge
