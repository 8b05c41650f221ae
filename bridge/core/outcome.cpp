#include "core/outcome.hpp"

#include "bridge/timestamp.hpp"
#include "core/json_text.hpp"

namespace bridge {
namespace {

constexpr std::string_view kDuplicate = ",\"duplicate\":true}";

/// A member with text, or null where there is none.
void append_member(std::string& out, std::string_view name, std::string_view text, bool known) {
  out += out.empty() ? '{' : ',';
  append_json(out, name);
  out += ':';
  if (known) {
    append_json(out, text);
  } else {
    out += "null";
  }
}

}  // namespace

std::string_view word(Outcome::Word word) {
  switch (word) {
    case Outcome::Word::done:
      return "done";
    case Outcome::Word::confirmed:
      return "confirmed";
    case Outcome::Word::unconfirmed:
      return "unconfirmed";
    case Outcome::Word::rejected:
      return "rejected";
    case Outcome::Word::failed:
      return "failed";
    case Outcome::Word::expired:
      return "expired";
    case Outcome::Word::superseded:
      return "superseded";
    case Outcome::Word::unknown:
      return "unknown";
  }
  return "unknown";
}

std::string outcome_document(const Outcome& outcome) {
  std::string out;
  append_member(out, "id", outcome.id.value_or(""), outcome.id.has_value());
  append_member(out, "key", outcome.key, true);
  append_member(out, "outcome", word(outcome.word), true);
  append_member(out, "reason", outcome.reason, !outcome.reason.empty());
  append_member(out, "message", outcome.message, !outcome.message.empty());
  append_member(out, "time", format_time(outcome.time), true);
  if (!outcome.device.empty()) append_member(out, "device", outcome.device, true);
  if (!outcome.vendor_request_id.empty()) {
    append_member(out, "vendor_request_id", outcome.vendor_request_id, true);
  }
  if (outcome.retry_at) append_member(out, "retry_at", format_time(*outcome.retry_at), true);
  out += '}';
  return outcome.duplicate ? as_duplicate(out) : out;
}

std::string as_duplicate(const std::string& document) {
  if (document.empty() || document.ends_with(kDuplicate)) return document;
  return document.substr(0, document.size() - 1).append(kDuplicate);
}

Outcome outcome_of(const Error& error, Instant now) {
  Outcome outcome;
  const bool refused = error.code() == Errc::invalid_argument;
  outcome.word = refused ? Outcome::Word::rejected : Outcome::Word::failed;
  outcome.reason = word(error.code());
  outcome.message = error.message();
  outcome.time = now;
  outcome.vendor_request_id = error.request_id;
  if (error.retry_after) outcome.retry_at = now + *error.retry_after;
  return outcome;
}

}  // namespace bridge
