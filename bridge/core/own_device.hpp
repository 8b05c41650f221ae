#pragma once

#include <boost/json/object.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "bridge/json.hpp"

namespace bridge {

/// The discovery document of a device that no vendor knows: the bridge, an account.
class OwnDevice {
 public:
  /// `id` is the identifier in the device block, and the beginning of every id.
  OwnDevice(std::string id, std::string_view name, std::string_view version);

  /// The device block, for what else it holds.
  boost::json::object& block() { return document_["device"].get_object(); }
  /// One availability topic that every component added from now on has.
  void available_with(const std::string& topic);
  /// Adds a component. An empty name leaves the naming to the device class. `options` are Home
  /// Assistant's.
  void add(std::string_view platform, std::string_view key, std::string_view name,
           boost::json::object options);
  /// Adds the stubs of `gone`, as announcement() does, and hands the document over.
  Json finish(const std::vector<std::string>& gone) &&;

 private:
  std::string id_;
  boost::json::array availability_;
  boost::json::object document_;
};

}  // namespace bridge
