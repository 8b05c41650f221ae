#pragma once

#include <string>
#include <string_view>

#include "bridge/entity.hpp"

namespace bridge {

/// Whether Home Assistant, on this platform, takes the word for having no value or for being
/// unavailable: it cannot be an option there.
bool is_special_word(Component component, std::string_view word);

/// An option as Home Assistant is told of it: itself, or in brackets where it is a special word:
/// "(none)" for "none". On the wire it stays what it is.
std::string shown_option(Component component, std::string_view option);

/// The Jinja expression that makes of the wire's word in `variable` what Home Assistant shows.
std::string shown_expression(const Entity& row, const std::string& variable);

/// The Jinja expression that makes of a shown option in `variable` the wire's word.
std::string sent_expression(const Entity& row, const std::string& variable);

}  // namespace bridge
