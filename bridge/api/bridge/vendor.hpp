#pragma once

#include <chrono>
#include <string>

#include "bridge/device.hpp"
#include "bridge/json.hpp"
#include "bridge/result.hpp"
#include "bridge/settings.hpp"

namespace bridge {

enum class Method { get, put, post, patch };

/// A vendor's REST surface as a mapper sees it. Behind it: base URL, credentials with one renewal
/// after a 401, quota, deadline, and the mapper's own `judge`.
class Vendor {
 public:
  virtual ~Vendor() = default;

  /// Sends one request. `path` begins with '/', relative to the base URL; a null body is none.
  /// An empty answer is null. Errors: every Errc but invalid_argument.
  virtual Task<Json> request(Method method, std::string path, Json body) = 0;

  Task<Json> get(std::string path) { return request(Method::get, std::move(path), Json()); }
  Task<Json> put(std::string path, Json body) {
    return request(Method::put, std::move(path), std::move(body));
  }
  Task<Json> post(std::string path, Json body) {
    return request(Method::post, std::move(path), std::move(body));
  }
  Task<Json> patch(std::string path, Json body) {
    return request(Method::patch, std::move(path), std::move(body));
  }

  /// Asks for `path` already now, while the present answer is still being read through: the next
  /// get() of the same path takes that answer. Costs quota like any other request.
  virtual void ahead(std::string path) = 0;

  /// The account's settings.
  virtual const Settings& settings() const = 0;

  /// The wall clock, for windows of time.
  virtual Instant now() const = 0;
};

}  // namespace bridge
