#pragma once

#include <chrono>
#include <optional>
#include <string>

namespace bridge {

/// Tells systemd how the service is ("READY=1", "STATUS=...", "WATCHDOG=1", "STOPPING=1"): one
/// datagram to $NOTIFY_SOCKET. "RELOADING=1" goes with the time, as systemd wants it. Does nothing
/// where there is no socket.
void notify_service(const std::string& state);

/// How often systemd wants to hear from the loop ($WATCHDOG_USEC / 2); nothing: not at all.
std::optional<std::chrono::milliseconds> watchdog_period();

}  // namespace bridge
