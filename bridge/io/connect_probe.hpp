#pragma once

#include <chrono>
#include <string>

namespace bridge {

/// Why no TCP connection to host and port comes about, for people: "host name not found",
/// "connection refused", "no answer". Empty: it does come about. Blocks, and not only for `limit`:
/// the name takes as long as it takes. Never call it on the loop.
std::string why_unreachable(const std::string& host, const std::string& port,
                            std::chrono::milliseconds limit);

}  // namespace bridge
