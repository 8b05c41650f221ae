#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/resolved_kind.hpp"
#include "core/topics.hpp"

namespace bridge {

/// Where a device is announced from.
struct Announcer {
  const Topics* topics = nullptr;
  const Mapper* mapper = nullptr;
  std::string account;
  std::string version;  ///< of the program, for `origin`
};

/// One device's announcement for Home Assistant.
struct Announcement {
  std::string topic;
  std::string document;                 ///< full key names; empty: nothing can be announced
  std::vector<std::string> components;  ///< "key:platform" of what is in it, without stubs
  std::vector<std::string> left_out;    ///< "key: why" for rows that break a rule of Home Assistant
};

/// The device discovery document: device block, origin, shared availability and state topic, one
/// component per announced row. `gone` are keys announced earlier that the rows no longer have,
/// each "key:platform": they stand as stubs, so that Home Assistant removes them.
Announcement announcement(const Announcer& from, const ResolvedKind& kind, const Device& device,
                          const std::vector<std::string>& gone = {});

/// A discovery document as it may leave: components that break a rule of Home Assistant are taken
/// out and named.
Announcement sound_announcement(std::string topic, Json& document);

/// The device as Home Assistant knows it: the identifier in its device block.
std::string identifier(const Announcer& from, std::string_view device_id);

}  // namespace bridge
