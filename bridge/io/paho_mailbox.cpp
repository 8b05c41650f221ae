#include "io/paho_mailbox.hpp"

#include <boost/asio/post.hpp>
#include <utility>

namespace bridge {

PahoMailbox::PahoMailbox(boost::asio::io_context& loop,
                         std::function<void(const Deliveries&)> settle)
    : loop_(loop), settle_(std::move(settle)) {}

void PahoMailbox::put(Report report) {
  std::unique_lock lock(mutex_);
  if (closed_) return;
  reports_.push_back(std::move(report));
  wake(lock);
}

void PahoMailbox::put(Delivery delivery) {
  std::unique_lock lock(mutex_);
  if (closed_) return;
  deliveries_.push_back(delivery);
  if (deliveries_.size() >= gathered_) wake(lock);
}

void PahoMailbox::gather(std::size_t count) {
  std::unique_lock lock(mutex_);
  gathered_ = count;
  if (!deliveries_.empty() && deliveries_.size() >= gathered_) wake(lock);
}

// Posts under the lock: after close() returned, no thread can be about to touch the loop.
void PahoMailbox::wake(std::unique_lock<std::mutex>&) {
  if (awake_) return;
  awake_ = true;
  boost::asio::post(loop_, [self = shared_from_this()] { self->empty(); });
}

void PahoMailbox::close() {
  const std::lock_guard lock(mutex_);
  closed_ = true;
  reports_.clear();
  deliveries_.clear();
}

void PahoMailbox::empty() {
  {
    const std::lock_guard lock(mutex_);
    awake_ = false;
    gathered_ = 1;
    if (closed_) return;
    reports_now_.swap(reports_);
    deliveries_now_.swap(deliveries_);
  }
  if (!deliveries_now_.empty()) settle_(deliveries_now_);
  deliveries_now_.clear();
  // closed_ is written by this thread alone, so it may be read here without the lock.
  for (std::size_t next = 0; next < reports_now_.size() && !closed_; ++next) reports_now_[next]();
  reports_now_.clear();
}

}  // namespace bridge
