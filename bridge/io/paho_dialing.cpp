#include <algorithm>
#include <string>
#include <system_error>
#include <thread>

#include "io/broker_socket.hpp"
#include "io/connect_probe.hpp"
#include "io/paho_link_impl.hpp"
#include "io/paho_reason.hpp"

namespace bridge {
namespace {

namespace asio = boost::asio;
using namespace std::chrono_literals;
using SteadyClock = std::chrono::steady_clock;

// Paho refuses messages beyond it, so it lies well above the windows.
constexpr int kMostQueued = 320;
constexpr auto kAttemptLimit = 10s;
constexpr auto kProbeLimit = 2s;
constexpr auto kDiagnosisLimit = 5s;
constexpr auto kFirstRetry = 500ms;
constexpr auto kLastRetry = 5000ms;
constexpr auto kStableAfter = 5s;
constexpr auto kBrief = 10s;   // two clients that share an id throw each other out faster
constexpr int kBriefInARow = 3;
constexpr const char* kBroke = "the connection broke";
constexpr auto kWatchPeriod = 10s;
// Paho is known to lose a wake-up for a second; nothing healthy takes this long.
constexpr auto kAcknowledgedWithin = 30s;

}  // namespace

void PahoLink::start(LinkListener& listener, std::vector<std::string> filters,
                     std::vector<std::string> watched) {
  listener_ = &listener;
  filters_ = std::move(filters);
  first_watched_ = filters_.size();
  filters_.insert(filters_.end(), watched.begin(), watched.end());
  gate_->open(listener);
  forget_proxy_environment();
  state_ = State::waiting;
  mailbox_->put([this] { attempt(); });
}

void PahoLink::attempt() {
  if (state_ != State::waiting && state_ != State::retiring) return;
  state_ = State::retiring;
  if (client_ending_) return;
  state_ = State::connecting;
  ++attempt_;
  after(limit_timer_, kAttemptLimit, &PahoLink::give_up_attempt);
  try {
    if (!client_) {
      client_ = std::make_unique<PahoClient>(address_, client_id_, version_, kMostQueued, *this,
                                             gate_, mailbox_);
    }
    if (client_->connect(connect_options(configuration_, version_, will_), attempt_)) return;
    retire();
    fail("the attempt could not be made");
  } catch (const std::exception& error) {
    fail(error.what());
  }
}

void PahoLink::give_up_attempt() {
  if (state_ == State::diagnosing) return fail("no connection");
  if (state_ != State::connecting && state_ != State::subscribing) return;
  retire();  // the attempt may still be going on inside Paho
  fail("no answer from the broker");
}

void PahoLink::on_welcome(int attempt, const Welcome& welcome) {
  if (attempt != attempt_ || state_ != State::connecting) return;
  welcome_ = welcome;
  broker_sockets_ = send_without_delay(address_.port);
  in_flight_.limit_acknowledged(static_cast<std::size_t>(welcome.receive_maximum));
  state_ = State::subscribing;
  if (filters_.empty()) return stand();
  unanswered_filters_ = filters_.size();
  if (!client_->subscribe(filters_, first_watched_)) {
    retire();
    fail("the subscriptions could not be sent");
  }
}

void PahoLink::on_refusal(int attempt, const Refusal& refusal) {
  if (attempt != attempt_ || state_ != State::connecting) return;
  if (version_ == 5 && refuses_version(refusal.code)) return fall_back();
  const std::string reason = refusal.code > 0 ? reason_of(refusal.code) : std::string();
  if (!reason.empty()) return fail(reason, level_of(refusal.code));
  if (refusal.timeout) return fail("no answer from the broker");
  diagnose();
}

void PahoLink::fall_back() {
  say(Level::notice, "the broker does not speak MQTT 5, going on with MQTT 3.1.1");
  version_ = 4;
  retire();
  state_ = State::waiting;
  attempt();
}

// Paho says no more than that it failed. A connection of our own tells what is wrong.
void PahoLink::diagnose() {
  state_ = State::diagnosing;
  after(limit_timer_, kDiagnosisLimit, &PahoLink::give_up_attempt);
  const ProbeTarget target{address_.host,
                           address_.port,
                           address_.tls,
                           configuration_.ca_file,
                           configuration_.cert_file,
                           configuration_.key_file};
  const char* const question = address_.tls ? "" : ": is this port for mqtts://?";
  auto probe = [this, target, question, attempt = attempt_, mailbox = mailbox_] {
    std::string reason = why_unreachable(target, kProbeLimit);
    if (reason.empty()) reason = std::string("the broker ended the connection") + question;
    mailbox->put([this, attempt, reason] { explain(attempt, reason); });
  };
  try {
    std::thread(std::move(probe)).detach();
  } catch (const std::system_error&) {
    fail("no connection");
  }
}

void PahoLink::explain(int attempt, const std::string& reason) {
  if (attempt == attempt_ && state_ == State::diagnosing) fail(reason);
}

void PahoLink::on_subscribed(int attempt, std::size_t filter, int code) {
  if (attempt != attempt_ || state_ != State::subscribing) return;
  if (code >= 128 && refused_filters_.insert(filters_[filter]).second) {
    say(Level::error, "the broker refused the subscription to " + filters_[filter] +
                          ": grant the user read access to it, " + std::string(kAclRemedy));
  }
  if (--unanswered_filters_ == 0) stand();
}

void PahoLink::stand() {
  limit_timer_.cancel();
  state_ = State::up;
  up_since_ = SteadyClock::now();
  last_reason_.clear();
  room_wanted_ = false;
  refused_messages_.forget();
  after(watch_timer_, kWatchPeriod, &PahoLink::watch);
  say(Level::notice,
      "connected to " + address_.text() + " with MQTT " + (version_ == 5 ? "5" : "3.1.1"));
  listener_->connected({.mqtt_version = version_,
                        .session_present = welcome_.session_present,
                        .client_id = client_id_});
}

// ---- Losing it ------------------------------------------------------------------------------

void PahoLink::on_loss(int attempt, int code) {
  if (attempt != attempt_) return;
  const std::string words = reason_of(code);
  const std::string reason = words.empty() ? kBroke : words;
  if (state_ == State::leaving) {
    gone_ = true;
    change_timer_.cancel();
  } else if (state_ == State::up) {
    lose(reason, level_of(code));
  } else if (state_ == State::connecting || state_ == State::subscribing) {
    fail(reason, level_of(code));
  }
}

std::string PahoLink::reason_of(int code) const {
  // Some brokers end a connection that stands over a message they do not allow.
  if (code == kNotAuthorized && state_ == State::up) {
    return "the broker does not allow this user what it did: " + std::string(kAclRemedy);
  }
  return broker_reason(code, !configuration_.username.empty(), client_id_);
}

void PahoLink::watch() {
  if (state_ != State::up) return;
  const auto oldest = in_flight_.oldest();
  if (oldest && SteadyClock::now() - *oldest > kAcknowledgedWithin) {
    lose("the broker acknowledges nothing");
    return retire();
  }
  say_refused();
  after(watch_timer_, kWatchPeriod, &PahoLink::watch);
}

void PahoLink::say_refused() {
  for (const std::string& sentence : refused_messages_.counted()) say(Level::error, sentence);
}

void PahoLink::lose(const std::string& reason, Level level) {
  say_refused();
  const auto lasted = SteadyClock::now() - up_since_;
  if (lasted >= kStableAfter) failures_ = 0;
  brief_ = lasted < kBrief ? brief_ + 1 : 0;
  std::string sentence = reason;
  // Neither MQTT 3.1.1 nor every broker says why.
  if (reason == kBroke && brief_ >= kBriefInARow && refused_messages_.is_empty()) {
    sentence += " again and again: perhaps " + same_client_id(client_id_);
    level = Level::error;
  }
  last_reason_ = sentence;
  say(level, "lost the connection to " + address_.text() + ": " + sentence);
  retry(sentence);
}

void PahoLink::fail(const std::string& reason, Level level) {
  if (reason != last_reason_) {
    say(level, "no connection to " + address_.text() + ": " + reason);
  }
  last_reason_ = reason;
  retry(reason);
}

void PahoLink::retry(const std::string& reason) {
  limit_timer_.cancel();
  state_ = State::waiting;
  in_flight_.abandon();
  after(retry_timer_, next_delay(), &PahoLink::attempt);
  listener_->disconnected(reason);
}

std::chrono::milliseconds PahoLink::next_delay() {
  const auto longest =
      std::min<std::chrono::milliseconds>(kFirstRetry * (1 << std::min(failures_, 4)), kLastRetry);
  ++failures_;
  return std::chrono::milliseconds(
      std::uniform_int_distribution<long>(longest.count() * 3 / 5, longest.count())(random_));
}

/// Ends the client; the next attempt gets a new one, once this one is gone.
void PahoLink::retire() {
  if (!client_) return;
  in_flight_.abandon();
  in_flight_.forget();
  client_ending_ = true;
  release_client([this, mailbox = mailbox_] {
    mailbox->put([this] {
      client_ending_ = false;
      if (state_ == State::retiring) attempt();
    });
  });
}

void PahoLink::release_client(std::function<void()> after) {
  if (client_) reaper_.take(std::shared_ptr<PahoClient>(std::move(client_)), std::move(after));
}

// A wait may have ended before its timer was set anew; then it belongs to the past.
void PahoLink::after(asio::steady_timer& timer, std::chrono::milliseconds span,
                     void (PahoLink::*then)()) {
  timer.expires_after(span);
  timer.async_wait([this, then, &timer,
                    alive = std::weak_ptr<int>(alive_)](const boost::system::error_code& error) {
    if (error || alive.expired() || timer.expiry() > SteadyClock::now()) return;
    (this->*then)();
  });
}

}  // namespace bridge
