#include "io/line_input.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <boost/asio/buffer.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <utility>

namespace bridge {
namespace {

namespace asio = boost::asio;

constexpr std::size_t kLongestLine = 64 * 1024;

}  // namespace

LineInput::LineInput(asio::any_io_executor loop, int descriptor)
    : flags_(::fcntl(descriptor, F_GETFL)), input_(loop) {
  const int copy = ::fcntl(descriptor, F_DUPFD_CLOEXEC, 3);
  boost::system::error_code closed;  // a service without an input: there are no lines
  if (copy >= 0) input_.assign(copy, closed);
}

// The copy shares its mode with the terminal, which the shell goes on using.
LineInput::~LineInput() {
  if (input_.is_open() && flags_ >= 0) ::fcntl(input_.native_handle(), F_SETFL, flags_);
}

asio::awaitable<std::optional<std::string>> LineInput::next() {
  if (!input_.is_open()) co_return std::nullopt;
  boost::system::error_code ended;
  auto buffer = asio::dynamic_buffer(read_, kLongestLine);
  const std::size_t size = co_await asio::async_read_until(
      input_, buffer, '\n', asio::redirect_error(asio::use_awaitable, ended));
  if (ended) {
    // What stands before the end counts; a line without end does not.
    std::string rest = std::exchange(read_, {});
    if (ended != asio::error::eof || rest.empty()) co_return std::nullopt;
    co_return rest;
  }
  std::string line = read_.substr(0, size - 1);
  read_.erase(0, size);
  if (line.ends_with('\r')) line.pop_back();
  co_return line;
}

}  // namespace bridge
