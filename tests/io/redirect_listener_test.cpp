#include "io/redirect_listener.hpp"

#include <gtest/gtest.h>

#include <boost/asio/connect.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <vector>

#include "support/run.hpp"

namespace bridge {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;

class RedirectListenerTest : public testing::Test {
 protected:
  RedirectListenerTest() : listener(loop.get_executor(), 0) {
    const auto visit = [this](const std::string& target) {
      visits.push_back(target);
      return std::string("Seen <b>&.");
    };
    asio::co_spawn(loop, listener.serve(visit), asio::detached);
  }

  tcp::endpoint here() const {
    const std::string address = listener.address();
    const std::string digits = address.substr(address.rfind(':') + 1);
    return {asio::ip::address_v4::loopback(), static_cast<std::uint16_t>(std::stoi(digits))};
  }

  /// All that comes back for the bytes.
  std::string ask(std::string bytes) {
    const auto talk = [&]() -> asio::awaitable<std::string> {
      tcp::socket socket(loop);
      const tcp::endpoint target = here();
      co_await socket.async_connect(target, asio::use_awaitable);
      co_await asio::async_write(socket, asio::buffer(bytes), asio::use_awaitable);
      std::string answer;
      auto buffer = asio::dynamic_buffer(answer);
      boost::system::error_code ended;
      co_await asio::async_read(socket, buffer, asio::redirect_error(asio::use_awaitable, ended));
      co_return answer;
    };
    return run(loop, talk());
  }

  asio::io_context loop{1};
  RedirectListener listener;
  std::vector<std::string> visits;
};

TEST_F(RedirectListenerTest, TellsOfTheVisitAndShowsTheSentence) {
  const std::string page = ask("GET /?code=c1&state=s1 HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n");
  EXPECT_EQ(visits, std::vector<std::string>{"/?code=c1&state=s1"});
  EXPECT_TRUE(page.starts_with("HTTP/1.1 200 OK\r\n")) << page;
  EXPECT_NE(page.find("<p>Seen &lt;b&gt;&amp;.</p>"), std::string::npos) << page;
  EXPECT_EQ(page.find("c1"), std::string::npos) << page;
}

TEST_F(RedirectListenerTest, AnswersOneVisitAfterTheOther) {
  ask("GET /?code=1 HTTP/1.1\r\n\r\n");
  ask("GET /?code=2 HTTP/1.1\r\n\r\n");
  EXPECT_EQ(visits.size(), 2U);
}

TEST_F(RedirectListenerTest, RefusesWhatIsNoVisit) {
  const std::pair<const char*, const char*> requests[] = {
      {"GET /favicon.ico HTTP/1.1\r\n\r\n", "404"},
      {"POST /?code=1 HTTP/1.1\r\n\r\n", "405"},
      {"nonsense\r\n\r\n", "400"},
      {"GET /?code=1\r\n\r\n", "400"},
      {"\x16\x03\x01\r\n\r\n", "400"}};
  for (const auto& [request, status] : requests) {
    EXPECT_TRUE(ask(request).starts_with("HTTP/1.1 " + std::string(status))) << request;
  }
  EXPECT_EQ(visits.size(), 0U);
}

TEST_F(RedirectListenerTest, EndsAConnectionThatTalksTooLong) {
  EXPECT_EQ(ask("GET /?code=" + std::string(40'000, 'x')), "");
  EXPECT_EQ(visits.size(), 0U);
}

TEST_F(RedirectListenerTest, ASilentConnectionHoldsUpNobody) {
  tcp::socket silent(loop);
  silent.connect(here());
  EXPECT_TRUE(ask("GET / HTTP/1.1\r\n\r\n").starts_with("HTTP/1.1 200"));
}

TEST_F(RedirectListenerTest, SaysWhichPortIsTaken) {
  const std::uint16_t port = here().port();
  try {
    RedirectListener second(loop.get_executor(), port);
    FAIL() << "two listeners on one port";
  } catch (const std::runtime_error& error) {
    EXPECT_NE(std::string(error.what()).find(std::to_string(port) + " of 127.0.0.1 cannot be used"),
              std::string::npos)
        << error.what();
  }
}

}  // namespace
}  // namespace bridge
