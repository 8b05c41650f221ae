#include "runtime/account_status.hpp"

#include <algorithm>

#include "bridge/timestamp.hpp"
#include "core/json_text.hpp"
#include "runtime/credentials.hpp"

namespace bridge {
namespace {

using namespace std::chrono_literals;

constexpr int kPatience = 3;  // failed attempts until an account is offline

void append_time(std::string& out, std::string_view key, std::optional<Instant> time) {
  out += ",\"";
  out += key;
  out += "\":";
  if (time) {
    append_json(out, format_time(*time));
  } else {
    out += "null";
  }
}

}  // namespace

AccountStatus::AccountStatus(const Topics& topics, std::string account, Publisher& publisher,
                             Clock& clock, Log& log)
    : topics_(topics), account_(std::move(account)), publisher_(publisher), clock_(clock), log_(log), since_(clock.now()) {}

bool AccountStatus::is_down() const {
  return std::any_of(failures_.begin(), failures_.end(), [](const auto& read) { return read.second >= kPatience; });
}

bool AccountStatus::succeeded(std::string_view read, Purpose purpose) {
  const auto failures = failures_.find(read);
  const bool was_refused = reason_ == "unauthorized" || reason_ == kLoginNeeded || reason_ == kConsentRevoked;
  const bool is_back = was_refused || (failures != failures_.end() && failures->second >= kPatience);
  if (failures != failures_.end()) failures_.erase(failures);
  last_success_ = clock_.now();
  if (is_down()) return is_back;
  const bool has_no_quota = reason_ == "rate_limited" || reason_ == "quota_exhausted";
  if (has_no_quota && purpose == Purpose::command) return is_back;
  const bool of_whole_account = reason_ == "vendor_down" || was_refused || has_no_quota;
  if (!of_whole_account && read != "list") return is_back;
  if (reason_ != "ok" && reason_ != "starting") log_.say(Level::notice, account_, "works again");
  become("ok", "", true);
  return is_back;
}

void AccountStatus::recalled() {
  if (reason_ == "starting") become("ok", "", true);
}

void AccountStatus::answered(std::string_view read) {
  const auto failures = failures_.find(read);
  if (failures != failures_.end()) failures_.erase(failures);
}

void AccountStatus::failed(std::string_view read, const Error& error) {
  const std::string& text = error.message();
  switch (error.code()) {
    case Errc::network:
    case Errc::timeout:
      ++failures_[std::string(read)];
      if (!is_down()) return log_.say(Level::warning, account_, text);
      if (reason_ != "vendor_down") log_.say(Level::error, account_, "the vendor cannot be reached: " + text);
      return become("vendor_down", text, false);
    case Errc::unauthorized:
      if (wants_login(error)) {
        if (reason_ != error.vendor_code) log_.say(Level::error, account_, text);
        return become(error.vendor_code, text, false);
      }
      if (reason_ != "unauthorized") {
        log_.say(Level::error, account_, "the vendor refuses the credentials (asked again in an hour): " + text);
      }
      return become("unauthorized", text, false);
    case Errc::rate_limited: {
      const auto seconds = std::chrono::ceil<std::chrono::seconds>(error.retry_after.value_or(0ms)).count();
      const std::string reason = error.quota_used_up ? "quota_exhausted" : "rate_limited";
      if (reason_ != reason) {
        log_.say(Level::warning, account_, text + "; nothing is asked for " + std::to_string(seconds) + " s");
      }
      return become(reason, text, online_);
    }
    case Errc::not_found:
    case Errc::refused:
    case Errc::malformed:
    case Errc::invalid_argument: {
      const std::string reason = error.vendor_code.empty() ? std::string(word(error.code())) : error.vendor_code;
      if (reason_ != reason) log_.say(Level::warning, account_, text);
      return become(reason, text, online_);
    }
  }
}

void AccountStatus::hindered(std::string reason, std::string message) {
  if (hindrance_ == reason) return;
  log_.say(Level::warning, account_, message);
  hindrance_ = std::move(reason);
  is_unsaid_ = true;
}

void AccountStatus::unhindered() {
  if (hindrance_.empty()) return;
  hindrance_.clear();
  is_unsaid_ = true;
}

void AccountStatus::set_gaps(std::string gaps) {
  if (gaps_ == gaps) return;
  gaps_ = std::move(gaps);
  is_unsaid_ = true;
}

void AccountStatus::set_note(const std::string& about, const std::string& note) {
  const auto known = notes_.find(about);
  if ((known == notes_.end() ? "" : known->second) == note) return;
  notes_[about] = note;
  if (note.empty()) notes_.erase(about);
  is_unsaid_ = true;
}

void AccountStatus::update(std::optional<int> quota_left, std::optional<Instant> next_poll) {
  quota_left_ = quota_left;
  next_poll_ = next_poll;
  const bool is_old = reason_ != "starting" && clock_.uptime() - published_at_ >= 1min;
  if (is_unsaid_ || is_old) publish();
}

void AccountStatus::set_devices(std::size_t all, std::size_t offline) {
  devices_ = all;
  offline_ = offline;
}

void AccountStatus::become(std::string reason, std::string message, std::optional<bool> online) {
  if (reason == reason_ && online == online_) return;
  if (reason != reason_) since_ = clock_.now();
  const bool turned = online != online_;
  reason_ = std::move(reason);
  message_ = std::move(message);
  online_ = online;
  if (turned && online_) {
    publisher_.send(Publication{topics_.account_availability(account_), *online_ ? "online" : "offline", 1,
                                Retain::yes, false, {}});
  }
  is_unsaid_ = true;
}

// Before the first success nothing is known: what an earlier process left is not shown as true.
void AccountStatus::republish() {
  publisher_.send(Publication{topics_.account_availability(account_), online_.value_or(false) ? "online" : "offline",
                              1, Retain::yes, false, {}});
  publish();
}

void AccountStatus::publish() {
  published_at_ = clock_.uptime();
  is_unsaid_ = false;
  publisher_.send(Publication{topics_.account_status(account_), document(), 1, Retain::yes, true, {}});
}

std::string AccountStatus::document() const {
  std::string out = "{\"reason\":";
  append_json(out, reason_ == "ok" && !hindrance_.empty() ? hindrance_ : reason_);
  append_time(out, "since", since_);
  out += ",\"message\":";
  const std::string& message = message_.empty() ? gaps_ : message_;
  if (message.empty()) out += "null"; else append_json(out, message);
  out += ",\"quota_left\":" + (quota_left_ ? std::to_string(*quota_left_) : "null");
  out += ",\"devices\":" + std::to_string(devices_);
  out += ",\"devices_offline\":" + std::to_string(offline_);
  append_time(out, "next_poll", next_poll_);
  append_time(out, "last_success", last_success_);
  append_time(out, "token_expires", token_expires_);
  out += ",\"periods\":";
  append_json(out, periods_);
  std::string all;
  for (const auto& [about, note] : notes_) all += (all.empty() ? "" : "; ") + note;
  if (!all.empty()) {
    out += ",\"note\":";
    append_json(out, all);
  }
  return out + '}';
}

}  // namespace bridge
