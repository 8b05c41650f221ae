#pragma once

#include <memory>
#include <string>
#include <vector>

#include "runtime/ports.hpp"

namespace bridge {

/// A log on standard error. Under the journal ($JOURNAL_STREAM is this stream): "<priority>about:
/// text" without a time; on a terminal or file: "2026-05-08T15:03:15Z warning about: text".
/// The same warning or error again and again is said once, then counted: "(repeated 41 times)" when something
/// else is said about the same or when ten minutes have passed. `secrets` are taken out of every line.
class StreamLog : public Log {
 public:
  virtual void set_level(Level most) = 0;
  /// Takes these out of every line too.
  virtual void hide(const std::vector<std::string>& secrets) = 0;
};
std::unique_ptr<StreamLog> make_stream_log(Level most, std::vector<std::string> secrets);

}  // namespace bridge
