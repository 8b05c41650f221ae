#include "bridge/timestamp.hpp"

#include <chrono>
#include <cmath>

namespace bridge {
namespace {

using namespace std::chrono;

/// Takes a text apart from its front. Every member leaves the rest alone when it finds nothing.
class Reader {
 public:
  explicit Reader(std::string_view rest) : rest_(rest) {}

  bool is_done() const { return rest_.empty(); }

  bool skip(char expected) {
    if (rest_.empty() || rest_.front() != expected) return false;
    rest_.remove_prefix(1);
    return true;
  }

  bool skip_one_of(std::string_view expected) {
    if (rest_.empty() || expected.find(rest_.front()) == std::string_view::npos) return false;
    rest_.remove_prefix(1);
    return true;
  }

  /// A number of exactly `digits` digits.
  std::optional<int> number(std::size_t digits) {
    if (rest_.size() < digits) return std::nullopt;
    int value = 0;
    for (const char digit : rest_.substr(0, digits)) {
      if (digit < '0' || digit > '9') return std::nullopt;
      value = value * 10 + (digit - '0');
    }
    rest_.remove_prefix(digits);
    return value;
  }

  /// The digits behind the point; what is finer than a millisecond is dropped.
  std::optional<milliseconds> fraction() {
    int value = 0;
    int scale = 100;
    bool any = false;
    for (auto digit = number(1); digit; digit = number(1)) {
      value += *digit * scale;
      scale /= 10;
      any = true;
    }
    return any ? std::optional(milliseconds(value)) : std::nullopt;
  }

 private:
  std::string_view rest_;
};

std::optional<sys_days> read_date(Reader& reader) {
  const auto year_number = reader.number(4);
  if (!year_number || !reader.skip('-')) return std::nullopt;
  const auto month_number = reader.number(2);
  if (!month_number || !reader.skip('-')) return std::nullopt;
  const auto day_number = reader.number(2);
  if (!day_number) return std::nullopt;
  const year_month_day date{year(*year_number), month(static_cast<unsigned>(*month_number)),
                            day(static_cast<unsigned>(*day_number))};
  if (!date.ok() || *year_number <= 1) return std::nullopt;
  return sys_days(date);
}

/// HH:MM[:SS[.fraction]]; second 60 is a leap second.
std::optional<milliseconds> read_time_of_day(Reader& reader) {
  const auto hour = reader.number(2);
  if (!hour || *hour > 23 || !reader.skip(':')) return std::nullopt;
  const auto minute = reader.number(2);
  if (!minute || *minute > 59) return std::nullopt;
  milliseconds time = hours(*hour) + minutes(*minute);
  if (!reader.skip(':')) return time;
  const auto second = reader.number(2);
  if (!second || *second > 60) return std::nullopt;
  time += seconds(*second);
  if (!reader.skip('.')) return time;
  const auto fraction = reader.fraction();
  if (!fraction) return std::nullopt;
  return time + *fraction;
}

/// "Z", "+HH:MM", "-HHMM", "+HH" or nothing at all: the distance from UTC.
std::optional<minutes> read_offset(Reader& reader) {
  if (reader.is_done() || reader.skip_one_of("Zz")) return minutes(0);
  const bool west = reader.skip('-');
  if (!west && !reader.skip('+')) return std::nullopt;
  const auto hour = reader.number(2);
  if (!hour || *hour > 23) return std::nullopt;
  minutes offset = hours(*hour);
  if (!reader.is_done()) {
    reader.skip(':');
    const auto minute = reader.number(2);
    if (!minute || *minute > 59) return std::nullopt;
    offset += minutes(*minute);
  }
  return west ? -offset : offset;
}

void append_number(std::string& out, int value, int digits) {
  const std::size_t end = out.size() + static_cast<std::size_t>(digits);
  out.resize(end);
  for (std::size_t index = end; digits-- > 0; value /= 10) {
    out[--index] = static_cast<char>('0' + value % 10);
  }
}

}  // namespace

std::optional<Instant> parse_time(std::string_view written) {
  Reader reader(written);
  const auto date = read_date(reader);
  if (!date) return std::nullopt;
  Instant instant = *date;
  if (!reader.is_done()) {
    if (!reader.skip_one_of("Tt ")) return std::nullopt;
    const auto time = read_time_of_day(reader);
    if (!time) return std::nullopt;
    reader.skip(' ');
    const auto offset = read_offset(reader);
    if (!offset || !reader.is_done()) return std::nullopt;
    instant += *time - *offset;
  }
  return instant == Instant() ? std::nullopt : std::optional(instant);
}

std::optional<Instant> moment_at(const Json& value, std::string_view pointer) {
  constexpr double kFirst = 1e9, kLast = 1e11;  // beyond are counts of something else
  const Json& found = at(value, pointer);
  if (found.is_string()) return parse_time(found.get_string());
  const auto seconds = found.is_number() ? number_at(found, "") : std::nullopt;
  if (!seconds || *seconds < kFirst || *seconds > kLast) return std::nullopt;
  return Instant(std::chrono::milliseconds(std::llround(*seconds * 1000)));
}

std::string format_time(Instant instant) {
  const auto days = floor<std::chrono::days>(instant);
  const year_month_day date(days);
  const hh_mm_ss time(instant - days);
  std::string out;
  out.reserve(24);
  append_number(out, static_cast<int>(date.year()), 4);
  out += '-';
  append_number(out, static_cast<int>(static_cast<unsigned>(date.month())), 2);
  out += '-';
  append_number(out, static_cast<int>(static_cast<unsigned>(date.day())), 2);
  out += 'T';
  append_number(out, static_cast<int>(time.hours().count()), 2);
  out += ':';
  append_number(out, static_cast<int>(time.minutes().count()), 2);
  out += ':';
  append_number(out, static_cast<int>(time.seconds().count()), 2);
  out += '.';
  append_number(out, static_cast<int>(time.subseconds().count()), 3);
  out += 'Z';
  return out;
}

}  // namespace bridge
