#include "io/stream_log.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <chrono>
#include <cstdlib>
#include <mutex>
#include <utility>

#include "core/redact.hpp"
#include "io/log_lines.hpp"

namespace bridge {
namespace {

using std::chrono::milliseconds;

constexpr std::size_t kLongestText = 4000;  // characters

LogLines::Form form_of(int descriptor) {
  const char* const journal = std::getenv("JOURNAL_STREAM");
  struct stat found {};
  if (journal == nullptr || ::fstat(descriptor, &found) != 0) return LogLines::Form::plain;
  const std::string own = std::to_string(found.st_dev) + ":" + std::to_string(found.st_ino);
  return journal == own ? LogLines::Form::journal : LogLines::Form::plain;
}

class StandardErrorLog : public StreamLog {
 public:
  StandardErrorLog(Level most, std::vector<std::string> secrets)
      : most_(most), secrets_(std::move(secrets)), lines_(form_of(STDERR_FILENO)) {}

  ~StandardErrorLog() override { write(lines_.rest(now())); }

  void set_level(Level most) override { most_ = most; }

  void hide(const std::vector<std::string>& secrets) override {
    const std::lock_guard lock(writing_);
    secrets_.insert(secrets_.end(), secrets.begin(), secrets.end());
    std::sort(secrets_.begin(), secrets_.end());
    secrets_.erase(std::unique(secrets_.begin(), secrets_.end()), secrets_.end());
  }

  void say(Level level, std::string_view about, std::string_view text) override {
    if (level > most_) return;
    const auto uptime =
        std::chrono::floor<milliseconds>(std::chrono::steady_clock::now().time_since_epoch());
    const std::lock_guard lock(writing_);
    const std::string safe_about = redacted(about, secrets_, kLongestText);
    const std::string safe_text = redacted(text, secrets_, kLongestText);
    write(lines_.say(level, safe_about, safe_text, now(), uptime));
  }

 private:
  static Instant now() {
    return std::chrono::floor<milliseconds>(std::chrono::system_clock::now());
  }

  /// At once and in one piece, so that lines of other processes do not come in between.
  static void write(const std::string& lines) {
    if (lines.empty()) return;
    while (::write(STDERR_FILENO, lines.data(), lines.size()) < 0 && errno == EINTR) {
    }
  }

  std::atomic<Level> most_;
  std::vector<std::string> secrets_;
  std::mutex writing_;  // say() also comes from the network's thread
  LogLines lines_;
};

}  // namespace

std::unique_ptr<StreamLog> make_stream_log(Level most, std::vector<std::string> secrets) {
  return std::make_unique<StandardErrorLog>(most, std::move(secrets));
}

}  // namespace bridge
