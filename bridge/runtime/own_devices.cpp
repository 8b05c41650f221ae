#include "runtime/own_devices.hpp"

#include <algorithm>
#include <set>
#include <sstream>

#include "core/account_device.hpp"
#include "core/bridge_device.hpp"

namespace bridge {
namespace {

const std::string kAnnouncer(kBridgeItself);

std::string joined(const std::vector<std::string>& words) {
  std::string all;
  for (const std::string& word : words) all += (all.empty() ? "" : " ") + word;
  return all;
}

}  // namespace

OwnDevices::OwnDevices(const Topics& topics, Publisher& publisher, Store& store, Log& log)
    : topics_(topics), publisher_(publisher), store_(store), log_(log) {
  for (const Announced& row : store.announced(kAnnouncer)) announced_[row.topic] = row.components;
}

void OwnDevices::announce(const Configuration& configuration) {
  std::set<std::string> today;
  if (configuration.homeassistant.discovery) {
    const auto of_bridge = [this](const auto& gone) {
      return bridge_announcement(topics_, CLOUD2MQTT_VERSION, gone);
    };
    today.insert(say(topics_.bridge_id(), "bridge", of_bridge));
    for (const AccountConfiguration& account : configuration.accounts) {
      const auto of_account = [this, &account](const auto& gone) {
        return account_announcement(topics_, account, CLOUD2MQTT_VERSION, gone);
      };
      today.insert(say(topics_.account_id(account.name), account.name, of_account));
    }
  }
  for (const auto& [topic, components] : std::map(announced_)) {
    if (!today.contains(topic)) take_back(topic);
  }
}

std::string OwnDevices::say(const std::string& id, std::string_view about, const Make& make) {
  Announcement made = make({});
  for (const std::string& reason : made.left_out) {
    log_.say(Level::error, about, "not announced, Home Assistant would refuse it: " + reason);
  }
  if (made.document.empty()) return made.topic;
  if (const auto missing = gone(made); !missing.empty()) {
    // Home Assistant forgets a component only when it once stands there empty: stub, then omit.
    publisher_.send({made.topic, make(missing).document, 1, Retain::yes, true, {}});
  }
  const Announced row{made.topic, id, joined(made.components)};
  const auto keep = [this, row](bool acknowledged) {
    if (acknowledged) announced(row);
  };
  publisher_.send({made.topic, std::move(made.document), 1, Retain::yes, true, {}}, keep);
  return row.topic;
}

// The broker has to hear of it: until it acknowledged, every connection says it again.
void OwnDevices::take_back(const std::string& topic) {
  const auto forget = [this, topic](bool acknowledged) {
    if (!acknowledged) return;
    announced_.erase(topic);
    store_.forget_announced(kAnnouncer, topic);
  };
  publisher_.send({topic, "", 1, Retain::yes, false, {}}, forget);
}

std::vector<std::string> OwnDevices::gone(const Announcement& now) const {
  const auto earlier = announced_.find(now.topic);
  if (earlier == announced_.end()) return {};
  std::vector<std::string> missing;
  std::istringstream components(earlier->second);
  for (std::string each; components >> each;) {
    const auto found = std::find(now.components.begin(), now.components.end(), each);
    if (found == now.components.end()) missing.push_back(each);
  }
  return missing;
}

void OwnDevices::announced(const Announced& row) {
  std::string& components = announced_[row.topic];
  if (components == row.components) return;
  components = row.components;
  store_.save_announced(kAnnouncer, {row});
}

}  // namespace bridge
