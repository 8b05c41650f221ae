// What the bridge says about itself.

#include "bridge/timestamp.hpp"
#include "core/json_text.hpp"
#include "runtime/bridge.hpp"

namespace bridge {
namespace {

using namespace std::chrono_literals;

constexpr auto kHealthEvery = 60s;

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
                     {"mqtt_version", facts_.mqtt_version == 5 ? "5" : "3.1.1"},
                     {"log_level", configuration_.log_level},
                     {"base_topic", configuration_.mqtt.base_topic},
                     {"discovery", configuration_.homeassistant.discovery},
                     {"discovery_prefix", configuration_.homeassistant.prefix},
                     {"accounts", std::move(accounts)},
                     {"store", ports_.store.trouble().empty() ? "ok" : ports_.store.trouble()}};
  publisher_.send({topics_.bridge_info(), json_text(info), 1, Retain::yes, true, {}});
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
