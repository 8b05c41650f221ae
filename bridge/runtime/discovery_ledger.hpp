#pragma once

#include <set>
#include <string>
#include <unordered_map>
#include <vector>

#include "runtime/ports.hpp"

namespace bridge {

/// What an account announced to Home Assistant, so that what goes away can be taken back. Writes
/// are collected: flush() brings them to the store.
class DiscoveryLedger {
 public:
  DiscoveryLedger(Store& store, std::string account);

  /// Components announced earlier that are not in `now`: "key:platform" each.
  std::vector<std::string> gone(const std::string& device, const std::vector<std::string>& now) const;
  void announced(const std::string& topic, const std::string& device,
                 const std::vector<std::string>& components);
  void retracted(const std::string& topic, const std::string& device);
  void flush();

  /// Devices announced earlier: id and topic.
  std::vector<std::pair<std::string, std::string>> devices() const;

 private:
  struct Entry {
    std::string topic;
    const std::string* components;  // devices of a kind share one text
  };

  Store& store_;
  std::string account_;
  std::set<std::string> texts_;
  std::unordered_map<std::string, Entry> entries_;
  std::vector<Announced> unsaved_;
};

}  // namespace bridge
