#pragma once

// The one header that a mapper includes. A mapper is a vendor as a value: what it is called, how
// one signs in, what it allows, which devices it knows and how they are read. No class, no state.

#include <chrono>
#include <span>
#include <string_view>

#include "bridge/device.hpp"
#include "bridge/entity.hpp"
#include "bridge/history.hpp"
#include "bridge/json.hpp"
#include "bridge/result.hpp"
#include "bridge/rows.hpp"
#include "bridge/series.hpp"
#include "bridge/settings.hpp"
#include "bridge/timestamp.hpp"
#include "bridge/vendor.hpp"

namespace bridge {

/// A documented limit: so many requests in any stretch of `per`. Where it grows with the fleet,
/// `per_device` for each device that is listed by itself, if that is more than `requests`.
struct Quota {
  int requests = 0;
  std::chrono::seconds per{};
  double per_device = 0;
  bool operator==(const Quota&) const = default;
};

/// A vendor's answer before anybody judged it.
struct Reply {
  int status = 0;
  Json body;                ///< null where the body was empty or no JSON
  std::string request_id;   ///< from X-Request-ID
  std::optional<std::chrono::milliseconds> retry_after;
  std::string plain;        ///< the body as it came, where it is no JSON
};

/// A named, scheduled request: a fold from (device, what is known) to new facts.
struct Read {
  std::string_view facts;  ///< its name, and its member in Device::facts
  std::chrono::seconds every{};
  Task<Facts> (*read)(Vendor& vendor, const Device& device) = nullptr;
  bool durable = false;             ///< its facts survive a restart (totals, cursors)
  Condition when = {};              ///< whether an account makes it
  std::chrono::seconds shortest{};  ///< the shortest period that is polite
  std::chrono::seconds again{};     ///< what again_at() mostly makes of `every`, for the plan
  bool spare = false;               ///< only from quota that all other reads leave
};

/// Devices of one kind share reads and entities.
struct DeviceKind {
  std::string_view name;
  std::string_view model = {};     ///< fixed text, or a JSON pointer into the facts ("/list/...")
  std::string_view model_id = {};  ///< JSON pointer
  std::string_view manufacturer = {};  ///< JSON pointer; where there is no text: the mapper's
  std::string_view firmware = {};  ///< JSON pointer
  std::string_view serial = {};    ///< JSON pointer
  std::string_view area = {};      ///< JSON pointers separated by blanks, the first text wins
  std::span<const Read> reads = {};
  std::span<const Entity> entities = {};
  /// Pointer to the moment the device was last heard; older than `stale_after`: offline.
  std::string_view heard = {};
  std::chrono::seconds stale_after{};
  /// Why the vendor itself calls the device unreachable ("device_offline"); empty: it does not.
  std::string_view (*unreachable)(const Json& facts) = nullptr;
};

/// A bearer token and how long it may be used.
struct Token {
  std::string value;
  std::chrono::seconds life{};
};

/// How tokens are got by OAuth 2.0. The addresses hang on the base URL's origin, unless the account's
/// `token_url` or `authorize_url` replaces them.
struct OAuth2 {
  enum class Grant {
    client_credentials,  ///< the settings `client_id` and `client_secret`, by HTTP Basic
    authorization_code,  ///< a person signs in once: `cloud2mqtt login`; then refresh tokens
  };
  Grant grant = Grant::client_credentials;
  std::string_view token_path;           ///< "/oauth2/token"
  std::string_view authorize_path = {};  ///< where a person signs in
  std::string_view client_id = {};       ///< of a public client; empty: the setting
  std::string_view scope = {};
  bool json_body = false;  ///< the token request as JSON; as a form where that is answered 400
  /// How long a token lives whose answer does not say so.
  std::chrono::seconds life = std::chrono::hours(1);
  std::string_view login_hint = {};  ///< a sentence for a person whose sign-in was denied
};

/// How an account proves who it is: a bearer token that the user gives, or one that is got with its
/// settings, by the vendor's own sign-in or by OAuth 2.0.
struct Auth {
  std::string_view key = {};  ///< the secret setting that holds a ready token
  /// Gets a token with the account's settings; used where `key` is not set. The vendor handed in
  /// sends no credentials of its own.
  Task<Token> (*sign_in)(Vendor& vendor) = nullptr;
  /// The settings a sign-in needs, separated by blanks.
  std::string_view sign_in_settings = {};
  const OAuth2* oauth2 = nullptr;
};

/// Headers in which a vendor says what it still allows.
struct QuotaHeaders {
  std::chrono::seconds per{};  ///< the window they speak of
  std::string_view limit;      ///< names in lower case
  std::string_view remaining;
  std::string_view reset;      ///< seconds until the window ends, perhaps with a fraction
};

struct Mapper {
  std::string_view name;  ///< the word in configuration, ids and file names
  std::string_view manufacturer;
  std::string_view base_url;  ///< with the path prefix, without a final '/'
  Auth auth;
  std::span<const Quota> quotas = {};
  int command_reserve = 0;  ///< requests per window that polls leave to commands and tokens
  std::span<const QuotaHeaders> quota_headers = {};
  std::chrono::seconds list_every{};
  std::chrono::seconds list_shortest{};
  int list_page = 0;        ///< devices that one request of the list brings; 0: all of them
  int list_per_device = 0;  ///< further requests of a list, for each device
  /// Adds every device of the account to `fleet`. Only a success can remove devices.
  Task<void> (*list)(Vendor& vendor, Fleet& fleet) = nullptr;
  /// Adds one device, and its children, again: after a command. nullptr: the whole list is made.
  Task<void> (*list_one)(Vendor& vendor, const Device& device, Fleet& fleet) = nullptr;
  std::span<const DeviceKind> kinds = {};
  std::span<const Setting> settings = {};
  /// The flag setting that says whether the credentials may write. A command that is refused with
  /// 403 switches it off for good: its rows give way to their only_without() twins.
  std::string_view write_permission = {};
  /// Translates a vendor's way of failing into honest errors. nullptr: the HTTP status says it all.
  /// Called for every answer; returns the body, or the error. `by_status` is the usual reading.
  Result<Json> (*judge)(Reply reply) = nullptr;
  /// Paces relays: the least time between two commands to one device.
  std::chrono::milliseconds command_spacing{1000};
};

/// The usual reading of an HTTP answer: 2xx is the body, `malformed` where that is no JSON; 401,
/// 404, 408, 429 and 5xx are what they say; every other 4xx is `refused`. The vendor's code and
/// message are looked for in /error/code, /error/message, /error, /message, /detail (also as a list
/// of {loc, msg}) and /code, and in the first of /errors.
Result<Json> by_status(Reply reply);

/// A path with {id} of the device.
std::string path_to(std::string_view path, const Device& device);

/// get() of a list. Null where the vendor has none (404, or an empty answer). Errors: malformed, if
/// it is no list.
Task<Json> get_list(Vendor& vendor, std::string path);

/// A read that is one request: the object at `path`, with {id} of the device, is the facts. Null
/// where the vendor has none (404), as of a device that is new. Errors: malformed, if it is no object.
Task<Facts> read_answer(Vendor& vendor, const Device& device, std::string_view path);

/// The same as a `Read::read` of a mapper's table.
template <const std::string_view& path>
Task<Facts> read_answer(Vendor& vendor, const Device& device) {
  return read_answer(vendor, device, path);
}

/// The devices of a list that is an array of ids: `add` reads and adds each. One that cannot be read
/// is unread() by its id. Errors: what hits all, which ends the list; malformed, if it is no list.
Task<void> list_each(Vendor& vendor, Fleet& fleet, const Json& ids,
                     Task<void> (*add)(Vendor& vendor, Fleet& fleet, std::string id));

/// Makes a path segment or query value safe: everything but letters, digits and "-._~" is escaped.
std::string url_encoded(std::string_view part);

}  // namespace bridge
