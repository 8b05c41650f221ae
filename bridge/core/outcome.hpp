#pragma once

#include <optional>
#include <string>

#include "bridge/result.hpp"
#include "bridge/vendor.hpp"

namespace bridge {

/// The one final answer every command gets.
struct Outcome {
  enum class Word { done, confirmed, unconfirmed, rejected, failed, expired, superseded, unknown };

  Word word = Word::done;
  std::string device;  ///< as in its topics
  std::string key;
  std::optional<std::string> id;
  std::string reason;   ///< the word of an Errc; empty: null
  std::string message;  ///< for people; empty: null
  Instant time{};
  std::string vendor_request_id;
  std::optional<Instant> retry_at;
  bool duplicate = false;
};

std::string_view word(Outcome::Word word);

/// Every word that an outcome can have.
inline constexpr Outcome::Word kOutcomeWords[] = {
    Outcome::Word::done,   Outcome::Word::confirmed, Outcome::Word::unconfirmed,
    Outcome::Word::rejected, Outcome::Word::failed,  Outcome::Word::expired,
    Outcome::Word::superseded, Outcome::Word::unknown};

/// The document on the outcome topic.
std::string outcome_document(const Outcome& outcome);

/// The same stored document, marked as the answer to a repetition.
std::string as_duplicate(const std::string& document);

/// A failed command's outcome: `rejected` for invalid_argument, otherwise `failed`.
Outcome outcome_of(const Error& error, Instant now);

}  // namespace bridge
