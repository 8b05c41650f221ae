#pragma once

#include <string>
#include <string_view>

#include "io/origin.hpp"
#include "runtime/ports.hpp"

namespace bridge {

/// The method as it stands in a request: "GET".
std::string_view method_name(Method method);

/// What is asked of whom, for error messages: method, origin and path, without the query.
std::string subject(const HttpRequest& request, const Origin& origin);

/// The bytes of a request: Host, User-Agent, Accept, Accept-Encoding (unless the caller gives its
/// own), the caller's headers, Content-Length, body. `absolute`: the target as an HTTP proxy wants
/// it. Errors: invalid_argument (the target or a header would break the request apart).
Result<std::string> request_text(const HttpRequest& request, const Origin& origin, bool absolute);

/// The bytes that ask a proxy for a tunnel to the origin.
std::string tunnel_text(const Origin& origin);

}  // namespace bridge
