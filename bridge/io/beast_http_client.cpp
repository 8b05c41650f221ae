#include "io/beast_http_client.hpp"

#include <algorithm>
#include <boost/asio/error.hpp>
#include <optional>
#include <stdexcept>
#include <utility>

#include "io/answer_reader.hpp"
#include "io/fair_gate.hpp"
#include "io/http_stream.hpp"
#include "io/http_wording.hpp"
#include "io/name_lookup.hpp"
#include "io/origin.hpp"
#include "io/tls_trust.hpp"

namespace asio = boost::asio;

namespace bridge {
namespace {

using TimePoint = std::chrono::steady_clock::time_point;

constexpr int kOk = 200;

Origin origin_of(const std::string& url, const char* setting) {
  auto origin = parse_origin(url);
  if (!origin) throw std::runtime_error(setting + (": " + origin.error().message()));
  return *origin;
}

std::string seconds_text(std::chrono::milliseconds span) {
  const auto count = span.count();
  return count % 1000 == 0 ? std::to_string(count / 1000) + " s" : std::to_string(count) + " ms";
}

/// The connection to one origin and the queue in front of it. Requests hold it alive, so that the
/// client may go while they are suspended.
class Connection {
 public:
  Connection(asio::any_io_executor loop, HttpSettings settings)
      : settings_(std::move(settings)),
        origin_(origin_of(settings_.base_url, "base_url")),
        gate_(loop),
        stream_(loop),
        reader_(stream_, settings_.body_limit) {
    if (!settings_.proxy.empty()) {
      proxy_ = origin_of(settings_.proxy, "proxy");
      if (proxy_->tls) throw std::runtime_error("proxy: only http:// proxies are supported");
    }
    if (origin_.tls) {
      tls_.emplace(asio::ssl::context::tls_client);
      trust(tls_->native_handle(), settings_.ca_file);
    }
    names_.emplace(loop, proxy_ ? proxy_->host : origin_.host);
  }

  /// One request from its place in the queue to its answer.
  static Task<HttpReply> send(std::shared_ptr<Connection> self, HttpRequest request,
                              TimePoint until, TimePoint latest) {
    const auto turn = co_await self->gate_.enter(std::min(until, latest));
    if (!turn) co_return self->unsent(request, latest);
    Attempt attempt(*self);
    bool again = self->reuse_connection();
    auto reply = co_await self->exchange(request, until, latest);
    again = again && !reply && reply.error().code() == Errc::network && self->may_repeat(request);
    if (again) {
      self->drop();
      reply = co_await self->exchange(request, until, latest);
    }
    if (!reply) co_return self->explained(reply.error(), request);
    attempt.succeeded(self->reader_.is_reusable());
    co_return std::move(reply);
  }

  void close() {
    closed_ = true;
    gate_.close();
    names_->close();
    stream_.cancel();
  }

 private:
  /// Whatever way a request ends, also by the destruction of its coroutine, only a connection known
  /// to be in order is kept.
  class Attempt {
   public:
    explicit Attempt(Connection& connection) : connection_(connection) {}
    Attempt(const Attempt&) = delete;
    Attempt& operator=(const Attempt&) = delete;
    ~Attempt() {
      if (!keep_) connection_.drop();
    }
    void succeeded(bool keep) {
      keep_ = keep;
      connection_.idle_since_ = std::chrono::steady_clock::now();
    }

   private:
    Connection& connection_;
    bool keep_ = false;
  };

  bool reuse_connection() {
    if (!stream_.is_open()) return false;
    const auto idle = std::chrono::steady_clock::now() - idle_since_;
    if (idle <= settings_.idle_limit && !stream_.is_stale()) return true;
    drop();
    return false;
  }

  /// A kept-alive connection may end just when the next request is under way: whether the server
  /// acted on it, nobody knows. What writes is not written twice.
  bool may_repeat(const HttpRequest& request) const {
    const bool harmless = request.method == Method::get;
    return harmless && reader_.received() == 0 && !closed_;
  }

  void drop() {
    stream_.drop();
    reader_.drop();
  }

  Task<HttpReply> exchange(const HttpRequest& request, TimePoint until, TimePoint latest) {
    reader_.begin();
    const bool absolute = proxy_ && !origin_.tls;
    const auto text = request_text(request, origin_, absolute);
    if (!text) co_return text.error();
    if (!stream_.is_open()) {
      const auto opened = co_await open(until);
      if (!opened) co_return opened.error();
    }
    if (is_over(latest)) co_return too_late();
    stream_.set_deadline(until);
    co_return co_await talk(*text, AnswerReader::Body::allowed);
  }

