#pragma once

// Reading vendors' JSON without trusting it: what is missing or of another type is null, empty or
// nothing, never an exception.

#include <boost/json/value.hpp>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>

namespace bridge {

using Json = boost::json::value;

/// The value at a JSON pointer ("" is the value itself), or null where there is none.
const Json& at(const Json& value, std::string_view pointer);

/// The elements of an array; empty for anything else.
const boost::json::array& items(const Json& value);

/// The text at a pointer. A number is written out, so an id may be either; else empty.
std::string text(const Json& value, std::string_view pointer);

/// The finite number at a pointer, also where it is sent as text ("0.0"); else nothing.
std::optional<double> number_at(const Json& value, std::string_view pointer);

/// Whether the value at a pointer is true, a number other than 0, "true" or "1".
bool flag(const Json& value, std::string_view pointer);

/// The opposite of true or false; null for what is neither.
Json negated(const Json& flag);

/// Whether a fact is the value wanted, in whatever form vendors write numbers, flags and moments.
bool is_same(const Json& fact, const Json& wanted);

/// A count of hundredths, such as an exact sum, as a number; null for what is no number.
Json hundredths(const Json& count);

/// A count of joules, such as an exact sum, in kWh to the millionth; null for what is no count.
Json kilowatt_hours(const Json& joules);

/// A copy of an object with these members alone; null where it has none of that name.
boost::json::object picked(const Json& object, std::initializer_list<std::string_view> members);

/// A copy in memory of its own. Vendors' answers live in one block each, which a plain copy of a
/// part would keep alive.
Json detached(const Json& value);

}  // namespace bridge
