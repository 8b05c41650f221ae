#pragma once

// A whole bridge over ports that a test holds in its hands: time, broker, store and a vendor that
// answers over (pretended) HTTP. The vendor, acme, makes pumps with a speed and a meter.

#include <boost/json/parse.hpp>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "runtime/bridge.hpp"
#include "support/manual_clock.hpp"
#include "support/memory_store.hpp"
#include "support/recording_link.hpp"
#include "support/run.hpp"

namespace bridge::test {

using namespace std::chrono_literals;

/// The mapper of these tests: list, one durable read, commands of every sort.
const Mapper& acme();

/// What the vendor answers: status, body, headers in lower case.
struct Answer {
  int status = 200;
  std::string body;
  std::vector<std::pair<std::string, std::string>> headers;
};

class World {
 public:
  explicit World(std::vector<std::string> account_names = {"home"});
  ~World();

  /// Starts the bridge and the broker connection, and lets everything that can happen now happen.
  void start();
  /// Stops the bridge as a service manager does; the store and the retained messages stay.
  void stop();
  /// Reads `configuration` again, as after SIGHUP; with a `mistake` that is not possible.
  void reload();
  void advance(std::chrono::milliseconds span) { clock.advance(span); }
  void command(const std::string& key, const std::string& payload, const std::string& device = "p1");
  /// The outcomes said so far for a device.
  std::vector<Json> outcomes(const std::string& device = "p1") const;
  Json last_outcome(const std::string& device = "p1") const;
  Json state(const std::string& device = "p1") const;
  std::string retained(const std::string& topic) const;
  std::size_t asked(std::string_view request) const;

  boost::asio::io_context loop{1};
  ManualClock clock{loop};
  MemoryStore store;
  std::unique_ptr<RecordingLink> link = std::make_unique<RecordingLink>(loop);
  Configuration configuration;
  std::unique_ptr<Bridge> bridge;

  /// The vendor: "GET /pumps" -> answer. The default lists one pump and accepts every command.
  std::function<Answer(const std::string& request, const std::string& body)> vendor;
  /// How long an answer takes.
  std::chrono::milliseconds delay{0};
  /// Every request so far: "account GET /pumps".
  std::vector<std::string> requests;
  std::vector<std::string> log;
  std::vector<std::string> told;  ///< to the service manager
  std::string mistake;            ///< in the configuration file
  int speed = 40;
  std::string log_level = "info";

 private:
  class Http;
  class Lines;
  std::unique_ptr<Log> lines_;
};

}  // namespace bridge::test
