#include "io/answer_reader.hpp"

#include <boost/asio/error.hpp>
#include <boost/asio/ssl/error.hpp>
#include <boost/beast/core/error.hpp>
#include <boost/beast/http/error.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "io/gzip.hpp"
#include "io/origin.hpp"

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;

namespace bridge {
namespace {

using boost::system::error_code;

constexpr std::uint32_t kHeaderLimit = 64 * 1024;
constexpr std::size_t kReadSize = 64 * 1024;
constexpr int kFirstFinalStatus = 200;

Result<HttpReply> reply_of(http::response<http::string_body> message, std::size_t body_limit) {
  HttpReply reply;
  reply.status = static_cast<int>(message.result_int());
  for (const auto& field : message) {
    reply.headers.emplace_back(lower_case({field.name_string().data(), field.name_string().size()}),
                               std::string(field.value()));
  }
  reply.body = std::move(message.body());
  const std::string coding = lower_case(reply.header("content-encoding"));
  if (coding.empty() || coding == "identity" || reply.body.empty()) return reply;
  if (coding != "gzip" && coding != "x-gzip" && coding != "deflate") {
    return Error(Errc::malformed, "the answer is packed in an unknown way");
  }
  auto plain = unpack(reply.body, body_limit);
  if (!plain) return plain.error();
  reply.body = std::move(*plain);
  return reply;
}

}  // namespace

struct AnswerReader::Parser : http::response_parser<http::string_body> {};

Task<HttpReply> AnswerReader::read(Body body) {
  std::optional<Parser> parser;
  do {
    parser.emplace();
    parser->header_limit(kHeaderLimit);
    parser->body_limit(body_limit_);
    parser->eager(true);
    parser->skip(body == Body::never);
    const auto complete = co_await read_into(*parser);
    if (!complete) co_return complete.error();
  } while (parser->get().result_int() < kFirstFinalStatus);
  keep_alive_ = parser->keep_alive();
  co_return reply_of(parser->release(), body_limit_);
}

Task<void> AnswerReader::read_into(Parser& parser) {
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

bool AnswerReader::looks_like_http() const {
  constexpr std::string_view kBegin = "HTTP/";
  const auto data = buffer_.data();
  const std::string_view came(static_cast<const char*>(data.data()), data.size());
  return came.starts_with(kBegin.substr(0, came.size()));
}

Error AnswerReader::broken(error_code failed) const {
  const std::string so_far =
      received_ == 0 ? "without an answer" : "after " + std::to_string(received_) + " bytes";
  if (failed == beast::error::timeout) {
    return Error(Errc::timeout, received_ == 0 ? "no answer" : "the answer stopped " + so_far);
  }
  const bool ended = failed == asio::error::eof || failed == asio::ssl::error::stream_truncated ||
                     failed == http::error::partial_message;
  return Error(Errc::network,
               "the connection " +
                   (ended ? "was closed " + so_far : "broke " + so_far + ": " + failed.message()));
}

/// The answer is not HTTP, or more of it than allowed.
Error AnswerReader::misread(error_code failed) const {
  if (failed == http::error::header_limit) {
    return Error(Errc::malformed,
                 "the answer's headers exceed " + std::to_string(kHeaderLimit / 1024) + " KiB");
  }
  if (failed == http::error::body_limit) {
    return Error(Errc::malformed, "the answer exceeds " + std::to_string(body_limit_) + " bytes");
  }
  return Error(Errc::malformed, "the answer is not HTTP (" + failed.message() + ")");
}

void AnswerReader::drop() {
  buffer_.clear();
  buffer_.shrink_to_fit();
}

}  // namespace bridge
