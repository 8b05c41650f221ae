#pragma once

#include <functional>
#include <memory>

namespace bridge {

/// Destroys what sleeps in its destructor on threads of its own.
class Reaper {
 public:
  Reaper();
  Reaper(const Reaper&) = delete;
  Reaper& operator=(const Reaper&) = delete;
  /// Waits for what is under way, at most three seconds; what hangs longer is left behind.
  ~Reaper();

  /// Lets go of `doomed`, then calls `after` on that thread.
  void take(std::shared_ptr<void> doomed, std::function<void()> after);

 private:
  struct Yard;
  std::shared_ptr<Yard> yard_;
};

}  // namespace bridge