  /// Connects, by way of the proxy and with TLS as the settings have it.
  Task<void> open(TimePoint until) {
    auto addresses = co_await names_->find(until);
    if (!addresses) co_return addresses.error();
    const auto port = proxy_ ? proxy_->port : origin_.port;
    const auto connected = co_await stream_.connect(std::move(*addresses), port, until);
    if (!connected) {
      names_->forget();
      co_return connected.error();
    }
    if (!origin_.tls) co_return success();
    if (proxy_) {
      const auto tunnel = co_await open_tunnel();
      if (!tunnel) co_return tunnel.error();
    }
    co_return co_await stream_.secure(*tls_, origin_.host);
  }

  Task<void> open_tunnel() {
    const std::string text = tunnel_text(origin_);
    const auto reply = co_await talk(text, AnswerReader::Body::never);
    reader_.begin();
    const std::string proxy = "the proxy " + proxy_->authority();
    if (!reply) co_return Error(reply.error().code(), proxy + ": " + reply.error().message());
    if (reply->status == kOk && reader_.left_over() == 0) co_return success();
    Error refused(Errc::network, proxy + " answered CONNECT with " + std::to_string(reply->status));
    refused.status = reply->status;
    co_return refused;
  }

  /// Writes a request and reads its answer.
  Task<HttpReply> talk(const std::string& text, AnswerReader::Body body) {
    reader_.begin();
    boost::system::error_code failed;
    co_await stream_.write(asio::buffer(text), failed);
    // A server that refuses a long body may answer and close before it has read all of it.
    if (failed && failed != asio::error::broken_pipe && failed != asio::error::connection_reset) {
      co_return reader_.broken(failed);
    }
    co_return co_await reader_.read(body);
  }

  static bool is_over(TimePoint latest) { return std::chrono::steady_clock::now() >= latest; }

  static Error too_late() {
    Error late(Errc::timeout, "its time was over before it could be sent");
    late.unsent = true;
    return late;
  }

  /// Why a request did not get its turn.
  Error unsent(const HttpRequest& request, TimePoint latest) const {
    if (is_over(latest)) return explained(too_late(), request);
    Error busy = explained(Error(Errc::timeout, "earlier requests took too long"), request);
    busy.unsent = !closed_;  // a client that is closed says nothing of its requests
    return busy;
  }

  /// The same error with what was asked of whom.
  Error explained(const Error& error, const HttpRequest& request) const {
    const std::string about = subject(request, origin_) + ": ";
    if (closed_) return Error(Errc::network, about + "broken off, the client is closed");
    const bool is_slow = error.code() == Errc::timeout && !error.unsent;
    const auto within = is_slow ? " within " + seconds_text(request.deadline) : "";
    Error whole(error.code(), about + error.message() + within);
    whole.status = error.status;
    whole.unsent = error.unsent;
    return whole;
  }

  HttpSettings settings_;
  Origin origin_;
  std::optional<Origin> proxy_;
  std::optional<asio::ssl::context> tls_;
  FairGate gate_;
  std::optional<NameLookup> names_;
  HttpStream stream_;
  AnswerReader reader_;
  TimePoint idle_since_{};
  bool closed_ = false;
};

class BeastHttpClient : public HttpClient {
 public:
  explicit BeastHttpClient(std::shared_ptr<Connection> connection)
      : connection_(std::move(connection)) {}
  ~BeastHttpClient() override { connection_->close(); }

  Task<HttpReply> send(HttpRequest request) override {
    const auto now = std::chrono::steady_clock::now();
    const auto until = now + request.deadline;
    const auto latest = request.leaves_within ? now + *request.leaves_within : TimePoint::max();
    return Connection::send(connection_, std::move(request), until, latest);
  }
  void close() override { connection_->close(); }

 private:
  std::shared_ptr<Connection> connection_;
};

}  // namespace

std::unique_ptr<HttpClient> make_beast_http_client(asio::any_io_executor loop,
                                                   HttpSettings settings) {
  return std::make_unique<BeastHttpClient>(
      std::make_shared<Connection>(std::move(loop), std::move(settings)));
}

}  // namespace bridge
