#include "runtime/vendor_access.hpp"

#include <boost/json/monotonic_resource.hpp>
#include <boost/json/parse.hpp>

#include "core/authorization_url.hpp"
#include "core/characters.hpp"
#include "core/credential_remedy.hpp"
#include "core/json_text.hpp"
#include "core/redact.hpp"
#include "core/retry_after.hpp"
#include "core/web_address.hpp"
#include "runtime/spawn.hpp"

namespace bridge {
namespace {

using namespace std::chrono_literals;

constexpr auto kDeadline = 30s;
constexpr auto kLongWait = 5min;
constexpr auto kShortWait = 5s;  // for a command, and for a token, that others wait for
constexpr auto kRefusedPause = 1h;
constexpr auto kLongestPause = std::chrono::hours(24);
constexpr std::size_t kLongestMessage = 200;   // of a vendor's text
constexpr std::size_t kLongestSentence = 500;  // with the place it belongs to
constexpr std::size_t kLongestType = 60;       // of an answer
constexpr std::size_t kLongestBegin = 60;      // of an answer that is not JSON
constexpr std::size_t kLookedAt = 4096;        // of it, for secrets that reach into that

std::string_view verb(Method method) {
  switch (method) {
    case Method::get: return "GET";
    case Method::put: return "PUT";
    case Method::post: return "POST";
    case Method::patch: return "PATCH";
  }
  return "GET";
}

std::vector<Quota> quotas_of(const AccountConfiguration& account) {
  if (account.quotas) return *account.quotas;
  return {account.mapper->quotas.begin(), account.mapper->quotas.end()};
}

// One block of memory for the whole answer: a page of a hundred pumps is read, compared and thrown
// away, and nothing of it needs an allocation of its own.
Json parsed(const std::string& body, bool& is_json) {
  is_json = false;
  if (body.empty()) return {};
  boost::system::error_code error;
  boost::json::parse_options options;
  options.max_depth = 32;
  auto memory = boost::json::make_shared_resource<boost::json::monotonic_resource>(body.size() * 3);
  Json value = boost::json::parse(body, error, std::move(memory), options);
  is_json = !error;
  if (error) return {};
  return value;
}

}  // namespace

VendorAccess::VendorAccess(const AccountConfiguration& configuration,
                           const std::vector<std::string>& all_secrets, Clock& the_clock,
                           Store& the_store, Log& the_log)
    : account(configuration),
      settings(configuration.settings),
      secrets(all_secrets),
      clock(the_clock),
      store(the_store),
      log(the_log),
      budget(quotas_of(configuration), configuration.mapper->command_reserve),
      ledger(configuration.name, the_clock, the_store, budget),
      unasked_pause(30s, 15min),
      credentials(configuration, the_clock, store, the_log),
      path_prefix(path_of(configuration.base_url)) {
  pauses_for_quota = ledger.restore();
}

void VendorAccess::spend(Purpose purpose) {
  budget.spend(clock.uptime(), purpose);
  ledger.spent();
}

VendorLane::VendorLane(VendorAccess& access, const HttpClients& clients, Purpose purpose,
                       boost::asio::any_io_executor loop)
    : access_(access), client_(clients(access.account)), purpose_(purpose), loop_(std::move(loop)), unsigned_(*this) {
  if (access.account.mapper->auth.oauth2 == nullptr) return;
  tokens_.emplace(access.account, access.clock,
                  [this](HttpRequest request) { return send_token_request(std::move(request)); });
  AccountConfiguration elsewhere = access.account;
  elsewhere.base_url = origin_of(token_url_of(access.account));
  if (elsewhere.base_url != origin_of(access.account.base_url)) token_http_ = clients(elsewhere);
}

Task<Json> VendorLane::Unsigned::request(Method method, std::string path, Json body) {
  return lane_.send(method, std::move(path), std::move(body), Authorize::no);
}

Task<Json> VendorLane::request(Method method, std::string path, Json body) {
  if (method == Method::get && ahead_ != nullptr && ahead_->path == path) {
    const auto ahead = std::exchange(ahead_, nullptr);
    while (!ahead->answer) co_await ahead->alarm->wait(1h);
    co_return std::move(*ahead->answer);
  }
  co_return co_await send(method, std::move(path), std::move(body), Authorize::yes);
}

void VendorLane::ahead(std::string path) {
  ahead_ = std::make_shared<Ahead>();
  ahead_->path = std::move(path);
  ahead_->alarm = access_.clock.make_alarm();
  ++fetching_;
  spawn(loop_, fetch_ahead(ahead_));
}

boost::asio::awaitable<void> VendorLane::fetch_ahead(std::shared_ptr<Ahead> ahead) {
  std::string path = ahead->path;
  ahead->answer = co_await send(Method::get, std::move(path), Json(), Authorize::yes);
  ahead->alarm->ring();
  --fetching_;
}

Task<Json> VendorLane::send(Method method, std::string path, Json body, Authorize authorize) {
  const Purpose purpose = purpose_;
  std::string written;
  if (!body.is_null()) append_json(written, body);

  for (bool again = false;; again = true) {
    if (authorize == Authorize::yes && access_.clock.uptime() < access_.refused_until) {
      Error refused(Errc::unauthorized, "the vendor refused the credentials a while ago");
      refused.unsent = true;
      co_return described(method, path, refused);
    }
    std::string token;
    if (authorize == Authorize::yes) {
      TokenClient* const tokens = tokens_ ? &*tokens_ : nullptr;
      auto got = co_await access_.credentials.token(unsigned_, tokens, purpose);
      if (!got) {
        Error error = without_secrets(got.error(), got.error().message(), kLongestSentence);
        if (error.code() == Errc::unauthorized && !wants_login(error)) {
          access_.refused_until = access_.clock.uptime() + kRefusedPause;
          error = with_remedy(error);
        }
        error.unsent = true;
        co_return error;
      }
      token = std::move(*got);
    }
    if (auto paused = co_await wait_for_quota(purpose)) {
      paused->unsent = true;
      co_return described(method, path, *paused);
    }
    if (method != Method::get && send_before_ && access_.clock.uptime() >= *send_before_) {
      Error late(Errc::timeout, "its time was over before it could be sent");
      late.unsent = true;
      co_return described(method, path, late);
    }

    auto answer = co_await send_once(method, path, written, token);
    const bool refused = !answer && answer.error().status == 401 && authorize == Authorize::yes;
    if (refused && !again && access_.credentials.renewable(token)) continue;
    if (refused) access_.refused_until = access_.clock.uptime() + kRefusedPause;
    if (refused) co_return with_remedy(answer.error());
    if (answer && authorize == Authorize::yes) access_.credentials.accepted(token);
    co_return answer;
  }
}

boost::asio::awaitable<std::optional<Error>> VendorLane::wait_for_quota(Purpose purpose) {
  for (;;) {
    const auto now = access_.clock.uptime();
    const auto pause = access_.budget.wait(purpose, now);
    if (pause <= 0ms) {
      access_.spend(purpose);
      co_return std::nullopt;
    }
    // A poll that stands still for long would hide why: it fails, and is made again at that time.
    const bool cannot_wait = purpose == Purpose::spare ||
                             (purpose != Purpose::poll && pause > kShortWait) || pause >= kLongWait;
    if (cannot_wait || access_.budget.paused_until(now)) {
      Error error(Errc::rate_limited, "no more requests are allowed at the moment");
      error.retry_after = pause;
      error.quota_used_up = !access_.budget.paused_until(now) || access_.pauses_for_quota;
      co_return error;
    }
    const auto alarm = access_.clock.make_alarm();
    pauses_.insert(alarm.get());
    co_await alarm->wait(pause);
    pauses_.erase(alarm.get());
    if (closed_) co_return Error(Errc::network, "the bridge stops");
  }
}

void VendorLane::close() {
  closed_ = true;
  client_->close();
  if (token_http_) token_http_->close();
  for (Alarm* pause : pauses_) pause->ring();
}

std::chrono::milliseconds VendorLane::deadline() const {
  if (!latest_) return kDeadline;
  return std::clamp<std::chrono::milliseconds>(*latest_ - access_.clock.uptime(), 1ms, kDeadline);
}

// Everything waits for a token: it may take some of what is reserved for commands, and a command's
// own all of it.
Task<HttpReply> VendorLane::send_token_request(HttpRequest request) {
  const Purpose purpose = purpose_ == Purpose::command ? Purpose::command : Purpose::token;
  if (auto paused = co_await wait_for_quota(purpose)) {
    paused->unsent = true;
    co_return *paused;
  }
  request.deadline = deadline();
  HttpClient& client = token_http_ ? *token_http_ : *client_;
  auto reply = co_await client.send(std::move(request));
  if (reply && reply->status == 429) {
    Error busy(Errc::rate_limited, "no more tokens are given at the moment");
    busy.retry_after = retry_after(reply->header("retry-after"), access_.clock.now());
    access_.weighed(busy);
  }
  if (reply) {
    if (const auto used_up = hidden_quota(*reply)) co_return *used_up;
  }
  co_return reply;
}

// A 400 that hides a quota may be a token's, too, unless OAuth's word says what it means. A token
// that is given shows that there is quota.
std::optional<Error> VendorLane::hidden_quota(const HttpReply& reply) {
  const auto judge = access_.account.mapper->judge;
  bool is_json = false;
  Reply answer{reply.status, parsed(reply.body, is_json), {}, {}, {}};
  if (reply.status / 100 == 2 && is_json) access_.suspects_quota = false;
  if (reply.status != 400 || judge == nullptr || is_oauth_word(text(answer.body, "/error"))) return std::nullopt;
  const auto verdict = judge(std::move(answer));
  if (verdict || !verdict.error().pause_if_repeated) return std::nullopt;
  const Error weighed = access_.weighed(verdict.error());
  return weighed.quota_used_up ? std::optional(weighed) : std::nullopt;
}

Task<Json> VendorLane::send_once(Method method, std::string path, std::string body, std::string token) {
  HttpRequest request;
  request.method = method;
  request.target = access_.path_prefix + path;
  request.deadline = deadline();
  if (!token.empty()) request.headers.emplace_back("Authorization", "Bearer " + token);
  if (method != Method::get) request.headers.emplace_back("Content-Type", "application/json");
  if (method != Method::get && send_before_) {  // it may still wait for the connection
    request.leaves_within = *send_before_ - access_.clock.uptime();
  }
  request.body = std::move(body);

  const auto begin = access_.clock.uptime();
  ++sent_;
  auto reply = co_await client_->send(std::move(request));
  const auto took = std::to_string((access_.clock.uptime() - begin).count()) + " ms";
  const std::string result = reply ? std::to_string(reply->status) : std::string(word(reply.error().code()));
  access_.log.say(Level::debug, access_.account.name,
                  std::string(verb(method)) + ' ' + path.substr(0, path.find('?')) + ": " + result + " after " + took);
  if (!reply) co_return described(method, path, reply.error());
  co_return judged(method, path, std::move(*reply));
}

Result<Json> VendorLane::judged(Method method, const std::string& path, HttpReply reply) {
  access_.hear_quota(reply);
  bool is_json = false;
  // Initialized, not assigned: assigning would copy the answer out of its block.
  Reply answer{reply.status, parsed(reply.body, is_json), std::string(reply.header("x-request-id")),
               retry_after(reply.header("retry-after"), access_.clock.now()), {}};
  const std::string instead = is_json || reply.body.empty() ? "" : not_json(reply);
  if (!is_json) answer.plain = std::move(reply.body);

  const auto judge = access_.account.mapper->judge;
  auto verdict = judge == nullptr ? by_status(std::move(answer)) : judge(std::move(answer));
  if (verdict) {
    access_.unasked_pause.succeeded();
    access_.suspects_quota = false;
    return verdict;
  }
  Error error = described(method, path, access_.weighed(verdict.error()));
  if (error.message().ends_with("is not JSON")) {
    error = without_secrets(error, error.message() + instead, kLongestSentence);
  }
  if (error.status == 0) error.status = reply.status;
  return error;
}

/// What came instead of JSON, for a report: ` (status 200) but text/html, "<html>..."`.
std::string VendorLane::not_json(const HttpReply& reply) const {
  const auto secrets = access_.all_secrets();
  const std::string_view header = reply.header("content-type");
  const std::string type = redacted(header.substr(0, header.find(';')), secrets, kLongestType);
  const std::string body = redacted(reply.body.substr(0, kLookedAt), secrets);
  std::string all = " (status " + std::to_string(reply.status) + ") but " +
                    (type.empty() ? "of no type" : type) + ", \"" + shortened(body, kLongestBegin) + '"';
  const bool is_page = type.find("html") != std::string::npos || body.starts_with('<');
  return all + (is_page ? ": perhaps a maintenance page" : "");
}

Error VendorAccess::weighed(Error error) {
  if (error.pause_if_repeated && std::exchange(suspects_quota, true)) {
    const auto pause = error.pause_if_repeated;
    error = error.as(Errc::rate_limited);
    error.retry_after = pause;
    error.quota_used_up = true;
  }
  if (error.code() != Errc::rate_limited) return error;
  const auto now = clock.uptime();
  const auto told = budget.wait(Purpose::command, now);
  const auto asked = error.retry_after ? *error.retry_after : told;
  const bool sensible = asked > 0ms && asked <= kLongestPause;
  const auto pause = sensible ? asked : unasked_pause.failed(0.5);
  pauses_for_quota = error.quota_used_up;
  budget.pause(now + pause);
  ledger.paused(*budget.paused_until(now), pauses_for_quota);
  error.retry_after = pause;
  return error;
}

void VendorAccess::hear_quota(const HttpReply& reply) {
  for (const QuotaHeaders& names : account.mapper->quota_headers) {
    ToldQuota told = told_quota(names.per, reply.header(names.limit),
                                reply.header(names.remaining), reply.header(names.reset));
    if (account.quotas) told.limit.reset();  // the user's word stands
    budget.told(names.per, told, clock.uptime());
  }
}

std::vector<std::string> VendorAccess::all_secrets() const {
  std::vector<std::string> all = secrets;
  for (std::string& secret : credentials.secrets()) all.push_back(std::move(secret));
  return all;
}

Error VendorLane::described(Method method, const std::string& path, const Error& error) const {
  const std::string where = std::string(verb(method)) + ' ' + path.substr(0, path.find('?'));
  const std::string& what = error.message();
  if (what.starts_with(verb(method))) return without_secrets(error, what, kLongestSentence);
  // The vendor's text is what gets cut, not the place it belongs to.
  const std::string cut = redacted(what, access_.all_secrets(), kLongestMessage);
  return without_secrets(error, where + ": " + cut, where.size() + kLongestMessage + 2);
}

Error VendorLane::with_remedy(const Error& error) const {
  const std::string remedy = credential_remedy(access_.account);
  if (remedy.empty()) return error;
  return without_secrets(error, error.message() + "; " + remedy, kLongestSentence + remedy.size());
}

Error VendorLane::without_secrets(const Error& error, const std::string& sentence,
                                  std::size_t longest) const {
  const auto secrets = access_.all_secrets();
  Error clean(error.code(), redacted(sentence, secrets, longest));
  clean.status = error.status;
  clean.vendor_code = redacted(error.vendor_code, secrets, kLongestMessage);
  clean.request_id = redacted(error.request_id, secrets, kLongestMessage);
  clean.retry_after = error.retry_after;
  clean.permanent = error.permanent;
  clean.unsent = error.unsent;
  clean.quota_used_up = error.quota_used_up;
  return clean;
}

}  // namespace bridge
