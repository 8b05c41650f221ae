#include "io/service_notify.hpp"

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstddef>
#include <cstdlib>
#include <cstring>

#include "support/temporary_directory.hpp"

namespace bridge {
namespace {

using namespace std::chrono_literals;

/// A service manager's end of the line.
class Listener {
 public:
  explicit Listener(const std::string& path) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::memcpy(address.sun_path, path.data(), path.size());
    if (path[0] == '@') address.sun_path[0] = '\0';
    const auto length = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + path.size());
    descriptor_ = ::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    const auto* const generic = reinterpret_cast<const sockaddr*>(&address);
    EXPECT_EQ(::bind(descriptor_, generic, length), 0) << path;
    ::setenv("NOTIFY_SOCKET", path.c_str(), 1);
  }
  Listener(const Listener&) = delete;
  Listener& operator=(const Listener&) = delete;
  ~Listener() {
    ::unsetenv("NOTIFY_SOCKET");
    ::close(descriptor_);
  }

  /// The next datagram, or "(nothing)".
  std::string heard() const {
    char text[256];
    const ssize_t size = ::recv(descriptor_, text, sizeof text, MSG_DONTWAIT);
    return size < 0 ? "(nothing)" : std::string(text, static_cast<std::size_t>(size));
  }

 private:
  int descriptor_;
};

TEST(ServiceNotify, SendsOneDatagramToTheSocket) {
  const TemporaryDirectory directory;
  const Listener systemd(directory.path() + "/notify");
  notify_service("READY=1\nSTATUS=2 accounts");
  notify_service("WATCHDOG=1");
  EXPECT_EQ(systemd.heard(), "READY=1\nSTATUS=2 accounts");
  EXPECT_EQ(systemd.heard(), "WATCHDOG=1");
  EXPECT_EQ(systemd.heard(), "(nothing)");
}

TEST(ServiceNotify, SaysWhenAReloadBegan) {
  const TemporaryDirectory directory;
  const Listener systemd(directory.path() + "/notify");
  const auto microseconds = [] {
    return std::chrono::duration_cast<std::chrono::microseconds>(
               std::chrono::steady_clock::now().time_since_epoch())
        .count();
  };
  const auto before = microseconds();
  notify_service("RELOADING=1");
  const auto after = microseconds();
  const std::string heard = systemd.heard();
  const std::string beginning = "RELOADING=1\nMONOTONIC_USEC=";
  ASSERT_TRUE(heard.starts_with(beginning)) << heard;
  const auto told = std::stoll(heard.substr(beginning.size()));
  EXPECT_TRUE(before <= told && told <= after) << before << ' ' << told << ' ' << after;
}

TEST(ServiceNotify, KnowsAbstractNames) {
  const Listener systemd("@cloud2mqtt-test-" + std::to_string(::getpid()));
  notify_service("STOPPING=1");
  EXPECT_EQ(systemd.heard(), "STOPPING=1");
}

TEST(ServiceNotify, DoesNothingWhereThereIsNoSocket) {
  ::unsetenv("NOTIFY_SOCKET");
  EXPECT_NO_THROW(notify_service("READY=1"));
  for (const std::string& name : {std::string(), std::string("relative"), std::string("/no/such"),
                                  "/" + std::string(200, 'x')}) {
    ::setenv("NOTIFY_SOCKET", name.c_str(), 1);
    EXPECT_NO_THROW(notify_service("READY=1"));
  }
  ::unsetenv("NOTIFY_SOCKET");
}

class WatchdogPeriod : public testing::Test {
 protected:
  WatchdogPeriod() { clear(); }
  ~WatchdogPeriod() override { clear(); }

  static void clear() {
    ::unsetenv("WATCHDOG_USEC");
    ::unsetenv("WATCHDOG_PID");
  }
};

TEST_F(WatchdogPeriod, IsHalfOfWhatTheServiceManagerAllows) {
  ::setenv("WATCHDOG_USEC", "60000000", 1);
  EXPECT_EQ(watchdog_period(), 30s);
  ::setenv("WATCHDOG_PID", std::to_string(::getpid()).c_str(), 1);
  EXPECT_EQ(watchdog_period(), 30s);
}

TEST_F(WatchdogPeriod, IsNothingWhereNobodyAsks) {
  EXPECT_EQ(watchdog_period(), std::nullopt);
  for (const char* microseconds : {"", "0", "-1", "soon", "60s"}) {
    ::setenv("WATCHDOG_USEC", microseconds, 1);
    EXPECT_EQ(watchdog_period(), std::nullopt) << microseconds;
  }
}

TEST_F(WatchdogPeriod, IsNothingWhereAnotherProcessIsMeant) {
  ::setenv("WATCHDOG_USEC", "60000000", 1);
  ::setenv("WATCHDOG_PID", "1", 1);
  EXPECT_EQ(watchdog_period(), std::nullopt);
}

}  // namespace
}  // namespace bridge
