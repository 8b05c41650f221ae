#include "io/in_flight.hpp"

#include <algorithm>
#include <utility>

namespace bridge {
namespace {

// A ticket is a running number over the index of its place.
constexpr std::uintptr_t kIndexBits = 10;
constexpr std::uintptr_t kIndexMask = (1U << kIndexBits) - 1;

}  // namespace

void InFlight::limit_acknowledged(std::size_t limit) {
  limits_[1] = std::clamp<std::size_t>(limit, 1, most_acknowledged_);
}

std::size_t InFlight::half() const {
  std::size_t half = 0;
  for (const std::size_t level : {0, 1}) {
    if (taken_[level] >= limits_[level]) half = std::max(half, (taken_[level] + 1) / 2);
  }
  return half;
}

std::uintptr_t InFlight::enter(int qos, Done done, Moment now) {
  if (free_.empty()) {
    free_.push_back(places_.size());
    places_.emplace_back();
  }
  const std::size_t index = free_.back();
  free_.pop_back();
  Place& place = places_[index];
  place.ticket = (++count_ << kIndexBits) | index;
  place.level = qos == 0 ? 0 : 1;
  place.waiting = true;
  place.since = now;
  place.done = std::move(done);
  ++taken_[place.level];
  ++waiting_;
  return place.ticket;
}

InFlight::Place* InFlight::find(std::uintptr_t ticket) {
  const std::size_t index = ticket & kIndexMask;
  if (index >= places_.size() || places_[index].ticket != ticket) return nullptr;
  return &places_[index];
}

InFlight::Done InFlight::release(Place& place) {
  --taken_[place.level];
  if (place.waiting) --waiting_;
  place.waiting = false;
  place.ticket = 0;
  free_.push_back(static_cast<std::size_t>(&place - places_.data()));
  return std::exchange(place.done, nullptr);
}

bool InFlight::settle(std::uintptr_t ticket, bool acknowledged) {
  Place* place = find(ticket);
  if (!place) return false;
  const bool is_answer = place->level == 1;
  if (const Done done = release(*place)) done(acknowledged);
  return is_answer;
}

void InFlight::withdraw(std::uintptr_t ticket) {
  if (Place* place = find(ticket)) release(*place);
}

void InFlight::abandon() {
  std::vector<Done> lost;
  for (Place& place : places_) {
    if (!place.waiting) continue;
    place.waiting = false;
    --waiting_;
    if (place.done) lost.push_back(std::exchange(place.done, nullptr));
  }
  for (const Done& done : lost) done(false);
}

void InFlight::forget() {
  for (Place& place : places_) {
    if (place.ticket != 0) release(place);
  }
}

std::optional<InFlight::Moment> InFlight::oldest() const {
  std::optional<Moment> oldest;
  for (const Place& place : places_) {
    if (place.ticket != 0 && (!oldest || place.since < *oldest)) oldest = place.since;
  }
  return oldest;
}

}  // namespace bridge
