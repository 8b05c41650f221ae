#include "cli/print_topics.hpp"

#include <algorithm>
#include <cstdlib>
#include <ostream>
#include <set>

#include "cli/check.hpp"
#include "cli/command_line.hpp"
#include "cli/sample_devices.hpp"
#include "core/account_device.hpp"
#include "core/bridge_device.hpp"
#include "core/device_registry.hpp"
#include "core/discovery.hpp"
#include "core/state_document.hpp"
#include "core/topics.hpp"
#include "registry.hpp"

namespace bridge {
namespace {

class TopicPrinter {
 public:
  TopicPrinter(const Configuration& configuration, std::ostream& out, std::ostream& trouble)
      : configuration_(configuration),
        topics_(configuration.mqtt.base_topic, configuration.homeassistant.prefix),
        out_(out),
        trouble_(trouble) {}

  void print_bridge() {
    retained(topics_.bridge_availability());
    retained(topics_.bridge_info());
    retained(topics_.bridge_health());
    for (const char* action : {"poll", "log_level", "reload", "forget"}) {
      command(topics_.bridge_request(action));
      live(topics_.bridge_response(action));
    }
    if (!configuration_.homeassistant.discovery) return;
    announced("bridge", bridge_announcement(topics_, CLOUD2MQTT_VERSION));
  }

  bool print_account(const AccountConfiguration& account) {
    retained(topics_.account_availability(account.name));
    retained(topics_.account_status(account.name));
    if (configuration_.homeassistant.discovery) {
      announced(account.name, account_announcement(topics_, account, CLOUD2MQTT_VERSION));
    }
    const Mapper& mapper = *account.mapper;
    const auto kinds = resolve(mapper, account.settings, account.stale_after);
    DeviceRegistry registry(kinds);
    const std::string wrong = read_sample_devices(mapper, account.settings, registry);
    for (const Record& record : registry.all()) print_device(account, *record);
    if (!wrong.empty()) trouble_ << account.name << ": " << wrong << '\n';
    return wrong.empty();
  }

 private:
  void print_device(const AccountConfiguration& account, const DeviceRecord& record) {
    const std::string id = topics_.device_id(account.mapper->name, account.name, record.segment);
    // The first account that sees a device announces it.
    if (configuration_.homeassistant.discovery && devices_.insert(id).second) {
      print_announcement(account, record);
    }
    retained(topics_.availability(account.name, record.segment));
    retained(topics_.status(account.name, record.segment));
    retained(topics_.state(account.name, record.segment),
             state_document(*record.kind, record.device, true));
    bool commands = false;
    for (const ResolvedRow& row : record.kind->rows) {
      const std::string_view key = row.entity->key;
      if (row.entity->is_event()) live(topics_.event(account.name, record.segment, key));
      if (row.entity->is_command()) command(topics_.command(account.name, record.segment, key));
      commands = commands || row.entity->is_command();
    }
    const auto& reads = record.kind->reads;
    const bool history = std::any_of(reads.begin(), reads.end(), [](const Read* r) { return r->spare; });
    if (history) live(topics_.history(account.name, record.segment));
    if (commands) live(topics_.outcome(account.name, record.segment));
  }

  void print_announcement(const AccountConfiguration& account, const DeviceRecord& record) {
    const Announcer from{&topics_, account.mapper, account.name, CLOUD2MQTT_VERSION};
    announced(account.name + ", " + record.device.id,
              announcement(from, *record.kind, record.device));
  }

  void announced(const std::string& what, const Announcement& said) {
    if (!said.document.empty()) retained(said.topic, said.document);
    for (const std::string& reason : said.left_out) {
      trouble_ << what << ": not announced: " << reason << '\n';
    }
  }

  void line(std::string_view word, const std::string& topic, const std::string& document = {}) {
    out_ << word << ' ' << topic;
    if (!document.empty()) out_ << ' ' << document;
    out_ << '\n';
  }
  void retained(const std::string& topic, const std::string& document = {}) {
    line("retained", topic, document);
  }
  void live(const std::string& topic) { line("live    ", topic); }
  void command(const std::string& topic) { line("command ", topic); }

  const Configuration& configuration_;
  Topics topics_;
  std::ostream& out_;
  std::ostream& trouble_;
  std::set<std::string> devices_;
};

}  // namespace

int print_topics(const Configuration& configuration, std::ostream& out, std::ostream& trouble) {
  TopicPrinter printer(configuration, out, trouble);
  printer.print_bridge();
  bool complete = true;
  for (const AccountConfiguration& account : configuration.accounts) {
    complete = printer.print_account(account) && complete;
  }
  return complete ? EXIT_SUCCESS : EXIT_FAILURE;
}

int print_topics(const std::string& file, std::ostream& out, std::ostream& trouble) {
  const ConfigRead read = read_config_file(file, mappers::all(), Referred::ignored);
  if (read.problems.empty()) return print_topics(read.configuration, out, trouble);
  print_problems(trouble, file, read.problems);
  return kExitConfiguration;
}

}  // namespace bridge
