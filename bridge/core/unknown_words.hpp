#pragma once

#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace bridge {

/// A vendor's word for a row with a closed list, which does not have it: it is published as null.
struct UnknownWord {
  std::string_view key;  ///< the row's
  std::string word;
};

/// Makes one sentence for each unknown word, however many devices say it and how often.
class UnknownWords {
 public:
  /// Empty: it was told before, or so many were told that nobody reads more. The word is redacted.
  std::string sentence(std::string_view account, std::string_view kind, const UnknownWord& unknown);

 private:
  std::set<std::string> told_;
};

}  // namespace bridge
