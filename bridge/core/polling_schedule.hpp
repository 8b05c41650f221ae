#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <optional>
#include <queue>
#include <string_view>
#include <vector>

namespace bridge {

/// Which (device, read) is due next, over monotonic time. Pure: the owner waits. Of jobs that are due
/// at the same moment the one with the lowest rank() comes first, where jobs have ranks.
template <class Job>
class PollingSchedule {
 public:
  using Moment = std::chrono::milliseconds;

  void add(Moment due, Job job) { jobs_.push({due, next_++, std::move(job)}); }
  bool empty() const { return jobs_.empty(); }
  /// When the next job is due.
  Moment due() const { return jobs_.top().due; }
  /// Makes every job due at the moment that `latest` names for it, at the latest.
  template <class Latest>
  void bring_forward(Latest latest) {
    std::vector<Entry> entries;
    for (; !empty(); jobs_.pop()) entries.push_back(jobs_.top());
    for (Entry& entry : entries) {
      entry.due = std::min<Moment>(entry.due, latest(entry.job));
      jobs_.push(std::move(entry));
    }
  }
  /// Makes every job that `concerns` is true for due at `moment`, at the latest.
  template <class Predicate>
  void bring_forward(Moment moment, Predicate concerns) {
    bring_forward([&](const Job& job) { return concerns(job) ? moment : Moment::max(); });
  }
  /// Takes the next job out, due or not.
  Job take() {
    Job job = jobs_.top().job;
    jobs_.pop();
    return job;
  }

 private:
  struct Entry {
    Moment due;
    std::uint64_t order;
    Job job;
    std::size_t rank() const {
      if constexpr (requires { job.rank(); }) return job.rank();
      return 0;
    }
    bool operator<(const Entry& other) const {
      if (due != other.due) return due > other.due;
      return rank() != other.rank() ? rank() > other.rank() : order > other.order;
    }
  };

  std::priority_queue<Entry> jobs_;
  std::uint64_t next_ = 0;
};

/// When a read that was due at `due` is due again: one period later, but never in the past, so
/// that a poll that took longer than its period is skipped and not caught up with.
constexpr std::chrono::milliseconds next_due(std::chrono::milliseconds due, std::chrono::milliseconds every,
                                             std::chrono::milliseconds now) {
  if (due + every > now) return due + every;
  const auto missed = (now - due) / every;
  return due + (missed + 1) * every;
}

/// How long to wait, from `now` on, for the moment `again` that a read's facts name: never longer
/// than the read's period, never shorter than `shortest`. Nothing: the moment is past, or so far
/// off that the vendor's clock or ours must be wrong, and the period counts.
constexpr std::optional<std::chrono::milliseconds> wait_until(
    std::chrono::sys_time<std::chrono::milliseconds> again,
    std::chrono::sys_time<std::chrono::milliseconds> now, std::chrono::milliseconds every,
    std::chrono::milliseconds shortest) {
  const auto wait = again - now;
  if (wait <= std::chrono::milliseconds(0) || wait > std::chrono::hours(24)) return std::nullopt;
  return std::min(std::max(wait, shortest), every);
}

/// The second reading of a device is shifted by its share of the period, so that the reads of a
/// fleet that was found at once spread over the period.
constexpr std::chrono::milliseconds spread(std::chrono::milliseconds every, std::uint64_t hash) {
  return every / 2 + std::chrono::milliseconds(static_cast<std::int64_t>(hash % 1000) * every.count() / 2000);
}

}  // namespace bridge
