#include "runtime/discovery_ledger.hpp"

#include <algorithm>
#include <sstream>

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

std::vector<std::string> DiscoveryLedger::gone(const std::string& device,
                                               const std::vector<std::string>& now) const {
  const auto entry = entries_.find(device);
  if (entry == entries_.end()) return {};
  std::vector<std::string> missing;
  std::istringstream earlier(*entry->second.components);
  for (std::string component; earlier >> component;) {
    if (std::find(now.begin(), now.end(), component) == now.end()) missing.push_back(component);
  }
  return missing;
}

void DiscoveryLedger::announced(const std::string& topic, const std::string& device,
                                const std::vector<std::string>& components) {
  const std::string text = joined(components);
  const auto entry = entries_.find(device);
  if (entry != entries_.end() && entry->second.topic == topic && *entry->second.components == text) return;
  entries_[device] = {topic, &*texts_.insert(text).first};
  unsaved_.push_back({topic, device, text});
}

void DiscoveryLedger::retracted(const std::string& topic, const std::string& device) {
  flush();
  entries_.erase(device);
  store_.forget_announced(account_, topic);
}

void DiscoveryLedger::flush() {
  if (unsaved_.empty()) return;
  store_.save_announced(account_, unsaved_);
  unsaved_.clear();
}

std::vector<std::pair<std::string, std::string>> DiscoveryLedger::devices() const {
  std::vector<std::pair<std::string, std::string>> all;
  for (const auto& [device, entry] : entries_) all.emplace_back(device, entry.topic);
  return all;
}

}  // namespace bridge
