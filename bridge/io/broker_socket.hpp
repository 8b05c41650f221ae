#pragma once

#include <string>
#include <vector>

namespace bridge {

/// Paho opens its socket without TCP_NODELAY and does not show it: a small message behind a large
/// one then waits up to 40 ms for the broker's delayed acknowledgement. Finds the process's
/// connections to that port, sets it and returns them. Without effect on anything else.
std::vector<int> send_without_delay(const std::string& port);

/// The same delay the other way round: the broker holds a command back until what it sent before
/// is acknowledged by TCP. Acknowledges what has come on these sockets; they may be closed.
void acknowledge_at_once(const std::vector<int>& sockets);

}  // namespace bridge
