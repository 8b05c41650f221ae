#pragma once

#include <chrono>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/ports.hpp"

namespace bridge {

/// What stands in the log: the form of a line, and how often the same one is said. Repetitions are
/// counted for each `about` by itself, so two accounts that fail in turn do not fill the log; only
/// those of warnings and errors: whatever else is said twice happened twice.
class LogLines {
 public:
  enum class Form {
    journal,  ///< "<4>fleet: text": the journal adds the time by itself
    plain,    ///< "2026-05-08T15:03:15Z warning fleet: text"
  };

  explicit LogLines(Form form) : form_(form) {}

  /// The lines to write now, each with its line end; empty when this one was said already.
  std::string say(Level level, std::string_view about, std::string_view text, Instant now,
                  std::chrono::milliseconds uptime);

  /// What is still to be said at the end: the open counts.
  std::string rest(Instant now);

 private:
  struct Said {
    Level level;
    std::string text;
    std::chrono::milliseconds at;
    int repeated = 0;
  };

  void append(std::string& out, Level level, std::string_view about, std::string_view text,
              Instant now) const;
  void append_count(std::string& out, std::string_view about, Said& said, Instant now) const;

  Form form_;
  std::map<std::string, Said, std::less<>> last_;
};

}  // namespace bridge
