#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "core/meters.hpp"
#include "core/resolved_kind.hpp"

namespace bridge {

/// A device as the bridge keeps it: what is known, how it is, and what still has to be said.
struct DeviceRecord {
  Device device;
  const ResolvedKind* kind = nullptr;
  std::string segment;  ///< its topic level
  Meters meters;

  std::string_view reason = "ok";  ///< why it is offline; "ok": it is online
  Instant since{};                 ///< of the reason
  std::string_view read_trouble;   ///< a reason that its reads gave; empty: none
  /// A read's failures in a row, of which at most one counts in each of its periods.
  struct Failures {
    int count = 0;
    std::chrono::milliseconds counted{};  ///< when the last one that counts began (monotonic)
  };
  std::vector<Failures> failures;  ///< one for each of the kind's reads
  std::vector<std::uint64_t> merged;  ///< the run of each that was made known last; 0: none

  int reads_open = 0;     ///< reads of this start that were not tried yet
  std::chrono::milliseconds first_listed{};  ///< uptime
  bool withheld = false;  ///< its state is not said yet: most of it would be unknown, and was known

  std::uint64_t state_hash = 0;  ///< of the state last published; 0: none yet
  std::uint64_t block_hash = 0;  ///< of what the announcement shows of the facts
  std::uint8_t to_say = 0;       ///< the publisher's open topics
  bool has_parts = false;        ///< other devices have it as their parent
  bool gone = false;             ///< taken out; nobody publishes it any more
  bool announced_elsewhere = false;  ///< another account announces this very device

  std::uint32_t listed_in = 0;  ///< the last list that had it
  std::chrono::milliseconds listed_at{};  ///< when a list of any sort last had it (monotonic)
  int lists_without = 0;        ///< complete lists in a row without it
  int lists_unread = 0;         ///< incomplete lists in a row without it

  bool is_online() const { return reason == "ok"; }
};

using Record = std::shared_ptr<DeviceRecord>;

/// The devices of one account.
class DeviceRegistry {
 public:
  explicit DeviceRegistry(const std::vector<ResolvedKind>& kinds) : kinds_(kinds) {}

  /// What a list's element was.
  struct Sighting {
    Record record;         ///< null: it has no id or no such kind, and was counted
    bool is_new = false;
    bool changed = false;  ///< facts, name or parent differ
  };
  Sighting see(const Listed& listed);

  /// The present list names the device, which could not be read: it and its children are in it, as
  /// they were known.
  void unread(std::string_view id);
  /// How many unread devices of the present list were never seen: nobody knows their kind.
  std::size_t never_read() const { return never_read_; }

  /// Merges what a read brought. False: it was known already, and nothing else is to be said.
  static bool merge(DeviceRecord& record, std::string_view read, const Json& facts);

  /// Begins a list; its number. Lists may overlap: what any of them sees is in the latest.
  std::uint32_t begin_list() {
    expected_ = 0;
    never_read_ = 0;
    nameless_now_ = 0;
    return ++list_;
  }
  bool is_latest(std::uint32_t list) const { return list == list_; }
  /// How many of a kind the present list had.
  std::size_t listed(std::string_view kind) const;
  /// Ends a complete list: the devices that were absent from the last `patience` complete lists
  /// are taken out and returned.
  std::vector<Record> end_complete_list(int patience);
  /// Ends a list of which a part could not be read, nobody knows of which devices.
  void end_incomplete_list();

  Record find(std::string_view id) const;
  Record find_segment(std::string_view segment) const;
  Record take_out(std::string_view id);
  const std::vector<Record>& all() const { return records_; }
  /// How many elements of the present list have no id, and may be any device.
  std::size_t nameless_now() const { return nameless_now_; }
  /// Elements left out because they had no id.
  std::size_t nameless() const { return nameless_; }

 private:
  const ResolvedKind* kind_named(std::string_view name) const;
  Record known_as(std::string_view id);

  const std::vector<ResolvedKind>& kinds_;
  std::vector<Record> records_;  // in the order of the first sighting: parents before children
  std::unordered_map<std::string_view, Record> by_id_;
  std::uint32_t list_ = 0;
  std::size_t expected_ = 0;  // the record whose turn it is in the present list
  std::size_t never_read_ = 0;
  std::size_t nameless_now_ = 0;
  std::size_t nameless_ = 0;
};

/// A hash of what a device's announcement takes from its facts, name and parent.
std::uint64_t announced_hash(const DeviceRecord& record);

/// FNV-1a over bytes; goes on from `seed`.
std::uint64_t hash_bytes(std::string_view bytes, std::uint64_t seed = 14695981039346656037U);

}  // namespace bridge
