#include "io/beast_http_client.hpp"

#include <boost/asio/error.hpp>
#include <boost/asio/ssl/error.hpp>
#include <boost/beast/core/error.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/error.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>
#include <optional>
#include <stdexcept>
#include <utility>

#include "io/fair_gate.hpp"
#include "io/gzip.hpp"
#include "io/http_stream.hpp"
#include "io/http_wording.hpp"
#include "io/name_lookup.hpp"
#include "io/origin.hpp"
#include "io/tls_trust.hpp"

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;

namespace bridge {
namespace {

using boost::system::error_code;
using Parser = http::response_parser<http::string_body>;
using TimePoint = std::chrono::steady_clock::time_point;

constexpr std::uint32_t kHeaderLimit = 64 * 1024;
constexpr std::size_t kReadSize = 64 * 1024;
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

std::string lower_case(std::string_view text) {
  std::string lower(text);
  for (char& c : lower) {
    if (c >= 'A' && c <= 'Z') c += 'a' - 'A';
  }
  return lower;
}

/// The connection to one origin and the queue in front of it. Requests hold it alive, so that the
/// client may go while they are suspended.
class Connection : public std::enable_shared_from_this<Connection> {
 public:
  Connection(asio::any_io_executor loop, HttpSettings settings)
      : settings_(std::move(settings)),
        origin_(origin_of(settings_.base_url, "base_url")),
        gate_(loop),
        stream_(loop) {
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
                              TimePoint until) {
    const auto turn = co_await self->gate_.enter(until);
    if (!turn) {
      co_return self->explained(Error(Errc::timeout, "earlier requests took too long"), request);
    }
    Attempt attempt(*self);
    bool again = self->reuse_connection();
    auto reply = co_await self->exchange(request, until);
    again = again && !reply && reply.error().code() == Errc::network && self->may_repeat(request);
    if (again) {
      self->drop();
      reply = co_await self->exchange(request, until);
    }
    if (!reply) co_return self->explained(reply.error(), request);
    attempt.succeeded(self->keep_alive_);
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

  /// A kept-alive connection may end just when the next request is under way.
  bool may_repeat(const HttpRequest& request) const {
    const bool harmless = request.method == Method::get || request.method == Method::put;
    return harmless && received_ == 0 && !closed_;
  }

  void drop() {
    stream_.drop();
    buffer_.clear();
    buffer_.shrink_to_fit();
  }

  Task<HttpReply> exchange(const HttpRequest& request, TimePoint until) {
    received_ = 0;
    const bool absolute = proxy_ && !origin_.tls;
    const auto text = request_text(request, origin_, absolute);
    if (!text) co_return text.error();
    if (!stream_.is_open()) {
      const auto opened = co_await open(until);
      if (!opened) co_return opened.error();
    }
    stream_.set_deadline(until);
    co_return co_await talk(*text, false);
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
    const auto reply = co_await talk(text, true);
    received_ = 0;
    const std::string proxy = "the proxy " + proxy_->authority();
    if (!reply) co_return Error(reply.error().code(), proxy + ": " + reply.error().message());
    if (reply->status == kOk && buffer_.size() == 0) co_return success();
    Error refused(Errc::network, proxy + " answered CONNECT with " + std::to_string(reply->status));
    refused.status = reply->status;
    co_return refused;
  }

  /// Writes a request and reads its answer; `tunnel`: an answer that never has a body.
  Task<HttpReply> talk(const std::string& text, bool tunnel) {
    error_code failed;
    co_await stream_.write(asio::buffer(text), failed);
    // A server that refuses a long body may answer and close before it has read all of it.
    if (failed && failed != asio::error::broken_pipe && failed != asio::error::connection_reset) {
      co_return broken(failed);
    }
    std::optional<Parser> parser;
    do {
      parser.emplace();
      parser->header_limit(kHeaderLimit);
      parser->body_limit(settings_.body_limit);
      parser->eager(true);
      parser->skip(tunnel);
      const auto complete = co_await read_into(*parser);
      if (!complete) co_return complete.error();
    } while (parser->get().result_int() < kOk);
    keep_alive_ = parser->keep_alive() && buffer_.size() == 0;
    co_return reply_of(parser->release());
  }

  Task<void> read_into(Parser& parser) {
    bool has_start_line = false;
    for (;;) {
      error_code failed;
      if (buffer_.size() != 0) {
        const std::size_t used = parser.put(buffer_.data(), failed);
        has_start_line = has_start_line || used != 0;
        buffer_.consume(used);
        if (failed && failed != http::error::need_more) co_return misread(failed);
        if (parser.is_done()) co_return success();
      }
      const auto room = buffer_.prepare(kReadSize);
      const std::size_t count = co_await stream_.read_some(room, failed);
      if (failed == asio::error::eof && parser.is_header_done()) {
        // An answer without a length ends with its connection.
        parser.put_eof(failed);
        if (!failed && parser.is_done()) co_return success();
      }
      if (failed && buffer_.size() != 0 && !has_start_line && !looks_like_http()) {
        co_return misread(http::error::bad_version);
      }
      if (failed) co_return broken(failed);
      buffer_.commit(count);
      received_ += count;
    }
  }

  bool looks_like_http() const {
    const auto data = buffer_.data();
    return std::string_view(static_cast<const char*>(data.data()), data.size())
        .starts_with("HTTP/");
  }

  Result<HttpReply> reply_of(http::response<http::string_body> message) const {
    HttpReply reply;
    reply.status = static_cast<int>(message.result_int());
    for (const auto& field : message) {
      reply.headers.emplace_back(
          lower_case({field.name_string().data(), field.name_string().size()}),
          std::string(field.value()));
    }
    reply.body = std::move(message.body());
    const std::string coding = lower_case(reply.header("content-encoding"));
    if (coding.empty() || coding == "identity" || reply.body.empty()) return reply;
    if (coding != "gzip" && coding != "x-gzip" && coding != "deflate") {
      return Error(Errc::malformed, "the answer is packed in an unknown way");
    }
    auto plain = unpack(reply.body, settings_.body_limit);
    if (!plain) return plain.error();
    reply.body = std::move(*plain);
    return reply;
  }

  /// The connection failed while the answer was awaited.
  Error broken(error_code failed) const {
    const std::string so_far =
        received_ == 0 ? "without an answer" : "after " + std::to_string(received_) + " bytes";
    if (failed == beast::error::timeout) {
      return Error(Errc::timeout, received_ == 0 ? "no answer" : "the answer stopped " + so_far);
    }
    const bool ended = failed == asio::error::eof || failed == asio::ssl::error::stream_truncated ||
                       failed == http::error::partial_message;
    return Error(Errc::network,
                 "the connection " + (ended ? "was closed " + so_far
                                            : "broke " + so_far + ": " + failed.message()));
  }

  /// The answer is not HTTP, or more of it than allowed.
  Error misread(error_code failed) const {
    if (failed == http::error::header_limit) {
      return Error(Errc::malformed,
                   "the answer's headers exceed " + std::to_string(kHeaderLimit / 1024) + " KiB");
    }
    if (failed == http::error::body_limit) {
      return Error(Errc::malformed,
                   "the answer exceeds " + std::to_string(settings_.body_limit) + " bytes");
    }
    return Error(Errc::malformed, "the answer is not HTTP (" + failed.message() + ")");
  }

  /// The same error with what was asked of whom.
  Error explained(const Error& error, const HttpRequest& request) const {
    const std::string about = subject(request, origin_) + ": ";
    if (closed_) return Error(Errc::network, about + "broken off, the client is closed");
    const auto within =
        error.code() == Errc::timeout ? " within " + seconds_text(request.deadline) : "";
    Error whole(error.code(), about + error.message() + within);
    whole.status = error.status;
    return whole;
  }

  HttpSettings settings_;
  Origin origin_;
  std::optional<Origin> proxy_;
  std::optional<asio::ssl::context> tls_;
  FairGate gate_;
  std::optional<NameLookup> names_;
  HttpStream stream_;
  beast::flat_buffer buffer_;
  TimePoint idle_since_{};
  std::size_t received_ = 0;  ///< bytes of the answer being read
  bool keep_alive_ = false;
  bool closed_ = false;
};

class BeastHttpClient : public HttpClient {
 public:
  explicit BeastHttpClient(std::shared_ptr<Connection> connection)
      : connection_(std::move(connection)) {}
  ~BeastHttpClient() override { connection_->close(); }

  Task<HttpReply> send(HttpRequest request) override {
    const auto until = std::chrono::steady_clock::now() + request.deadline;
    return Connection::send(connection_, std::move(request), until);
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
