#include "io/name_lookup.hpp"

#include <netdb.h>
#include <sys/socket.h>

#include <algorithm>
#include <boost/asio/ip/basic_endpoint.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <cstring>
#include <list>
#include <mutex>
#include <optional>
#include <system_error>
#include <thread>
#include <utility>

namespace asio = boost::asio;

namespace bridge {
namespace {

Addresses without_asking(const std::string& host) {
  if (host == "localhost") {
    return {asio::ip::address_v4::loopback(), asio::ip::address_v6::loopback()};
  }
  boost::system::error_code not_numeric;
  const auto address = asio::ip::make_address(host, not_numeric);
  return not_numeric ? Addresses() : Addresses{address};
}

}  // namespace

Result<Addresses> resolve_by_system(const std::string& host) {
  addrinfo wanted{};
  wanted.ai_socktype = SOCK_STREAM;
  wanted.ai_flags = AI_ADDRCONFIG;
  addrinfo* list = nullptr;
  if (const int failure = ::getaddrinfo(host.c_str(), nullptr, &wanted, &list)) {
    return Error(Errc::network,
                 "the name cannot be resolved: " + std::string(::gai_strerror(failure)));
  }
  const std::unique_ptr<addrinfo, decltype(&::freeaddrinfo)> owner(list, &::freeaddrinfo);
  Addresses addresses;
  for (const addrinfo* item = list; item; item = item->ai_next) {
    asio::ip::tcp::endpoint endpoint;
    if (item->ai_addrlen > endpoint.capacity()) continue;
    std::memcpy(endpoint.data(), item->ai_addr, item->ai_addrlen);
    if (std::find(addresses.begin(), addresses.end(), endpoint.address()) == addresses.end()) {
      addresses.push_back(endpoint.address());
    }
  }
  if (addresses.empty()) return Error(Errc::network, "the name has no address");
  return addresses;
}

/// What the thread and the loop both know. The thread holds it alive and touches nothing else.
struct NameLookup::Shared : std::enable_shared_from_this<Shared> {
  struct Waiting {
    explicit Waiting(const asio::any_io_executor& loop, TimePoint until) : timer(loop, until) {}
    asio::steady_timer timer;  ///< touched by the loop only
    std::optional<Result<Addresses>> answer;
  };

  std::mutex mutex;
  std::string host;
  Resolve resolve;
  std::chrono::steady_clock::duration lifetime{};
  bool closed = false;
  bool running = false;
  Addresses known;
  TimePoint known_until{};
  std::list<std::shared_ptr<Waiting>> waiting;

  /// Loop: answers at once or joins the queue and sees to it that a thread is at work.
  void join(const std::shared_ptr<Waiting>& waiter) {
    const std::scoped_lock lock(mutex);
    if (closed) {
      waiter->answer = Error(Errc::network, "broken off: the client was closed");
    } else if (!known.empty() && std::chrono::steady_clock::now() < known_until) {
      waiter->answer = known;
    } else if (const auto trouble = start_thread(); !trouble.empty()) {
      waiter->answer = Error(Errc::network, "the name cannot be looked up: " + trouble);
    } else {
      waiting.push_back(waiter);
    }
  }

  void leave(const std::shared_ptr<Waiting>& waiter) {
    const std::scoped_lock lock(mutex);
    waiting.remove(waiter);
  }

  std::string start_thread() {
    if (running) return {};
    try {
      std::thread([self = shared_from_this()] {
        self->settle(self->resolve(self->host));
      }).detach();
      running = true;
    } catch (const std::system_error& error) {
      return error.what();
    }
    return {};
  }

  /// Thread: posting under the lock is what makes it safe, because close() empties the queue under
  /// the same lock while the loop is still there.
  void settle(Result<Addresses> answer) {
    const std::scoped_lock lock(mutex);
    running = false;
    if (answer) {
      known = *answer;
      known_until = std::chrono::steady_clock::now() + lifetime;
    }
    for (auto& waiter : waiting) {
      waiter->answer = answer;
      const auto loop = waiter->timer.get_executor();
      asio::post(loop, [waiter = std::move(waiter)] { waiter->timer.cancel(); });
    }
    waiting.clear();
  }
};

/// Waiting for an answer. Lives in the coroutine, so that one that is destroyed leaves the queue.
class NameLookup::Waiter {
 public:
  Waiter(std::shared_ptr<Shared> shared, const asio::any_io_executor& loop, TimePoint until)
      : shared_(std::move(shared)), entry_(std::make_shared<Shared::Waiting>(loop, until)) {
    shared_->join(entry_);
  }
  ~Waiter() { shared_->leave(entry_); }
  Waiter(const Waiter&) = delete;
  Waiter& operator=(const Waiter&) = delete;

  asio::steady_timer& timer() { return entry_->timer; }
  std::optional<Result<Addresses>> answer() const {
    const std::scoped_lock lock(shared_->mutex);
    return entry_->answer;
  }

 private:
  std::shared_ptr<Shared> shared_;
  std::shared_ptr<Shared::Waiting> entry_;
};

NameLookup::NameLookup(asio::any_io_executor loop, std::string host, Resolve resolve,
                       std::chrono::steady_clock::duration lifetime)
    : loop_(std::move(loop)), fixed_(without_asking(host)), shared_(std::make_shared<Shared>()) {
  shared_->host = std::move(host);
  shared_->resolve = std::move(resolve);
  shared_->lifetime = lifetime;
}

NameLookup::~NameLookup() { close(); }

Task<Addresses> NameLookup::find(TimePoint until) {
  if (!fixed_.empty()) co_return fixed_;
  Waiter waiter(shared_, loop_, until);
  if (auto answer = waiter.answer()) co_return std::move(*answer);
  boost::system::error_code ended;
  co_await waiter.timer().async_wait(asio::redirect_error(asio::use_awaitable, ended));
  if (auto answer = waiter.answer()) co_return std::move(*answer);
  if (!ended) co_return Error(Errc::timeout, "the name was not resolved in time");
  co_return Error(Errc::network, "broken off while the name was looked up");
}

void NameLookup::forget() {
  const std::scoped_lock lock(shared_->mutex);
  shared_->known.clear();
}

void NameLookup::close() {
  std::list<std::shared_ptr<Shared::Waiting>> waiting;
  {
    const std::scoped_lock lock(shared_->mutex);
    shared_->closed = true;
    waiting.swap(shared_->waiting);
  }
  for (const auto& waiter : waiting) waiter->timer.cancel();
}

}  // namespace bridge
