#include "cli/run.hpp"

#include <algorithm>
#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "cli/command_line.hpp"
#include "cli/http_clients.hpp"
#include "core/device_registry.hpp"
#include "core/redact.hpp"
#include "io/paho_link.hpp"
#include "io/process_memory.hpp"
#include "io/service_notify.hpp"
#include "io/sqlite_store.hpp"
#include "io/stream_log.hpp"
#include "io/system_clock.hpp"
#include "runtime/bridge.hpp"
#include "runtime/spawn.hpp"

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

// The same for every start, so that the broker keeps for us what was sent while we restarted; the
// state directory is ours alone, so nobody else has this id.
std::string lasting_client_id(const Configuration& configuration) {
  std::string machine;
  std::getline(std::ifstream("/etc/machine-id"), machine);
  const auto number = hash_bytes(std::filesystem::absolute(configuration.state_directory).string(), hash_bytes(machine));
  std::string id = configuration.mqtt.base_topic;
  std::replace(id.begin(), id.end(), '/', '-');
  char digits[17];
  std::snprintf(digits, sizeof digits, "%016llx", static_cast<unsigned long long>(number));
  return id + '-' + std::string(digits, 8);
}

// The watchdog hears from the loop itself: a loop that hangs is silent.
asio::awaitable<void> feed_watchdog(Clock& clock, std::chrono::milliseconds period) {
  for (;;) {
    notify_service("WATCHDOG=1");
    co_await clock.wait(period);
  }
}

asio::awaitable<void> stop_on_signal(asio::io_context& loop, asio::signal_set& signals,
                                     Bridge& bridge, Log& log) {
  co_await signals.async_wait(asio::use_awaitable);
  log.say(Level::notice, "bridge", "stopping");
  co_await bridge.stop();
  loop.stop();
}

asio::awaitable<void> reload_on_signal(asio::signal_set& signals, Bridge& bridge) {
  for (;;) {
    co_await signals.async_wait(asio::use_awaitable);
    co_await bridge.reload();
  }
}

/// The configuration as it is now, told to the log; or all that is wrong with it.
Result<Configuration> read_again(const ConfigReader& read, StreamLog& log) {
  ConfigRead found = read();
  log.hide(found.configuration.secrets);
  if (found.problems.empty()) {
    for (const std::string& warning : found.configuration.warnings) {
      log.say(Level::warning, "configuration", warning);
    }
    return std::move(found.configuration);
  }
  std::string all = "the configuration stays as it was, the file is wrong";
  log.say(Level::error, "configuration", all);
  for (const ConfigProblem& problem : found.problems) {
    const std::string line = problem.line > 0 ? "line " + std::to_string(problem.line) + ": " : "";
    log.say(Level::error, "configuration", line + problem.text);
    all += "; " + line + problem.text;
  }
  return Error(Errc::invalid_argument, redacted(all, found.configuration.secrets));
}

int serve(const Configuration& configuration, const ConfigReader& read, StreamLog& log) {
  asio::io_context loop(1);
  // Before anything else: without somebody who waits for it, a signal would end the process.
  asio::signal_set stops(loop, SIGINT, SIGTERM);
  asio::signal_set hangups(loop, SIGHUP);
  const auto store = make_sqlite_store(configuration.state_directory);
  const auto clock = make_system_clock(loop.get_executor());
  MqttConfiguration mqtt = configuration.mqtt;
  if (mqtt.client_id.empty()) mqtt.client_id = lasting_client_id(configuration);
  const auto link = make_paho_link(loop, mqtt, Bridge::farewell(configuration), log);
  const HttpClients clients = http_clients(loop.get_executor());
  const auto set_log_level = [&](const std::string& word) {
    const auto level = level_named(word);
    if (level) log.set_level(*level);
    return level.has_value();
  };
  Bridge bridge(configuration, {loop.get_executor(), *link, *store, *clock, log, clients,
                                notify_service, set_log_level, process_memory_kib,
                                [&] { return read_again(read, log); }});
  log.say(Level::notice, "bridge", "cloud2mqtt " CLOUD2MQTT_VERSION " starts");
  spawn(loop.get_executor(), stop_on_signal(loop, stops, bridge, log));
  spawn(loop.get_executor(), reload_on_signal(hangups, bridge));
  if (const auto period = watchdog_period()) {
    spawn(loop.get_executor(), feed_watchdog(*clock, *period));
  }
  bridge.start();
  notify_service("READY=1");
  int status = EXIT_SUCCESS;
  try {
    loop.run();
  } catch (const std::exception& error) {
    log.say(Level::error, "bridge", std::string("cannot go on: ") + error.what());
    status = EXIT_FAILURE;
  }
  log.say(Level::notice, "bridge", "stopped");
  // What has not ended by now still refers to what would be destroyed under it.
  if (!bridge.has_ended()) std::_Exit(status);
  return status;
}

}  // namespace

int run_service(const Configuration& configuration, const ConfigReader& read) {
  const auto log = make_stream_log(level_named(configuration.log_level).value_or(Level::info),
                                   configuration.secrets);
  for (const std::string& warning : configuration.warnings) {
    log->say(Level::warning, "configuration", warning);
  }
  try {
    return serve(configuration, read, *log);
  } catch (const std::runtime_error& error) {
    // What the file's check could not see and only a person can mend: a state directory that cannot
    // be used or is another bridge's, a state file of a newer version, a certificate of no use.
    log->say(Level::error, "bridge", error.what());
    return kExitUnavailable;
  }
}

}  // namespace bridge
