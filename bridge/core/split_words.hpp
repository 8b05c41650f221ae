#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace bridge {

/// The words of a text, separated by blanks.
std::vector<std::string> split_words(std::string_view text);

}  // namespace bridge
