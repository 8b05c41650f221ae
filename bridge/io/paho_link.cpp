#include "io/paho_link.hpp"

#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <utility>

#include "io/broker_socket.hpp"
#include "io/paho_link_impl.hpp"
#include "io/paho_reason.hpp"

namespace bridge {
namespace {

namespace asio = boost::asio;
using namespace std::chrono_literals;
using SteadyClock = std::chrono::steady_clock;

// Mosquitto accepts 20 unacknowledged messages, and at that limit Paho 1.3.12 sleeps for a second.
constexpr std::size_t kAcknowledgedWindow = 16;
constexpr std::size_t kWrittenWindow = 64;
constexpr auto kGoodbyeShare = 5;  // of the time to stop, one part for the parting itself

}  // namespace

PahoLink::PahoLink(asio::io_context& loop, const MqttConfiguration& configuration, Publication will,
                   Log& log)
    : configuration_(configuration),
      address_(broker_address(configuration.url)),
      client_id_(client_id(configuration)),
      will_(std::move(will)),
      log_(log),
      version_(configuration.version == 4 ? 4 : 5),
      in_flight_(kAcknowledgedWindow, kWrittenWindow),
      retry_timer_(loop),
      limit_timer_(loop),
      watch_timer_(loop),
      change_timer_(loop),
      mailbox_(std::make_shared<PahoMailbox>(
          loop, [this](const PahoMailbox::Deliveries& deliveries) { settle(deliveries); })) {}

PahoLink::~PahoLink() {
  gate_->close();
  mailbox_->close();
  release_client([] {});
}

bool PahoLink::has_room() const {
  const bool room = state_ == State::up && in_flight_.has_room();
  if (room) return true;
  room_wanted_ = true;
  // Sending one for each that left would wake this thread, and Paho's, for every message.
  if (state_ == State::up) mailbox_->gather(in_flight_.half());
  return false;
}

bool PahoLink::publish(Publication message, std::function<void(bool)> done) {
  return has_room() && send(std::move(message), std::move(done));
}

bool PahoLink::send(Publication message, std::function<void(bool)> done) {
  const auto ticket = in_flight_.enter(message.qos, std::move(done), SteadyClock::now());
  switch (client_->publish(std::move(message), ticket)) {
    case PahoClient::Sent::yes:
      return true;
    case PahoClient::Sent::not_connected:
      in_flight_.withdraw(ticket);
      return false;
    case PahoClient::Sent::impossible:
      mailbox_->put(Delivery{ticket, true});
      return true;
  }
  return false;
}

void PahoLink::settle(const PahoMailbox::Deliveries& deliveries) {
  bool answered = false;
  for (const Delivery& each : deliveries) {
    answered |= in_flight_.settle(each.ticket, each.is_final);
  }
  if (answered && in_flight_.waiting() == 0) acknowledge_at_once(broker_sockets_);
  if (state_ == State::leaving) change_timer_.cancel();
  if (state_ != State::up || !room_wanted_ || !in_flight_.has_room()) return;
  room_wanted_ = false;
  listener_->room();
}

void PahoLink::on_refused_message(const std::string& topic, int code) {
  const std::string words = code > 0 ? broker_reason(code) : "its topic is not valid";
  const std::string reason =
      code == kNotAuthorized
          ? "the broker allows this user no write access to it: " + std::string(kAclRemedy)
          : words;
  const std::string sentence = refused_messages_.add(topic, reason);
  if (!sentence.empty()) say(Level::error, sentence);
}

void PahoLink::on_arrival(Arrival arrival) {
  acknowledge_at_once(broker_sockets_);
  listener_->arrived(std::move(arrival));
}

// ---- Leaving --------------------------------------------------------------------------------

asio::awaitable<void> PahoLink::stop(Publication farewell, std::chrono::milliseconds limit) {
  if (state_ == State::stopped || state_ == State::leaving) co_return;
  if (state_ == State::up) {
    state_ = State::leaving;
    co_await say_goodbye(std::move(farewell), limit);
  }
  finish();
}

asio::awaitable<void> PahoLink::say_goodbye(Publication farewell,
                                              std::chrono::milliseconds limit) {
  farewell.qos = 1;
  farewell.retain = Retain::yes;
  send(std::move(farewell), nullptr);
  change_timer_.expires_after(limit - limit / kGoodbyeShare);
  while (!gone_ && in_flight_.waiting() > 0 && change_timer_.expiry() > SteadyClock::now()) {
    co_await wait_for_change();
  }
  if (gone_) co_return;
  client_->disconnect();
  change_timer_.expires_after(limit / kGoodbyeShare);
  while (!gone_ && change_timer_.expiry() > SteadyClock::now()) co_await wait_for_change();
}

/// Ends at the expiry of the change timer or when that is cancelled, whichever comes first.
asio::awaitable<void> PahoLink::wait_for_change() {
  boost::system::error_code ignored;
  co_await change_timer_.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
}

void PahoLink::on_goodbye(int attempt) {
  if (attempt != attempt_) return;
  gone_ = true;
  change_timer_.cancel();
}

void PahoLink::finish() {
  state_ = State::stopped;
  retry_timer_.cancel();
  limit_timer_.cancel();
  watch_timer_.cancel();
  in_flight_.abandon();
  gate_->close();
  mailbox_->close();
  release_client([] {});
}

std::unique_ptr<MqttLink> make_paho_link(asio::io_context& loop,
                                         const MqttConfiguration& configuration, Publication will,
                                         Log& log) {
  return std::make_unique<PahoLink>(loop, configuration, std::move(will), log);
}

}  // namespace bridge
