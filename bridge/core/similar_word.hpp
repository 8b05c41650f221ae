#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace bridge {

/// The candidate that a misspelt word most likely meant; empty where none is close.
std::string similar_word(std::string_view word, const std::vector<std::string>& candidates);

}  // namespace bridge
