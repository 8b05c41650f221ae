#pragma once

#include <deque>
#include <memory>
#include <optional>
#include <set>
#include <string>

#include "core/configuration.hpp"
#include "core/quota_budget.hpp"
#include "core/retry_policy.hpp"
#include "runtime/credentials.hpp"
#include "runtime/ports.hpp"
#include "runtime/request_ledger.hpp"

namespace bridge {

/// What all requests of one account share: its configuration, its quota and its credentials.
struct VendorAccess {
  VendorAccess(const AccountConfiguration& configuration, const std::vector<std::string>& secrets,
               Clock& clock, Store& store, Log& log);

  const AccountConfiguration& account;
  Settings settings;  ///< the account's, as far as the vendor permits them
  const std::vector<std::string>& secrets;
  Clock& clock;
  Store& store;
  Log& log;
  QuotaBudget budget;
  RequestLedger ledger;
  RetryPolicy unasked_pause;  ///< for a 429 that names no time
  Credentials credentials;
  std::string path_prefix;  ///< of the base URL
  /// The vendor refused the credentials: it is not asked again before this moment (monotonic).
  std::chrono::milliseconds refused_until{};
  bool suspects_quota = false;   ///< there was one such failure since the last success
  bool pauses_for_quota = false;  ///< the account's pause is for the quota, not for a 429

  /// One more request: counted, also in the store, so that a process that dies again and again does
  /// not ask again and again.
  void spend(Purpose purpose);

  /// Takes in what the vendor's headers say of its quota.
  void hear_quota(const HttpReply& reply);
  /// A vendor that hides its quota behind another status: the second such failure without a success
  /// in between is the quota's. A rate-limited failure pauses the account.
  Error weighed(Error error);

  /// What must not be seen in a message: the configured secrets and the tokens in use.
  std::vector<std::string> all_secrets() const;
};

/// Whose token a request carries.
enum class Authorize { yes, no };

/// One kept-alive connection of an account, for polls or for commands: neither waits behind the
/// other. Adds the token, keeps the quota, renews once after a 401, asks the mapper to judge.
class VendorLane : public Vendor {
 public:
  VendorLane(VendorAccess& access, const HttpClients& clients, Purpose purpose,
             boost::asio::any_io_executor loop);

  Task<Json> request(Method method, std::string path, Json body) override;
  void ahead(std::string path) override;
  const Settings& settings() const override { return access_.settings; }
  Instant now() const override { return access_.clock.now(); }

  /// What the requests from now on are for. A spare read's request does not wait for quota: it is
  /// refused (rate_limited, unsent), with the time to come again.
  void ask_for(Purpose purpose) { purpose_ = purpose; }
  /// What writes must leave before this moment, or not at all; nothing: any time.
  void send_before(std::optional<std::chrono::milliseconds> uptime) { send_before_ = uptime; }
  /// No request may last beyond this moment any more.
  void shorten_deadline(std::chrono::milliseconds uptime) { latest_ = uptime; }
  /// Breaks off what runs or waits for its quota, and refuses what comes.
  void close();
  /// How many requests were sent so far, but for those of OAuth 2.0.
  std::uint64_t sent() const { return sent_; }
  /// Whether nothing is fetched ahead at the moment.
  bool is_idle() const { return fetching_ == 0; }

 private:
  struct Ahead {
    std::string path;
    std::unique_ptr<Alarm> alarm;
    std::optional<Result<Json>> answer;
  };
  /// The sign-in's view: the same connection without a token.
  class Unsigned : public Vendor {
   public:
    explicit Unsigned(VendorLane& lane) : lane_(lane) {}
    Task<Json> request(Method method, std::string path, Json body) override;
    void ahead(std::string) override {}
    const Settings& settings() const override { return lane_.settings(); }
    Instant now() const override { return lane_.now(); }

   private:
    VendorLane& lane_;
  };

  Task<Json> send(Method method, std::string path, Json body, Authorize authorize);
  Task<Json> send_once(Method method, std::string path, std::string body, std::string token);
  Task<HttpReply> send_token_request(HttpRequest request);
  /// The failure of a token request whose 400 means that the quota is used up; nothing: it does not.
  std::optional<Error> hidden_quota(const HttpReply& reply);
  std::chrono::milliseconds deadline() const;
  boost::asio::awaitable<std::optional<Error>> wait_for_quota(Purpose purpose);
  Result<Json> judged(Method method, const std::string& path, HttpReply reply);
  Error described(Method method, const std::string& path, const Error& error) const;
  std::string not_json(const HttpReply& reply) const;
  /// A refusal of the credentials, with the settings to mend.
  Error with_remedy(const Error& error) const;
  Error without_secrets(const Error& error, const std::string& sentence, std::size_t longest) const;
  boost::asio::awaitable<void> fetch_ahead(std::shared_ptr<Ahead> ahead);

  VendorAccess& access_;
  std::unique_ptr<HttpClient> client_;
  std::unique_ptr<HttpClient> token_http_;  // where the token endpoint has an origin of its own
  std::optional<TokenClient> tokens_;       // for OAuth 2.0
  Purpose purpose_;
  boost::asio::any_io_executor loop_;
  Unsigned unsigned_;
  std::shared_ptr<Ahead> ahead_;
  std::set<Alarm*> pauses_;  // of those that wait for their quota
  bool closed_ = false;
  int fetching_ = 0;  // ahead
  std::uint64_t sent_ = 0;
  std::optional<std::chrono::milliseconds> latest_;
  std::optional<std::chrono::milliseconds> send_before_;
};

}  // namespace bridge
