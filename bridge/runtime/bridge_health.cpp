// What the bridge says about itself.

#include <boost/json/parse.hpp>

#include "bridge/timestamp.hpp"
#include "core/characters.hpp"
#include "core/json_text.hpp"
#include "runtime/bridge.hpp"

namespace bridge {
namespace {

using namespace std::chrono_literals;

constexpr auto kHealthEvery = 60s;
constexpr auto kTwinSaidEvery = 1h;
constexpr std::size_t kLongestName = 64;

// What the meters' histories count: reports that overlap, second values of one report, lost ones.
std::int64_t counted(const DeviceRegistry& devices, const char* what) {
  double all = 0;
  for (const Record& record : devices.all()) {
    for (const Read* read : record->kind->reads) {
      all += number_at(record->device.facts, '/' + std::string(read->facts) + what).value_or(0);
    }
  }
  return static_cast<std::int64_t>(all);
}

}  // namespace

void Bridge::say_info() {
  boost::json::array accounts;
  for (const auto& account : accounts_) {
    accounts.push_back({{"name", account->name()}, {"mapper", account->mapper().name}});
  }
  const Json info = {{"version", CLOUD2MQTT_VERSION},
                     {"instance", instance_},
                     {"client_id", facts_.client_id},
                     {"mqtt_version", facts_.mqtt_version == 5 ? "5" : "3.1.1"},
                     {"log_level", configuration_.log_level},
                     {"base_topic", configuration_.mqtt.base_topic},
                     {"discovery", configuration_.homeassistant.discovery},
                     {"discovery_prefix", configuration_.homeassistant.prefix},
                     {"accounts", std::move(accounts)},
                     {"store", ports_.store.trouble().empty() ? "ok" : ports_.store.trouble()}};
  publisher_.send({topics_.bridge_info(), json_text(info), 1, Retain::yes, true, {}});
}

// A second bridge on the same topics takes this one's "online" away with its farewell, and neither
// would notice. What is retained may be from an earlier run, and says nothing.
void Bridge::notice_twin(const Arrival& arrival) {
  if (arrival.retained || !ports_.link.is_connected()) return;
  std::string who;
  if (arrival.topic == topics_.bridge_availability()) {
    if (arrival.payload != "offline") return;
    publisher_.send({topics_.bridge_availability(), "online", 1, Retain::yes, false, {}});
  } else {
    boost::system::error_code error;
    const Json info = boost::json::parse(arrival.payload, error);
    if (error || !info.is_object() || text(info, "/instance") == instance_) return;
    who = " (instance " + single_line(text(info, "/instance"), kLongestName) + ", client id " +
          single_line(text(info, "/client_id"), kLongestName) + ')';
  }
  const auto now = ports_.clock.uptime();
  if (twin_said_ && now - *twin_said_ < kTwinSaidEvery) return;
  twin_said_ = now;
  ports_.log.say(Level::error, "mqtt",
                 "another client" + who +
                     " used the topics of this bridge: is a second cloud2mqtt running with "
                     "base_topic " +
                     topics_.base() + "? Give one of them another base_topic under [mqtt]");
  say_info();  // so that a second one hears of this one, too
}

boost::asio::awaitable<void> Bridge::say_health() {
  while (!stopping_) {
    co_await health_wake_->wait(kHealthEvery);
    if (stopping_) break;
    if (ports_.link.is_connected()) publisher_.send({topics_.bridge_health(), health(), 0, Retain::yes, true, {}});
  }
  --running_;
}

std::string Bridge::health() const {
  boost::json::object accounts;
  for (const auto& account : accounts_) {
    const auto success = account->status().last_success();
    accounts[account->name()] = {{"reason", account->status().reason()},
                                 {"devices", account->devices().all().size()},
                                 {"left_out", account->devices().nameless()},
                                 {"overlaps", counted(account->devices(), "/overlaps")},
                                 {"second_values", counted(account->devices(), "/second_values")},
                                 {"lost", counted(account->devices(), "/lost")},
                                 {"last_success", success ? Json(boost::json::string(format_time(*success))) : Json()}};
  }
  const auto uptime = std::chrono::duration_cast<std::chrono::seconds>(ports_.clock.uptime() - started_);
  const Json health = {{"uptime", uptime.count()},
                       {"memory_kib", ports_.memory_kib()},
                       {"published", publisher_.published()},
                       {"waiting", publisher_.waiting()},
                       {"accounts", std::move(accounts)}};
  return json_text(health);
}

}  // namespace bridge
