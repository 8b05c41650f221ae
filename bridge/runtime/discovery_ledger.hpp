#pragma once

#include <set>
#include <string>
#include <unordered_map>
#include <vector>

#include "runtime/ports.hpp"

namespace bridge {

/// What an account left at the broker, above all its announcements, so that what goes away can be
/// taken back. Writes are collected: flush() brings them to the store.
class DiscoveryLedger {
 public:
  DiscoveryLedger(Store& store, std::string account);

  /// Components announced earlier that are not in `now`: "key:platform" each.
  std::vector<std::string> gone(const std::string& topic, const std::string& device,
                                const std::vector<std::string>& now) const;
  void announced(const std::string& topic, const std::string& device,
                 const std::vector<std::string>& components);
  /// Topics are published that no announcement of this account speaks of: a device's, or with an
  /// empty id its own. `topic` is the availability's.
  void published(const std::string& topic, const std::string& device);
  void retracted(const std::string& device);
  void flush();

  /// Where the device is announced from here; empty: nowhere.
  std::string announcement(const std::string& device) const;
  /// Everything that was published or announced, by the vendor's id.
  std::vector<std::string> devices() const;

 private:
  struct Entry {
    std::string topic;
    const std::string* components;  // devices of a kind share one text
  };

  void note(const std::string& topic, const std::string& device, const std::string& components);

  Store& store_;
  std::string account_;
  std::set<std::string> texts_;
  std::unordered_map<std::string, Entry> entries_;
  std::vector<Announced> unsaved_;
  std::vector<std::string> replaced_;  // topics
};

}  // namespace bridge
