// A login with everything real: the vendor's OAuth server, the browser, the keyboard, the state.

#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <boost/asio/connect.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/write.hpp>
#include <csignal>
#include <fstream>
#include <future>
#include <sstream>

#include "cli/login.hpp"
#include "core/web_address.hpp"
#include "io/login_store.hpp"
#include "support/child_process.hpp"
#include "support/config_folder.hpp"

namespace bridge {
namespace {

namespace asio = boost::asio;

/// What a browser gets for an address: the whole answer.
std::string visit(const std::string& url) {
  const std::string origin = origin_of(url);
  const auto port = static_cast<std::uint16_t>(std::stoi(origin.substr(origin.rfind(':') + 1)));
  asio::io_context loop;
  asio::ip::tcp::socket socket(loop);
  socket.connect({asio::ip::address_v4::loopback(), port});
  const std::string request = "GET " + url.substr(origin.size()) +
                              " HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n";
  asio::write(socket, asio::buffer(request));
  std::string answer;
  boost::system::error_code ended;
  asio::read(socket, asio::dynamic_buffer(answer), ended);
  return answer;
}

std::string location_of(const std::string& answer) {
  const std::string name = "\r\nLocation: ";
  const std::size_t start = answer.find(name);
  if (start == answer.npos) return "no location in: " + answer;
  return answer.substr(start + name.size(), answer.find("\r\n", start + 2) - start - name.size());
}

class LoginEndToEnd : public ConfigFolder {
 protected:
  ~LoginEndToEnd() override {
    for (const int end : {keys_[0], keys_[1], screen_[0]}) ::close(end);
  }

  /// Starts a login for a vendor that was told to do this or that.
  void begin(const std::string& changes = "{}") {
    server_.emplace(std::vector<std::string>{
        "/usr/bin/python3", "-B", PROJECT_SOURCE_DIR "/tests/simulators/serve_oauth.py", changes});
    const std::string file =
        write("c.toml",
              "state_directory = \"state\"\n[accounts.pool]\nmapper = \"pools\"\nbase_url = \"" +
                  server_->line() + "/api/v1\"\n");
    ASSERT_EQ(::pipe2(keys_, O_CLOEXEC), 0);
    ASSERT_EQ(::pipe2(screen_, O_CLOEXEC), 0);
    status_ = std::async(std::launch::async, [this, file] {
      std::ofstream out("/proc/self/fd/" + std::to_string(screen_[1]));
      ::close(screen_[1]);
      std::ostringstream trouble;
      const int status = login(file, "pool", 0, kMappers, keys_[0], out, trouble);
      EXPECT_EQ(trouble.str(), "");
      return status;
    });
    screen_lines_.open("/proc/self/fd/" + std::to_string(screen_[0]));
    address_ = until("http://");
  }

  /// The next line of the screen that begins like this.
  std::string until(const std::string& beginning) {
    std::string line;
    while (std::getline(screen_lines_, line)) {
      if (line.starts_with(beginning)) return line;
    }
    return "never said: " + beginning;
  }
  void paste(const std::string& text) {
    const std::string line = text + "\n";
    EXPECT_EQ(::write(keys_[1], line.data(), line.size()), static_cast<ssize_t>(line.size()));
  }
  std::optional<StoredToken> stored() { return LoginStore(folder_ + "/state").token("pool"); }

  std::optional<ChildProcess> server_;
  int keys_[2] = {-1, -1};
  int screen_[2] = {-1, -1};
  std::ifstream screen_lines_;
  std::future<int> status_;
  std::string address_;
};

TEST_F(LoginEndToEnd, ABrowserOnThisMachineBringsTheSignIn) {
  begin();
  const std::string page = visit(location_of(visit(address_)));
  EXPECT_NE(page.find("The sign-in has arrived: you may close this window."), std::string::npos)
      << page;
  EXPECT_TRUE(until("The login of ")
                  .starts_with("The login of \"pool\" is stored in " + folder_ + "/state"));
  EXPECT_TRUE(until("Its token expires 20").ends_with("Z and is renewed by itself."));
  EXPECT_EQ(status_.get(), 0);
  ASSERT_TRUE(stored());
  EXPECT_EQ(stored()->access, "simulated-access-000001");
  EXPECT_EQ(stored()->refresh, "simulated-refresh-000001");
}

TEST_F(LoginEndToEnd, AnAddressFromAnotherMachineIsPasted) {
  begin(R"({"token_answers": [{"status": 500}]})");
  const std::string redirect = location_of(visit(address_));
  paste("what is this");
  EXPECT_NE(until("This is not the address"), "");
  paste(redirect.substr(0, redirect.find("state=")) + "state=another");
  EXPECT_TRUE(until("This address belongs").starts_with("This address belongs to another sign-in"));
  paste("  " + redirect + "\r");
  EXPECT_TRUE(until("The vendor gave").starts_with("The vendor gave no token yet, trying again: "));
  EXPECT_EQ(status_.get(), 0);
  EXPECT_EQ(stored()->refresh, "simulated-refresh-000001");
}

TEST_F(LoginEndToEnd, ADenialIsSaidAndCtrlCEndsTheLogin) {
  begin(R"({"deny": "access_denied"})");
  visit(location_of(visit(address_)));
  EXPECT_EQ(
      until("The vendor did not"),
      "The vendor did not grant the sign-in: access_denied. Open the address above once more to "
      "try again.");
  ::kill(::getpid(), SIGINT);
  EXPECT_EQ(until("The login was"), "The login was broken off: nothing was changed.");
  EXPECT_EQ(status_.get(), 1);
  EXPECT_EQ(stored(), std::nullopt);
}

}  // namespace
}  // namespace bridge
