#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace bridge {

/// "https://host:port" of a URL, and what follows it up to a query or fragment, without final '/'.
std::string origin_of(std::string_view url);
std::string path_of(std::string_view url);

/// Names and values, in order.
using Fields = std::vector<std::pair<std::string, std::string>>;

/// "a=1&b=2%203": a form's body, or a query.
std::string form_encoded(const Fields& fields);

/// The fields of a query or form; what is not well encoded stays as it is.
Fields form_decoded(std::string_view text);

/// The first field of that name; empty where there is none.
std::string field(const Fields& fields, std::string_view name);

}  // namespace bridge
