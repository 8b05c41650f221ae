#pragma once

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <string>
#include <string_view>

namespace bridge {

// What discovery documents of every sort are made of. Whatever is added lives in the storage of
// what it is added to.

/// Names and other texts for people are cut at this many characters.
inline constexpr std::size_t kLongestShown = 100;

/// Adds an empty object, and returns it.
boost::json::object& add_object(boost::json::object& to, std::string_view key);
/// Adds an empty array with room for `size` elements, and returns it.
boost::json::array& add_array(boost::json::object& to, std::string_view key, std::size_t size);
/// Adds a text for people as one line; nothing where none is left of it.
void add_text(boost::json::object& to, std::string_view key, std::string_view text);
/// Adds a topic to an availability list.
void add_level(boost::json::array& levels, const std::string& topic);
/// Adds the origin: this program, in this version.
void add_origin(boost::json::object& document, std::string_view version);
/// Adds the stub of a component that was announced earlier, `gone` being "key:platform": Home
/// Assistant removes an entity whose component is only its platform. A key that moved to another
/// platform is removed first; the next document brings it back as what it is now.
void add_stub(boost::json::object& components, std::string_view gone);

}  // namespace bridge
