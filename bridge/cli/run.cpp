#include "cli/run.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
#include <csignal>
#include <cstdlib>

#include "io/beast_http_client.hpp"
#include "io/paho_link.hpp"
#include "io/process_memory.hpp"
#include "io/service_notify.hpp"
#include "io/sqlite_store.hpp"
#include "io/stream_log.hpp"
#include "io/system_clock.hpp"
#include "runtime/bridge.hpp"

namespace bridge {
namespace {

namespace asio = boost::asio;

std::optional<Level> level_named(std::string_view word) {
  if (word == "error") return Level::error;
  if (word == "warning") return Level::warning;
  if (word == "notice") return Level::notice;
  if (word == "info") return Level::info;
  if (word == "debug") return Level::debug;
  return std::nullopt;
}

// The watchdog hears from the loop itself: a loop that hangs is silent.
asio::awaitable<void> feed_watchdog(Clock& clock, std::chrono::milliseconds period) {
  for (;;) {
    notify_service("WATCHDOG=1");
    co_await clock.wait(period);
  }
}

asio::awaitable<void> stop_on_signal(asio::io_context& loop, Bridge& bridge, Log& log) {
  asio::signal_set signals(loop, SIGINT, SIGTERM);
  co_await signals.async_wait(asio::use_awaitable);
  log.say(Level::notice, "bridge", "stopping");
  co_await bridge.stop();
  loop.stop();
}

}  // namespace

int run_service(const Configuration& configuration) {
  const auto log = make_stream_log(level_named(configuration.log_level).value_or(Level::info), configuration.secrets);
  for (const std::string& warning : configuration.warnings) log->say(Level::warning, "configuration", warning);

  asio::io_context loop(1);
  std::unique_ptr<Store> store;
  try {
    store = make_sqlite_store(configuration.state_directory);
  } catch (const std::runtime_error& error) {
    log->say(Level::error, "store", error.what());
    return EXIT_FAILURE;
  }
  const auto clock = make_system_clock(loop.get_executor());
  const auto link = make_paho_link(loop, configuration.mqtt, Bridge::farewell(configuration), *log);
  const HttpClients clients = [&](const AccountConfiguration& account) {
    return make_beast_http_client(loop.get_executor(), HttpSettings{account.base_url, account.proxy, account.ca_file});
  };
  Bridge bridge(configuration,
                Bridge::Ports{loop.get_executor(), *link, *store, *clock, *log, clients, notify_service,
                              [&](const std::string& word) {
                                const auto level = level_named(word);
                                if (level) log->set_level(*level);
                                return level.has_value();
                              },
                              process_memory_kib});
  log->say(Level::notice, "bridge", "cloud2mqtt " CLOUD2MQTT_VERSION " starts");
  asio::co_spawn(loop, stop_on_signal(loop, bridge, *log), asio::detached);
  if (const auto period = watchdog_period()) asio::co_spawn(loop, feed_watchdog(*clock, *period), asio::detached);
  bridge.start();
  notify_service("READY=1");
  loop.run();
  log->say(Level::notice, "bridge", "stopped");
  return EXIT_SUCCESS;
}

}  // namespace bridge
