#include "io/http_stream.hpp"

#include <fcntl.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <vector>

#include "http_fixture.hpp"

namespace bridge::test {
namespace {

using boost::asio::ip::make_address;
using std::chrono::seconds;
using std::chrono::steady_clock;

/// 127.0.0.2 with a port whose queue is full: the system drops whatever else wants to connect.
class SilentAddress {
 public:
  explicit SilentAddress(std::uint16_t port) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK + 1);
    address.sin_port = htons(port);
    const auto* plain = reinterpret_cast<const sockaddr*>(&address);
    usable_ = ::bind(add_socket(), plain, sizeof address) == 0 && ::listen(sockets_[0], 0) == 0;
    for (int i = 0; i < 4; ++i) ::connect(add_socket(), plain, sizeof address);
  }
  ~SilentAddress() {
    for (const int socket : sockets_) ::close(socket);
  }
  SilentAddress(const SilentAddress&) = delete;
  SilentAddress& operator=(const SilentAddress&) = delete;

  bool is_usable() const { return usable_; }

 private:
  int add_socket() {
    sockets_.push_back(::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
    return sockets_.back();
  }

  std::vector<int> sockets_;
  bool usable_ = false;
};

class HttpStreamTest : public testing::Test {
 protected:
  Result<void> connect(Addresses addresses, std::uint16_t port, seconds within) {
    const auto until = steady_clock::now() + within;
    const auto slot = start(loop_, stream_.connect(std::move(addresses), port, until));
    if (!run_until(loop_, slot)) throw std::runtime_error("connecting never ended");
    return **slot;
  }

  boost::asio::io_context loop_{1};
  HttpStream stream_{loop_.get_executor()};
};

TEST_F(HttpStreamTest, ASilentAddressLeavesTimeForTheNextOne) {
  ScriptedServer server([](Peer& peer) { peer.wait_until_closed(); });
  const SilentAddress silent(server.port());
  ASSERT_TRUE(silent.is_usable());
  const auto connected =
      connect({make_address("127.0.0.2"), make_address("127.0.0.1")}, server.port(), seconds(2));
  EXPECT_TRUE(connected) << connected.error().message();
  EXPECT_TRUE(stream_.is_open());
  stream_.drop();
}

TEST_F(HttpStreamTest, SaysWhatBecameOfEachAddress) {
  const auto port = closed_port();
  const SilentAddress silent(port);
  ASSERT_TRUE(silent.is_usable());
  const auto failed =
      connect({make_address("127.0.0.1"), make_address("127.0.0.2")}, port, seconds(1));
  ASSERT_FALSE(failed);
  EXPECT_EQ(failed.error().code(), Errc::timeout);
  EXPECT_EQ(failed.error().message(),
            "no connection (127.0.0.1: Connection refused, 127.0.0.2: no answer)");
  EXPECT_FALSE(stream_.is_open());
}

TEST_F(HttpStreamTest, NothingConnectsOnceItWasCancelled) {
  ScriptedServer server([](Peer& peer) { peer.wait_until_closed(); });
  stream_.cancel();
  EXPECT_FALSE(connect({make_address("127.0.0.1")}, server.port(), seconds(10)));
  EXPECT_EQ(server.connections(), 0);
}

}  // namespace
}  // namespace bridge::test
