#include "io/reaper.hpp"

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <system_error>
#include <thread>
#include <utility>

namespace bridge {

struct Reaper::Yard {
  std::mutex mutex;
  std::condition_variable changed;
  int under_way = 0;
};

Reaper::Reaper() : yard_(std::make_shared<Yard>()) {}

Reaper::~Reaper() {
  std::unique_lock lock(yard_->mutex);
  yard_->changed.wait_for(lock, std::chrono::seconds(3), [this] { return yard_->under_way == 0; });
}

void Reaper::take(std::shared_ptr<void> doomed, std::function<void()> after) {
  {
    const std::lock_guard lock(yard_->mutex);
    ++yard_->under_way;
  }
  auto reap = [yard = yard_, doomed = std::move(doomed), after = std::move(after)]() mutable {
    doomed.reset();
    after();
    const std::lock_guard lock(yard->mutex);
    --yard->under_way;
    yard->changed.notify_all();
  };
  try {
    std::thread(reap).detach();
  } catch (const std::system_error&) {  // no more threads
    reap();
  }
}

}  // namespace bridge
