#include "io/paho_client.hpp"

#include <mqtt/subscribe_options.h>
#include <pthread.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <string_view>
#include <thread>
#include <utility>

#include "io/paho_reason.hpp"

namespace bridge {
namespace {

struct Failure {
  int code = 0;
  std::string text;
};

// The broker's code is the return code or the reason code, depending on the release of Paho. The
// text is to be had by exception only.
Failure failure(const mqtt::token& token) {
  Failure failure{token.get_return_code(), {}};
  const int reason = static_cast<int>(token.get_reason_code());
  if (failure.code <= 0 && reason > 0 && reason < 255) failure.code = reason;
  try {
    const_cast<mqtt::token&>(token).try_wait();
  } catch (const mqtt::exception& error) {
    failure.text = error.what();
  }
  return failure;
}

std::string text_property(const mqtt::properties& all, mqtt::property::code code) {
  return all.contains(code) ? mqtt::get<std::string>(all, code) : std::string();
}

Arrival arrival_of(const mqtt::message& message) {
  Arrival arrival;
  arrival.topic = message.get_topic();
  arrival.payload = message.get_payload_str();
  arrival.retained = message.is_retained();
  arrival.duplicate = message.is_duplicate();
  const mqtt::properties& all = message.get_properties();
  if (all.empty()) return arrival;
  arrival.response_topic = text_property(all, mqtt::property::RESPONSE_TOPIC);
  arrival.correlation_data = text_property(all, mqtt::property::CORRELATION_DATA);
  if (all.contains(mqtt::property::MESSAGE_EXPIRY_INTERVAL)) {
    arrival.expires_in = std::chrono::seconds(
        mqtt::get<std::uint32_t>(all, mqtt::property::MESSAGE_EXPIRY_INTERVAL));
  }
  return arrival;
}

}  // namespace

class PahoClient::Connecting : public mqtt::iaction_listener {
 public:
  explicit Connecting(PahoClient& client) : client_(client) {}

  void on_success(const mqtt::token& token) override {
    const auto response = token.get_connect_response();
    Welcome welcome;
    welcome.session_present = response.is_session_present();
    const mqtt::properties& granted = response.get_properties();
    if (granted.contains(mqtt::property::RECEIVE_MAXIMUM)) {
      welcome.receive_maximum = mqtt::get<std::uint16_t>(granted, mqtt::property::RECEIVE_MAXIMUM);
    }
    const int attempt = client_.attempt_;
    client_.tell([=](PahoEvents& events) { events.on_welcome(attempt, welcome); });
  }

  void on_failure(const mqtt::token& token) override {
    const Failure why = failure(token);
    Refusal refusal;
    refusal.code = why.code;
    refusal.timeout = why.text.find("timeout") != std::string::npos;
    const int attempt = client_.attempt_;
    client_.tell([=](PahoEvents& events) { events.on_refusal(attempt, refusal); });
  }

 private:
  PahoClient& client_;
};

class PahoClient::Subscribing : public mqtt::iaction_listener {
 public:
  explicit Subscribing(PahoClient& client) : client_(client) {}

  void on_success(const mqtt::token& token) override {
    const auto response = token.get_subscribe_response();
    const auto& codes = response.get_reason_codes();
    report(token, codes.empty() ? 0 : static_cast<int>(codes.front()));
  }

  // Also called when the connection is lost, which is told elsewhere.
  void on_failure(const mqtt::token& token) override {
    const int code = failure(token).code;
    if (code >= 128) report(token, code);
  }

 private:
  void report(const mqtt::token& token, int code) {
    const int attempt = client_.attempt_;
    const auto filter = reinterpret_cast<std::uintptr_t>(token.get_user_context());
    client_.tell([=](PahoEvents& events) { events.on_subscribed(attempt, filter, code); });
  }

  PahoClient& client_;
};

class PahoClient::Publishing : public mqtt::iaction_listener {
 public:
  explicit Publishing(PahoClient& client) : client_(client) {}

  void on_success(const mqtt::token& token) override {
    if (client_.version_ >= 5 && static_cast<int>(token.get_reason_code()) >= 128) {
      return on_failure(token);
    }
    settle(token, true);
  }

  void on_failure(const mqtt::token& token) override {
    const int code = failure(token).code;
    const auto* sent = dynamic_cast<const mqtt::delivery_token*>(&token);
    if (code >= 128 && sent && sent->get_message()) {
      client_.tell([code, topic = sent->get_message()->get_topic()](PahoEvents& events) {
        events.on_refused_message(topic, code);
      });
    }
    settle(token, refuses_for_good(code));
  }

 private:
  void settle(const mqtt::token& token, bool is_final) {
    const auto ticket = reinterpret_cast<std::uintptr_t>(token.get_user_context());
    client_.mailbox_->put(Delivery{ticket, is_final});
  }

  PahoClient& client_;
};

class PahoClient::Leaving : public mqtt::iaction_listener {
 public:
  explicit Leaving(PahoClient& client) : client_(client) {}
  void on_success(const mqtt::token&) override { report(); }
  void on_failure(const mqtt::token&) override { report(); }

 private:
  void report() {
    const int attempt = client_.attempt_;
    client_.tell([attempt](PahoEvents& events) { events.on_goodbye(attempt); });
  }

