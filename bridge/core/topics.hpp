#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace bridge {

/// The account's own, invented device.
inline constexpr std::string_view kHub = "hub";

/// A vendor's id as a topic level and as a part of unique ids: [A-Za-z0-9_-], injective. Any other
/// byte becomes `__HH`; an `_` becomes `__5F` where the output after it would begin with `_`.
/// An id equal to the reserved word `hub` has its first byte escaped.
std::string segment(std::string_view vendor_id);

/// The topic level of a Device::id: `hub` is the account's own device, any other id its segment.
std::string device_level(std::string_view device_id);

/// A topic that somebody wants an answer on; empty where it is none that can be published to.
std::string sendable_topic(std::string_view topic);

/// What a command topic addresses, as written in the topic.
struct Address {
  std::string account;
  std::string device;  ///< the topic level, escaped
  std::string key;
};

/// Every topic the bridge uses. Depths are fixed, so that `<base>/+/+/state` is all devices.
class Topics {
 public:
  /// `base` may have several levels ("home/cloud"); `prefix` is Home Assistant's discovery prefix.
  Topics(std::string base, std::string prefix) : base_(std::move(base)), prefix_(std::move(prefix)) {}

  const std::string& base() const { return base_; }
  std::string bridge_availability() const { return base_ + "/bridge/availability"; }
  std::string bridge_info() const { return base_ + "/bridge/info"; }
  std::string bridge_health() const { return base_ + "/bridge/health"; }
  std::string bridge_requests() const { return bridge_request("+"); }
  std::string bridge_request(std::string_view action) const;
  std::string bridge_response(std::string_view action) const;
  std::string account_availability(std::string_view account) const;
  std::string account_status(std::string_view account) const;
  std::string availability(std::string_view account, std::string_view device) const;
  std::string status(std::string_view account, std::string_view device) const;
  std::string state(std::string_view account, std::string_view device) const;
  std::string outcome(std::string_view account, std::string_view device) const;
  std::string event(std::string_view account, std::string_view device, std::string_view key) const;
  std::string history(std::string_view account, std::string_view device) const;
  std::string command(std::string_view account, std::string_view device, std::string_view key) const;
  std::string commands() const { return base_ + "/+/+/+/set"; }
  /// Where somebody sends a command who left the key out: they want to hear of it.
  std::string keyless_commands() const { return base_ + "/+/+/set"; }
  /// `device_id` is what device_id() returns.
  std::string discovery(std::string_view device_id) const;

  /// The device part of ids: "<base>_<mapper>_<device>"; the hub's is
  /// "<base>_<mapper>_hub__<account>". `device` is the escaped level, "hub" the account's own device.
  std::string device_id(std::string_view mapper, std::string_view account, std::string_view device) const;
  /// The bridge itself as a device: "<base>_bridge". No mapper is called `bridge` or `account`.
  std::string bridge_id() const;
  /// An account as a device: "<base>_account_<account>".
  std::string account_id(std::string_view account) const;

  /// What a command topic addresses; nothing for any other topic.
  std::optional<Address> parse_command(std::string_view topic) const;
  /// The same, with an empty key, of a topic that names none.
  std::optional<Address> parse_keyless_command(std::string_view topic) const;
  /// The action of a request topic; nothing for any other topic.
  std::optional<std::string> parse_request(std::string_view topic) const;

 private:
  std::string join(std::string_view account, std::string_view device, std::string_view last) const;

  std::string base_;
  std::string prefix_;
};

}  // namespace bridge
