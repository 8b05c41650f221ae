#include "core/redeliveries.hpp"

#include <algorithm>

namespace bridge {
namespace {

using namespace std::chrono_literals;

// A connection that is dead is noticed within this time, and the broker keeps our session for it.
constexpr auto kMayBeLost = 30s;
constexpr std::size_t kMost = 1024;

}  // namespace

void Redeliveries::connected(Time now) {
  lost(now);
  ++connection_;
  is_connected_ = true;
  connected_at_ = now;
}

void Redeliveries::lost(Time now) {
  if (!is_connected_) return;
  is_connected_ = false;
  std::erase_if(deliveries_, [&](const Delivery& each) {
    return each.connection == connection_ && now - each.arrived > kMayBeLost;
  });
}

bool Redeliveries::came_before(std::uint64_t delivery, bool duplicate, Time now) {
  std::erase_if(deliveries_, [&](const Delivery& each) {
    // The broker repeats what is open as soon as we are back.
    const Time since = each.connection == connection_ ? each.arrived : connected_at_;
    return now - since > kMayBeLost;
  });
  const auto earlier =
      std::find_if(deliveries_.begin(), deliveries_.end(), [&](const Delivery& each) {
        return each.hash == delivery && each.connection != connection_;
      });
  const bool is_known = duplicate && earlier != deliveries_.end();
  // It may be lost once more, but only as one of this connection.
  if (is_known) deliveries_.erase(earlier);
  add(delivery, now, connection_);
  return is_known;
}

void Redeliveries::recall(std::uint64_t delivery, Time age, Time now) {
  if (age <= kMayBeLost) add(delivery, now - age, 0);
}

void Redeliveries::are_settled(std::uint64_t until) {
  std::erase_if(deliveries_, [&](const Delivery& each) {
    return each.connection == connection_ && each.number <= until;
  });
}

void Redeliveries::add(std::uint64_t hash, Time arrived, int connection) {
  deliveries_.push_back({hash, arrived, connection, ++latest_});
  if (deliveries_.size() > kMost) deliveries_.pop_front();
}

}  // namespace bridge
