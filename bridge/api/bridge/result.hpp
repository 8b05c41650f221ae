#pragma once

// How the project says that something went wrong: a value, with a class that decides the reaction
// and a sentence for the person who reads the log.

#include <boost/asio/awaitable.hpp>
#include <boost/system/result.hpp>
#include <boost/throw_exception.hpp>
#include <chrono>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>

namespace bridge {

/// The class of a failure. It alone decides what polling, commands and availability do about it.
enum class Errc {
  network,           ///< no connection, or it broke
  timeout,           ///< the vendor did not answer within the deadline
  unauthorized,      ///< the credentials were refused, also after one renewal
  rate_limited,      ///< the vendor, or our own budget, wants a pause
  not_found,         ///< the vendor does not know this thing (any more)
  refused,           ///< the vendor understood and said no
  malformed,         ///< the answer is not what the vendor documents
  invalid_argument,  ///< a command's payload does not fit; the vendor was not asked
};

/// The word of a class as it stands in outcomes and logs: "rate_limited".
constexpr std::string_view word(Errc code) {
  switch (code) {
    case Errc::network: return "network";
    case Errc::timeout: return "timeout";
    case Errc::unauthorized: return "unauthorized";
    case Errc::rate_limited: return "rate_limited";
    case Errc::not_found: return "not_found";
    case Errc::refused: return "refused";
    case Errc::malformed: return "malformed";
    case Errc::invalid_argument: return "invalid_argument";
  }
  return "malformed";
}

/// One failure. The message says what was tried, on what, and what came back; it never holds a
/// secret, an e-mail address or a query string once it left the vendor session.
class Error {
 public:
  Error() = default;  // Boost's result wants one
  Error(Errc code, std::string message) : code_(code), message_(std::move(message)) {}

  Errc code() const { return code_; }
  const std::string& message() const { return message_; }
  /// Whether the next request would fail as well: nothing was reached, no token was got, no quota is
  /// left, or the credentials are refused. A 5xx concerns what was asked for alone.
  bool hits_all() const {
    const bool is_silence = (code_ == Errc::network || code_ == Errc::timeout) && status == 0;
    return stops_all() || is_silence || unsent;
  }
  /// Whether nothing more is asked for the time being: no quota, or refused credentials.
  bool stops_all() const { return code_ == Errc::unauthorized || code_ == Errc::rate_limited; }
  /// The same failure in another class.
  Error as(Errc code) const {
    Error same = *this;
    same.code_ = code;
    return same;
  }

  int status = 0;            ///< the HTTP status, 0 where none came
  std::string vendor_code;   ///< the vendor's own word for it, such as "insufficient_scope"
  std::string request_id;    ///< the vendor's id of the request, for its support
  /// How long the vendor asks to wait.
  std::optional<std::chrono::milliseconds> retry_after;
  /// Asking again is pointless with these credentials: the read is switched off until somebody
  /// signs in, asks for a poll or changes the account, or until a restart.
  bool permanent = false;
  /// A second failure like this in a row, with no success in between, means that the quota is used
  /// up, whatever the vendor calls it: the account then pauses for so long.
  std::optional<std::chrono::milliseconds> pause_if_repeated;
  bool unsent = false;  ///< the vendor was not asked at all
  bool quota_used_up = false;  ///< of rate_limited: by our own count, not by the vendor's word (429)

 private:
  Errc code_ = Errc::malformed;
  std::string message_;
};

/// Called by Boost when value() is asked of a failure: a bug, hence an exception.
[[noreturn]] inline void throw_exception_from_error(const Error& error,
                                                    const boost::source_location& where) {
  boost::throw_exception(std::logic_error(error.message()), where);
}

/// A value or an Error.
template <class T>
using Result = boost::system::result<T, Error>;

/// The result of something that has nothing to return.
inline Result<void> success() { return {}; }

/// A coroutine that ends with a Result.
template <class T>
using Task = boost::asio::awaitable<Result<T>>;

}  // namespace bridge
