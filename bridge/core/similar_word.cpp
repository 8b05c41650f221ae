#include "core/similar_word.hpp"

#include <algorithm>

namespace bridge {
namespace {

char lower(char letter) {
  return letter >= 'A' && letter <= 'Z' ? static_cast<char>(letter - 'A' + 'a') : letter;
}

/// Letters to insert, leave out, replace or swap with their neighbour to come from one to the
/// other.
std::size_t edits_between(std::string_view from, std::string_view to) {
  std::vector<std::size_t> before_last(to.size() + 1);
  std::vector<std::size_t> last(to.size() + 1);
  std::vector<std::size_t> row(to.size() + 1);
  for (std::size_t column = 0; column <= to.size(); ++column) row[column] = column;
  for (std::size_t line = 1; line <= from.size(); ++line) {
    std::swap(before_last, last);
    std::swap(last, row);
    row[0] = line;
    for (std::size_t column = 1; column <= to.size(); ++column) {
      const bool same = lower(from[line - 1]) == lower(to[column - 1]);
      row[column] = std::min({last[column] + 1, row[column - 1] + 1, last[column - 1] + !same});
      const bool swapped = line > 1 && column > 1 &&
                           lower(from[line - 1]) == lower(to[column - 2]) &&
                           lower(from[line - 2]) == lower(to[column - 1]);
      if (swapped) row[column] = std::min(row[column], before_last[column - 2] + 1);
    }
  }
  return row[to.size()];
}

}  // namespace

std::string similar_word(std::string_view word, const std::vector<std::string>& candidates) {
  const std::size_t tolerated = std::max<std::size_t>(1, word.size() / 3);
  std::size_t fewest = tolerated + 1;
  std::string closest;
  for (const std::string& candidate : candidates) {
    const std::size_t shorter = std::min(word.size(), candidate.size());
    const std::size_t longer = std::max(word.size(), candidate.size());
    if (longer - shorter >= fewest) continue;
    const std::size_t edits = edits_between(word, candidate);
    // Otherwise every other word of one letter would resemble this one.
    const bool shares_something = edits < longer;
    if (edits < fewest && shares_something) {
      fewest = edits;
      closest = candidate;
    }
  }
  return closest;
}

}  // namespace bridge
