#pragma once

#include <string>

namespace bridge {

/// Paho opens its socket without TCP_NODELAY and does not show it: a small message behind a large
/// one then waits up to 40 ms for the broker's delayed acknowledgement. Finds the process's
/// connections to that port and sets it. Without effect on anything else.
void send_without_delay(const std::string& port);

}  // namespace bridge
