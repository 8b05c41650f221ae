#pragma once

#include <boost/asio/io_context.hpp>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <vector>

namespace bridge {

/// What became of one sent message: the ticket it was sent with, and whether that is the end of it:
/// the broker took it, or will never take it.
struct Delivery {
  std::uintptr_t ticket = 0;
  bool is_final = false;
};

/// Carries what happens on Paho's threads to the loop. However much is put in while the loop is
/// busy, it is emptied by one posted call.
class PahoMailbox : public std::enable_shared_from_this<PahoMailbox> {
 public:
  using Report = std::function<void()>;
  using Deliveries = std::vector<Delivery>;

  /// `settle` is called on the loop with the deliveries of each batch, before its reports.
  PahoMailbox(boost::asio::io_context& loop, std::function<void(const Deliveries&)> settle);

  /// From any thread: `report` runs on the loop, in order. Dropped when closed.
  void put(Report report);
  void put(Delivery delivery);

  /// On the loop, which can go on only when several deliveries have come: they wait for each other
  /// once, until there are so many. More than are outstanding would never come.
  void gather(std::size_t count);

  /// On the loop: nothing comes out any more, and the loop is not touched again.
  void close();

 private:
  void wake(std::unique_lock<std::mutex>& lock);
  void empty();

  boost::asio::io_context& loop_;
  std::function<void(const Deliveries&)> settle_;
  std::mutex mutex_;
  std::vector<Report> reports_;
  Deliveries deliveries_;
  std::size_t gathered_ = 1;
  bool awake_ = false;
  bool closed_ = false;
  std::vector<Report> reports_now_;  // the loop's; kept for their capacity
  Deliveries deliveries_now_;
};

}  // namespace bridge
