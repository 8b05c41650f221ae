#pragma once

#include <chrono>
#include <cstdint>
#include <deque>

namespace bridge {

/// Tells a message that the broker sends again, because our acknowledgement got lost with the
/// connection, from one that looks the same. A repetition stands for one delivery of an earlier
/// connection, and only for one that came so shortly before its end that the acknowledgement may
/// have been lost. Times are monotonic.
class Redeliveries {
 public:
  using Time = std::chrono::milliseconds;

  /// A connection stands; the one before, if any, is lost.
  void connected(Time now);
  /// The connection is lost; harmless where there was none.
  void lost(Time now);

  /// Takes a delivery in by its hash. True: it is one that was taken in before. `duplicate`: the
  /// broker says that it sends it again.
  bool came_before(std::uint64_t delivery, bool duplicate, Time now);
  /// A delivery to the process before, `age` ago.
  void recall(std::uint64_t delivery, Time age, Time now);

  /// A mark of all deliveries so far.
  std::uint64_t latest() const { return latest_; }
  /// The broker has acknowledged something that was sent after the deliveries up to that mark: so
  /// their own acknowledgements have reached it, if they came by the present connection.
  void are_settled(std::uint64_t until);

 private:
  struct Delivery {
    std::uint64_t hash = 0;
    Time arrived{};
    int connection = 0;  // 0: of the process before
    std::uint64_t number = 0;
  };

  void add(std::uint64_t hash, Time arrived, int connection);

  std::deque<Delivery> deliveries_;  // that may come again
  std::uint64_t latest_ = 0;
  int connection_ = 0;
  bool is_connected_ = false;
  Time connected_at_{};
};

}  // namespace bridge
