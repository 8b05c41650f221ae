#include "runtime/discovery_ledger.hpp"

#include <algorithm>
#include <sstream>
#include <utility>

namespace bridge {
namespace {

std::string joined(const std::vector<std::string>& words) {
  std::string all;
  for (const std::string& word : words) {
    if (!all.empty()) all += ' ';
    all += word;
  }
  return all;
}

}  // namespace

DiscoveryLedger::DiscoveryLedger(Store& store, std::string account)
    : store_(store), account_(std::move(account)) {
  for (const Announced& row : store_.announced(account_)) {
    entries_[row.device] = {row.topic, &*texts_.insert(row.components).first};
  }
}

std::vector<std::string> DiscoveryLedger::gone(const std::string& topic, const std::string& device,
                                               const std::vector<std::string>& now) const {
  const auto entry = entries_.find(device);
  if (entry == entries_.end() || entry->second.topic != topic) return {};
  std::vector<std::string> missing;
  std::istringstream earlier(*entry->second.components);
  for (std::string component; earlier >> component;) {
    if (std::find(now.begin(), now.end(), component) == now.end()) missing.push_back(component);
  }
  return missing;
}

void DiscoveryLedger::announced(const std::string& topic, const std::string& device,
                                const std::vector<std::string>& components) {
  note(topic, device, joined(components));
}

void DiscoveryLedger::published(const std::string& topic, const std::string& device) {
  note(topic, device, {});
}

void DiscoveryLedger::note(const std::string& topic, const std::string& device,
                           const std::string& components) {
  const auto [entry, is_new] = entries_.try_emplace(device);
  auto& [noted, text] = entry->second;
  if (!is_new && noted == topic && *text == components) return;
  if (!is_new && noted != topic) replaced_.push_back(noted);
  noted = topic;
  text = &*texts_.insert(components).first;
  unsaved_.push_back({topic, device, components});
}

void DiscoveryLedger::retracted(const std::string& device) {
  flush();
  const auto entry = entries_.find(device);
  if (entry == entries_.end()) return;
  store_.forget_announced(account_, entry->second.topic);
  entries_.erase(entry);
}

void DiscoveryLedger::flush() {
  for (const std::string& topic : std::exchange(replaced_, {})) {
    store_.forget_announced(account_, topic);
  }
  if (unsaved_.empty()) return;
  store_.save_announced(account_, unsaved_);
  unsaved_.clear();
}

std::string DiscoveryLedger::announcement(const std::string& device) const {
  const auto entry = entries_.find(device);
  const bool is_announced = entry != entries_.end() && !entry->second.components->empty();
  return is_announced ? entry->second.topic : std::string();
}

std::vector<std::string> DiscoveryLedger::devices() const {
  std::vector<std::string> all;
  for (const auto& [device, entry] : entries_) {
    if (!device.empty()) all.push_back(device);
  }
  return all;
}

}  // namespace bridge
