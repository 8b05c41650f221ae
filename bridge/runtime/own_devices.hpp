#pragma once

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "core/configuration.hpp"
#include "core/discovery.hpp"
#include "runtime/ports.hpp"
#include "runtime/publisher.hpp"

namespace bridge {

/// The bridge and its accounts as devices of Home Assistant. What was announced stands in the store
/// under the name `bridge`, which no account has; so what a configuration of today would not
/// announce is taken back.
class OwnDevices {
 public:
  OwnDevices(const Topics& topics, Publisher& publisher, Store& store, Log& log);

  /// Announces the bridge, then its accounts; to be called before any of their devices is, on every
  /// connection and for a Home Assistant that started. Takes back what is no more.
  void announce(const Configuration& configuration);

 private:
  using Make = std::function<Announcement(const std::vector<std::string>& gone)>;

  /// Announces one device, and returns its topic.
  std::string say(const std::string& id, std::string_view about, const Make& make);
  void take_back(const std::string& topic);
  std::vector<std::string> gone(const Announcement& now) const;
  void announced(const Announced& row);

  const Topics& topics_;
  Publisher& publisher_;
  Store& store_;
  Log& log_;
  std::map<std::string, std::string> announced_;  // components by topic, as the broker has them
};

}  // namespace bridge
