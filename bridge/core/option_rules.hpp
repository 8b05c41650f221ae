#pragma once

// Rules about single values of a discovery document, whatever component they stand in.

#include <optional>
#include <string>
#include <string_view>

#include "core/discovery_vocabulary.hpp"

namespace bridge {

/// The member of that name; nullptr where there is none, or a null.
const Json* member(const boost::json::object& object, std::string_view name);

/// The text of a member; empty where there is none, or something else.
std::string_view text_member(const boost::json::object& object, std::string_view name);

/// What is wrong with the value of an option; empty for nothing.
std::string option_problem(const Option& option, const Json& value);

/// What is wrong with a topic that is published to, or subscribed to; empty for nothing.
std::string topic_problem(std::string_view topic, bool wildcards_allowed);

/// Whether an id is [A-Za-z0-9_-], and not empty.
bool is_plain_id(std::string_view id);

/// Whether a text is an address with one of the schemes and a host.
bool is_address(std::string_view text, std::string_view schemes);

}  // namespace bridge
