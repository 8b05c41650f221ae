#include "cli/discovery_preview.hpp"

#include <algorithm>
#include <ostream>
#include <set>

#include "core/discovery_vocabulary.hpp"
#include "core/resolved_kind.hpp"
#include "core/split_words.hpp"
#include "core/topics.hpp"

namespace bridge {
namespace {

/// The ledger's name for the bridge itself, which takes its own back.
bool is_bridge(const std::string& account) { return account == kBridgeItself; }

const AccountConfiguration* account_named(const Configuration& all, const std::string& name) {
  const auto found = std::find_if(all.accounts.begin(), all.accounts.end(),
                                  [&](const auto& each) { return each.name == name; });
  return found == all.accounts.end() ? nullptr : &*found;
}

/// "key:platform" of everything that a device of the account can have.
std::set<std::string> entities_of(const AccountConfiguration& account) {
  std::set<std::string> all;
  for (const ResolvedKind& kind : resolve(*account.mapper, account.settings)) {
    for (const ResolvedRow& row : kind.rows) {
      const Entity& entity = *row.entity;
      if (!entity.announced) continue;
      all.insert(std::string(entity.key) + ':' + std::string(spelled(entity.component)));
    }
  }
  return all;
}

class Preview {
 public:
  Preview(const Configuration& configuration, std::ostream& out)
      : configuration_(configuration),
        topics_(configuration.mqtt.base_topic, configuration.homeassistant.prefix),
        out_(out) {}

  void judge(const std::string& account, const std::vector<Announced>& rows) {
    const AccountConfiguration* today = account_named(configuration_, account);
    const std::set<std::string> entities =
        today == nullptr ? std::set<std::string>() : entities_of(*today);
    for (const Announced& row : rows) {
      if (row.components.empty() || row.device.empty()) continue;
      const std::string why = why_it_goes(today, account, row);
      if (!why.empty()) {
        removes(row.topic, why);
        continue;
      }
      ++kept_;
      for (const std::string& each : split_words(row.components)) {
        if (!entities.contains(each)) removes(row.topic + " " + each, "the device has no such entity any more");
      }
    }
  }

  void sum_up() {
    out_ << removed_ << " to be removed, " << kept_
         << " documents stay. A device that the vendor does not list any more goes after three "
            "complete lists without it.\n";
  }

 private:
  std::string why_it_goes(const AccountConfiguration* today, const std::string& account,
                          const Announced& row) const {
    if (today == nullptr) return "there is no account " + account + " any more";
    if (!configuration_.homeassistant.discovery) return "discovery is switched off";
    const std::string topic = topics_.discovery(
        topics_.device_id(today->mapper->name, account, device_level(row.device)));
    return topic == row.topic ? "" : "it is announced as " + topic + " now";
  }

  void removes(const std::string& what, const std::string& why) {
    out_ << "remove " << what << ": " << why << '\n';
    ++removed_;
  }

  const Configuration& configuration_;
  Topics topics_;
  std::ostream& out_;
  int removed_ = 0;
  int kept_ = 0;
};

}  // namespace

void print_discovery_changes(const Configuration& configuration,
                             const std::map<std::string, std::vector<Announced>>& announced,
                             std::ostream& out) {
  Preview preview(configuration, out);
  for (const auto& [account, rows] : announced) {
    if (!is_bridge(account)) preview.judge(account, rows);
  }
  preview.sum_up();
}

}  // namespace bridge
