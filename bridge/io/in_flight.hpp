#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <vector>

namespace bridge {

/// The messages that were handed to the MQTT library and not settled yet, within a window. When a
/// connection breaks, their senders are told, but their places stay taken until the library has
/// let go of them: it sends them again when the session still stands, and they count there.
class InFlight {
 public:
  using Moment = std::chrono::steady_clock::time_point;
  using Done = std::function<void(bool)>;

  /// Places for messages with QoS 1 and with QoS 0.
  InFlight(std::size_t acknowledged, std::size_t written)
      : limits_{written, acknowledged}, most_acknowledged_(acknowledged) {}

  bool has_room() const { return taken_[0] < limits_[0] && taken_[1] < limits_[1]; }
  /// How many have to be settled until half of a full window is free.
  std::size_t half() const;
  /// The broker accepts this many unacknowledged messages; never more than at the construction.
  void limit_acknowledged(std::size_t limit);

  /// Takes a place, also beyond the window. The ticket names it, and is never given twice.
  std::uintptr_t enter(int qos, Done done, Moment now);
  /// Gives the place back and calls `done`, if the sender was not told before. True: it was a
  /// message for which the broker sends something back.
  bool settle(std::uintptr_t ticket, bool acknowledged);
  /// Gives the place back, without a word: the message was not taken after all.
  void withdraw(std::uintptr_t ticket);
  /// Tells every sender `false`.
  void abandon();
  /// Frees every place: the library's client is gone, and its tickets with it.
  void forget();

  /// The number of senders that have not been told.
  std::size_t waiting() const { return waiting_; }
  /// When the longest unsettled message was sent.
  std::optional<Moment> oldest() const;

 private:
  struct Place {
    std::uintptr_t ticket = 0;  // 0: free
    std::size_t level = 0;
    bool waiting = false;
    Moment since{};
    Done done;
  };

  Place* find(std::uintptr_t ticket);
  Done release(Place& place);

  std::size_t limits_[2];
  std::size_t most_acknowledged_;
  std::size_t taken_[2] = {0, 0};
  std::size_t waiting_ = 0;
  std::uintptr_t count_ = 0;
  std::vector<Place> places_;
  std::vector<std::size_t> free_;
};

}  // namespace bridge
