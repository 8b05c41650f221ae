#include "bridge/mapper.hpp"

namespace bridge {
namespace {

Errc code_of(int status) {
  switch (status) {
    case 401:
      return Errc::unauthorized;
    case 404:
      return Errc::not_found;
    case 408:
    case 504:
      return Errc::timeout;
    case 429:
      return Errc::rate_limited;
    default:
      break;
  }
  if (status >= 500 && status <= 599) return Errc::network;
  if (status >= 400 && status <= 499) return Errc::refused;
  return Errc::malformed;
}

std::string first_text(const Json& body, std::initializer_list<std::string_view> pointers) {
  for (const std::string_view pointer : pointers) {
    std::string found = text(body, pointer);
    if (!found.empty()) return found;
  }
  return {};
}

/// The complaints of a validator, [{"loc": ["body", "level"], "msg": "..."}], as one text.
std::string complaints(const Json& list) {
  std::string all;
  for (const Json& each : items(list)) {
    const std::string message = text(each, "/msg");
    if (message.empty()) continue;
    std::string place;
    for (const Json& step : items(at(each, "/loc"))) {
      place += (place.empty() ? "" : ".") + text(step, "");
    }
    all += all.empty() ? "" : "; ";
    all += place.empty() ? message : place + ": " + message;
  }
  return all;
}

/// Whether a text is a vendor's word, such as "insufficient_scope", and not a sentence.
bool is_word(std::string_view text) {
  return !text.empty() && text.find_first_of(" \t\r\n") == std::string_view::npos;
}

}  // namespace

Result<Json> by_status(Reply reply) {
  if (reply.status >= 200 && reply.status <= 299) {
    if (!reply.plain.empty()) return Error(Errc::malformed, "the answer is not JSON");
    return std::move(reply.body);
  }

  std::string vendor_code = first_text(reply.body, {"/error/code", "/code", "/errors/0/code"});
  std::string message = first_text(reply.body, {"/error/message", "/message", "/detail",
                                                "/errors/0/message", "/errors/0/detail",
                                                "/errors/0/title"});
  if (message.empty()) message = complaints(at(reply.body, "/detail"));
  const std::string short_form = text(reply.body, "/error");
  if (vendor_code.empty() && is_word(short_form)) vendor_code = short_form;
  if (message.empty() && short_form != vendor_code) message = short_form;
  const bool is_page = reply.plain.find('<') != std::string::npos;
  if (message.empty() && !is_page) message = reply.plain;

  std::string sentence = "the vendor answered with status " + std::to_string(reply.status);
  if (!vendor_code.empty()) sentence += " (" + vendor_code + ")";
  if (!message.empty()) sentence += ": " + message;

  Error error(code_of(reply.status), std::move(sentence));
  error.status = reply.status;
  error.vendor_code = std::move(vendor_code);
  error.request_id = first_text(reply.body, {"/error/request_id", "/request_id"});
  if (!reply.request_id.empty()) error.request_id = std::move(reply.request_id);
  error.retry_after = reply.retry_after;
  return error;
}

Task<void> list_each(Vendor& vendor, Fleet& fleet, const Json& ids,
                     Task<void> (*add)(Vendor& vendor, Fleet& fleet, std::string id)) {
  if (!ids.is_array()) co_return Error(Errc::malformed, "the vendor's list is no list");
  for (const Json& each : items(ids)) {
    std::string id = text(each, "");
    const auto added = co_await add(vendor, fleet, id);
    if (added) continue;
    if (added.error().hits_all()) co_return added.error();
    fleet.unread(added.error(), id);
  }
  co_return success();
}

std::string url_encoded(std::string_view part) {
  constexpr std::string_view kHex = "0123456789ABCDEF";
  std::string out;
  out.reserve(part.size());
  for (const char c : part) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                       c == '-' || c == '.' || c == '_' || c == '~';
    if (plain) {
      out += c;
      continue;
    }
    const auto byte = static_cast<unsigned char>(c);
    out += '%';
    out += kHex[byte >> 4];
    out += kHex[byte & 15];
  }
  return out;
}

}  // namespace bridge
