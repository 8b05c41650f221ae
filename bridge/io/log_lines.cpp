#include "io/log_lines.hpp"

#include "bridge/timestamp.hpp"

namespace bridge {
namespace {

constexpr std::chrono::minutes kCountPeriod(10);

/// There are as many subjects as accounts; a bug must not make it more than these.
constexpr std::size_t kMostSubjects = 256;

std::string_view word(Level level) {
  switch (level) {
    case Level::error:
      return "error";
    case Level::warning:
      return "warning";
    case Level::notice:
      return "notice";
    case Level::info:
      return "info";
    case Level::debug:
      return "debug";
  }
  return "error";
}

}  // namespace

std::string LogLines::say(Level level, std::string_view about, std::string_view text, Instant now,
                          std::chrono::milliseconds uptime) {
  std::string out;
  auto found = last_.find(about);
  const bool again = level <= Level::warning && found != last_.end() &&
                     found->second.level == level && found->second.text == text;
  if (again) ++found->second.repeated;

  for (auto& [subject, said] : last_) {
    if (said.repeated == 0 || uptime - said.at < kCountPeriod) continue;
    append_count(out, subject, said, now);
    said.at = uptime;
  }
  if (again) return out;

  if (found != last_.end()) {
    append_count(out, about, found->second, now);
  } else if (last_.size() >= kMostSubjects) {
    out += rest(now);
    last_.clear();
  }
  append(out, level, about, text, now);
  last_.insert_or_assign(std::string(about), Said{level, std::string(text), uptime});
  return out;
}

std::string LogLines::rest(Instant now) {
  std::string out;
  for (auto& [subject, said] : last_) append_count(out, subject, said, now);
  return out;
}

void LogLines::append(std::string& out, Level level, std::string_view about, std::string_view text,
                      Instant now) const {
  if (form_ == Form::journal) {
    out.append("<").append(std::to_string(static_cast<int>(level))).append(">");
  } else {
    out.append(format_time(now), 0, 19).append("Z ").append(word(level)).append(" ");
  }
  if (!about.empty()) out.append(about).append(": ");
  out.append(text).append("\n");
}

void LogLines::append_count(std::string& out, std::string_view about, Said& said,
                            Instant now) const {
  if (said.repeated == 0) return;
  const std::string count = said.repeated == 1
                                ? std::string()
                                : " (repeated " + std::to_string(said.repeated) + " times)";
  append(out, said.level, about, said.text + count, now);
  said.repeated = 0;
}

}  // namespace bridge
