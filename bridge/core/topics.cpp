#include "core/topics.hpp"

#include <array>

namespace bridge {
namespace {

constexpr std::string_view kHex = "0123456789ABCDEF";

constexpr bool is_plain(unsigned char byte) {
  return (byte >= 'A' && byte <= 'Z') || (byte >= 'a' && byte <= 'z') ||
         (byte >= '0' && byte <= '9') || byte == '-';
}

void append_escaped(std::string& out, unsigned char byte) {
  out += "__";
  out += kHex[byte >> 4];
  out += kHex[byte & 15];
}

// An underline stands for itself only where none follows it in the output, so that two of them
// always begin an escape.
bool underline_follows(std::string_view rest) {
  if (rest.empty()) return false;
  return !is_plain(static_cast<unsigned char>(rest.front()));
}

std::string escaped(std::string_view id) {
  std::string out;
  out.reserve(id.size() + 8);
  for (std::size_t i = 0; i < id.size(); ++i) {
    const auto byte = static_cast<unsigned char>(id[i]);
    const bool stays = is_plain(byte) || (byte == '_' && !underline_follows(id.substr(i + 1)));
    if (stays) {
      out += id[i];
    } else {
      append_escaped(out, byte);
    }
  }
  return out;
}

std::string concat(std::initializer_list<std::string_view> parts) {
  std::size_t size = 0;
  for (const auto part : parts) size += part.size();
  std::string out;
  out.reserve(size);
  for (const auto part : parts) out += part;
  return out;
}

/// What follows `base` and a slash; nothing where the topic is not below it.
std::optional<std::string_view> below(std::string_view topic, std::string_view base) {
  if (topic.size() <= base.size() || !topic.starts_with(base) || topic[base.size()] != '/') {
    return std::nullopt;
  }
  return topic.substr(base.size() + 1);
}

/// Exactly N levels, none of them empty.
template <std::size_t N>
std::optional<std::array<std::string_view, N>> levels(std::string_view topic) {
  std::array<std::string_view, N> found;
  for (std::size_t i = 0; i < N; ++i) {
    const auto slash = topic.find('/');
    const bool last = i + 1 == N;
    if (last != (slash == std::string_view::npos)) return std::nullopt;
    found[i] = topic.substr(0, slash);
    if (found[i].empty()) return std::nullopt;
    if (!last) topic.remove_prefix(slash + 1);
  }
  return found;
}

}  // namespace

std::string segment(std::string_view vendor_id) {
  if (vendor_id != kHub) return escaped(vendor_id);
  std::string out;
  append_escaped(out, static_cast<unsigned char>(vendor_id.front()));
  return out += vendor_id.substr(1);
}

std::string device_level(std::string_view device_id) {
  return device_id == kHub ? std::string(kHub) : segment(device_id);
}

std::string sendable_topic(std::string_view topic) {
  constexpr std::string_view kNotSendable("+#\0", 3);
  const bool is_sendable = topic.find_first_of(kNotSendable) == std::string_view::npos;
  return is_sendable ? std::string(topic) : std::string();
}

std::string Topics::bridge_request(std::string_view action) const {
  return concat({base_, "/bridge/request/", action});
}

std::string Topics::bridge_response(std::string_view action) const {
  return concat({base_, "/bridge/response/", action});
}

std::string Topics::account_availability(std::string_view account) const {
  return concat({base_, "/", account, "/availability"});
}

std::string Topics::account_status(std::string_view account) const {
  return concat({base_, "/", account, "/status"});
}

std::string Topics::availability(std::string_view account, std::string_view device) const {
  return join(account, device, "availability");
}

std::string Topics::status(std::string_view account, std::string_view device) const {
  return join(account, device, "status");
}

std::string Topics::state(std::string_view account, std::string_view device) const {
  return join(account, device, "state");
}

std::string Topics::history(std::string_view account, std::string_view device) const {
  return join(account, device, "history");
}

std::string Topics::outcome(std::string_view account, std::string_view device) const {
  return join(account, device, "outcome");
}

std::string Topics::event(std::string_view account, std::string_view device,
                          std::string_view key) const {
  return concat({base_, "/", account, "/", device, "/event/", key});
}

std::string Topics::command(std::string_view account, std::string_view device,
                            std::string_view key) const {
  return concat({base_, "/", account, "/", device, "/", key, "/set"});
}

std::string Topics::discovery(std::string_view device_id) const {
  return concat({prefix_, "/device/", device_id, "/config"});
}

std::string Topics::device_id(std::string_view mapper, std::string_view account,
                              std::string_view device) const {
  const std::string base = escaped(base_);
  if (device == kHub) return concat({base, "_", mapper, "_", kHub, "__", account});
  return concat({base, "_", mapper, "_", device});
}

std::string Topics::bridge_id() const { return escaped(base_) + "_bridge"; }

std::string Topics::account_id(std::string_view account) const {
  return concat({escaped(base_), "_account_", escaped(account)});
}

std::optional<Address> Topics::parse_command(std::string_view topic) const {
  const auto rest = below(topic, base_);
  if (!rest) return std::nullopt;
  const auto parts = levels<4>(*rest);
  if (!parts || (*parts)[3] != "set") return std::nullopt;
  return Address{std::string((*parts)[0]), std::string((*parts)[1]), std::string((*parts)[2])};
}

std::optional<Address> Topics::parse_keyless_command(std::string_view topic) const {
  const auto rest = below(topic, base_);
  if (!rest) return std::nullopt;
  const auto parts = levels<3>(*rest);
  if (!parts || (*parts)[2] != "set" || (*parts)[0] == "bridge") return std::nullopt;
  return Address{std::string((*parts)[0]), std::string((*parts)[1]), {}};
}

std::optional<std::string> Topics::parse_request(std::string_view topic) const {
  const auto rest = below(topic, base_);
  if (!rest) return std::nullopt;
  const auto parts = levels<3>(*rest);
  if (!parts || (*parts)[0] != "bridge" || (*parts)[1] != "request") return std::nullopt;
  return std::string((*parts)[2]);
}

std::string Topics::join(std::string_view account, std::string_view device,
                         std::string_view last) const {
  return concat({base_, "/", account, "/", device, "/", last});
}

}  // namespace bridge