  PahoClient& client_;
};

PahoClient::PahoClient(const BrokerAddress& address, const std::string& id, int version,
                       int most_queued, PahoEvents& events, std::shared_ptr<ListenerGate> gate,
                       std::shared_ptr<PahoMailbox> mailbox)
    : version_(version),
      events_(events),
      gate_(std::move(gate)),
      mailbox_(std::move(mailbox)),
      connecting_(std::make_unique<Connecting>(*this)),
      subscribing_(std::make_unique<Subscribing>(*this)),
      publishing_(std::make_unique<Publishing>(*this)),
      leaving_(std::make_unique<Leaving>(*this)),
      client_(address.uri(), id, mqtt::create_options(version, most_queued)),
      json_properties_(message_properties(true)),
      text_properties_(message_properties(false)) {
  // Set before the first connect: later it could deadlock with a callback.
  client_.set_connection_lost_handler([this](const std::string&) {
    const int attempt = attempt_;
    tell([attempt](PahoEvents& events) { events.on_loss(attempt, 0); });
  });
  client_.set_disconnected_handler([this](const mqtt::properties&, mqtt::ReasonCode reason) {
    const int attempt = attempt_;
    const int code = static_cast<int>(reason);
    tell([=](PahoEvents& events) { events.on_loss(attempt, code); });
  });
  client_.set_message_callback([this](mqtt::const_message_ptr message) {
    if (message) take(*message);
  });
}

void PahoClient::tell(std::function<void(PahoEvents&)> report) {
  mailbox_->put([report = std::move(report), &events = events_] { report(events); });
}

void PahoClient::take(const mqtt::message& message) {
  Arrival arrival = arrival_of(message);
  arrival.journal = gate_->keep(arrival);
  tell([arrival = std::move(arrival)](PahoEvents& events) { events.on_arrival(arrival); });
}

bool PahoClient::connect(std::unique_ptr<mqtt::connect_options> options, int attempt) {
  options_ = std::move(options);
  attempt_ = attempt;
  try {
    client_.connect(*options_, nullptr, *connecting_);
    return true;
  } catch (const mqtt::exception&) {
    return false;
  }
}

// Paho's own names for them differ between its releases.
constexpr bool kWithOwnMessages = false;
constexpr bool kWithoutOwnMessages = true;
constexpr bool kRetainedOnlyAtFirst = false;

// One by one: Paho C++ 1.2 loses the options of a list, and then follows a null pointer.
bool PahoClient::subscribe(const std::vector<std::string>& filters, std::size_t watched) {
  using Options = mqtt::subscribe_options;
  // A standing session brings what was retained meanwhile by itself: asked for again, it came twice.
  const Options all(kWithOwnMessages, Options::RETAIN_AS_PUBLISHED, Options::SEND_RETAINED_ON_NEW);
  const Options others(kWithoutOwnMessages, kRetainedOnlyAtFirst, Options::DONT_SEND_RETAINED);
  try {
    for (std::uintptr_t index = 0; index < filters.size(); ++index) {
      const Options& options = index < watched ? all : others;
      client_.subscribe(filters[index], 1, reinterpret_cast<void*>(index), *subscribing_, options);
    }
    return true;
  } catch (const mqtt::exception&) {
    return false;
  }
}

void PahoClient::disconnect() {
  try {
    client_.disconnect(0, nullptr, *leaving_);
  } catch (const mqtt::exception&) {
    const int attempt = attempt_;
    tell([attempt](PahoEvents& events) { events.on_goodbye(attempt); });
  }
}

PahoClient::Sent PahoClient::publish(Publication message, std::uintptr_t ticket) {
  const bool retained = message.retain == Retain::yes;
  mqtt::message_ptr sent;
  try {
    if (version_ < 5) {
      sent = mqtt::message::create(std::move(message.topic), std::move(message.payload),
                                   message.qos, retained);
    } else if (message.correlation_data.empty()) {
      sent =
          mqtt::message::create(std::move(message.topic), std::move(message.payload), message.qos,
                                retained, message.json ? json_properties_ : text_properties_);
    } else {
      mqtt::properties properties = message.json ? json_properties_ : text_properties_;
      properties.add({mqtt::property::CORRELATION_DATA, std::move(message.correlation_data)});
      sent = mqtt::message::create(std::move(message.topic), std::move(message.payload),
                                   message.qos, retained, properties);
    }
    client_.publish(sent, reinterpret_cast<void*>(ticket), *publishing_);
    return Sent::yes;
  } catch (const mqtt::exception& error) {
    const int code = error.get_return_code();
    const bool later = code == MQTTASYNC_DISCONNECTED || code == MQTTASYNC_MAX_BUFFERED_MESSAGES ||
                       code == MQTTASYNC_NO_MORE_MSGIDS;
    if (later) return Sent::not_connected;
    tell([code, topic = sent ? sent->get_topic() : std::string()](PahoEvents& events) {
      events.on_refused_message(topic, code);
    });
    return Sent::impossible;
  }
}

}  // namespace bridge

// Stands before the C library's. Paho's receiving thread sleeps for 100 ms whenever it finds no
// socket, and there is none yet in the moment in which the first connection is begun: most of the
// time that the bridge would take to start. So its naps begin short; with a connection it waits on
// the socket instead.
extern "C" int usleep(useconds_t microseconds) {
  using Clock = std::chrono::steady_clock;
  constexpr std::chrono::milliseconds kShortest(1);
  constexpr std::chrono::milliseconds kLongAwake(100);
  thread_local std::chrono::microseconds nap = kShortest;
  thread_local Clock::time_point woken;

  std::chrono::microseconds span(microseconds);
  char thread[16] = {};
  pthread_getname_np(pthread_self(), thread, sizeof thread);
  if (std::string_view(thread) == "MQTTAsync_rcv") {
    nap = Clock::now() - woken > kLongAwake ? kShortest : std::min(nap * 2, span);
    span = nap;
  }
  std::this_thread::sleep_for(span);
  woken = Clock::now();
  return 0;
}
