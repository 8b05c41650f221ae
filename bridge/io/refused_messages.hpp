#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

namespace bridge {

/// What the log says of messages that a broker refuses. A right that is missing concerns thousands
/// of topics: of each cause the first topic is named, the others are counted.
class RefusedMessages {
 public:
  /// The sentence to log now; empty: the topic is counted, or was before.
  std::string add(const std::string& topic, const std::string& why);
  /// A sentence for each cause of which topics were counted since.
  std::vector<std::string> counted();
  bool is_empty() const { return causes_.empty(); }
  /// The connection is new: everything is said anew.
  void forget() { causes_.clear(); }

 private:
  struct Cause {
    std::string first;
    std::set<std::size_t> topics;  // their hashes
    std::size_t said = 1;          // of the topics
  };
  std::map<std::string, Cause> causes_;
};

}  // namespace bridge
