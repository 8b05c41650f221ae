#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <optional>
#include <string>

namespace bridge {

/// Reads what a person types or pastes, line by line, beside everything else on the loop.
class LineInput {
 public:
  /// Reads from a copy of the descriptor, which gets its mode back at the end.
  LineInput(boost::asio::any_io_executor loop, int descriptor);
  LineInput(const LineInput&) = delete;
  LineInput& operator=(const LineInput&) = delete;
  ~LineInput();

  /// The next line without its end; nothing when there are no more, or none can be read.
  boost::asio::awaitable<std::optional<std::string>> next();

 private:
  int flags_;
  boost::asio::posix::stream_descriptor input_;
  std::string read_;
};

}  // namespace bridge
