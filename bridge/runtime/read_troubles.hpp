#pragma once

#include <map>
#include <string>
#include <utility>

#include "runtime/ports.hpp"

namespace bridge {

/// Failures that concern one read of one device, in the log: each once, until the read succeeds.
class ReadTroubles {
 public:
  ReadTroubles(Log& log, std::string account) : log_(log), account_(std::move(account)) {}

  void say(const std::string& device, std::string_view read, const std::string& message);
  /// The read succeeded.
  void forget(const std::string& device, std::string_view read) {
    if (!said_.empty()) said_.erase({device, std::string(read)});
  }
  /// The device is gone.
  void forget(const std::string& device) {
    std::erase_if(said_, [&](const auto& trouble) { return trouble.first.first == device; });
  }

 private:
  Log& log_;
  std::string account_;
  std::map<std::pair<std::string, std::string>, std::string> said_;  // by device and read
};

}  // namespace bridge
