#pragma once

// Heavy: included by the HTTP client's own files only.

#include <boost/beast/core/flat_buffer.hpp>
#include <cstddef>

#include "io/http_stream.hpp"
#include "runtime/ports.hpp"

namespace bridge {

/// Reads the answers that come over a stream. Must outlive its coroutines, and the stream it.
class AnswerReader {
 public:
  /// What an answer may hold.
  enum class Body { allowed, never };

  /// `body_limit`: in bytes, packed and unpacked.
  AnswerReader(HttpStream& stream, std::size_t body_limit)
      : stream_(stream), body_limit_(body_limit) {}

  /// Forgets the answer before; call it ahead of each request.
  void begin() { received_ = 0; }
  /// The next final answer, unpacked. Errors: network, timeout, malformed.
  Task<HttpReply> read(Body body);
  /// What an error of the stream means while an answer is awaited.
  Error broken(boost::system::error_code failed) const;

  /// Bytes that came since begin().
  std::size_t received() const { return received_; }
  /// Bytes that came after the answer.
  std::size_t left_over() const { return buffer_.size(); }
  /// The answer before allows another request on its connection.
  bool is_reusable() const { return keep_alive_ && left_over() == 0; }

  /// Forgets what came over a connection that is given up, and frees its room.
  void drop();

 private:
  struct Parser;

  Task<void> read_into(Parser& parser);
  bool looks_like_http() const;
  Error misread(boost::system::error_code failed) const;

  HttpStream& stream_;
  std::size_t body_limit_;
  boost::beast::flat_buffer buffer_;
  std::size_t received_ = 0;
  bool keep_alive_ = false;
};

}  // namespace bridge
