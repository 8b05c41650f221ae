// Breaking off: close(), destruction, cancellation, the end of the loop.

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <future>
#include <vector>

#include "http_fixture.hpp"

namespace bridge::test {
namespace {

using std::chrono::milliseconds;

class HttpLifetimeTest : public HttpFixture {};

void never_answer(Peer& peer) { peer.wait_until_closed(); }

TEST_F(HttpLifetimeTest, CloseEndsTheRunningTheWaitingAndTheLaterRequests) {
  std::promise<void> asked;
  ScriptedServer server([&](Peer& peer) {
    peer.read_request();
    asked.set_value();
    never_answer(peer);
  });
  const auto client = client_of(server.url());
  const auto running = start(loop_, client->send(request_to("/running")));
  const auto waiting = start(loop_, client->send(request_to("/waiting")));
  auto arrived = asked.get_future();
  while (arrived.wait_for(milliseconds(0)) != std::future_status::ready) {
    loop_.run_one_for(milliseconds(5));
  }
  client->close();
  const auto later = start(loop_, client->send(request_to("/later")));
  for (const auto& slot : {running, waiting, later}) {
    ASSERT_TRUE(run_until(loop_, slot));
    ASSERT_FALSE(**slot);
    EXPECT_EQ((*slot)->error().code(), Errc::network);
    EXPECT_TRUE(contains((*slot)->error().message(), "the client is closed"));
  }
  EXPECT_EQ(server.connections(), 1);
}

TEST_F(HttpLifetimeTest, DestroyingTheClientEndsItsRequests) {
  ScriptedServer server(never_answer);
  auto client = client_of(server.url());
  std::vector<Slot<Result<HttpReply>>> slots;
  for (int i = 0; i < 5; ++i) slots.push_back(start(loop_, client->send(request_to("/"))));
  loop_.run_one();
  loop_.poll();
  client.reset();
  for (const auto& slot : slots) {
    ASSERT_TRUE(run_until(loop_, slot));
    ASSERT_FALSE(**slot);
    EXPECT_EQ((*slot)->error().code(), Errc::network);
  }
}

TEST_F(HttpLifetimeTest, TheLoopMayEndWhileRequestsAreSuspended) {
  ScriptedServer server(never_answer);
  for (int steps = 0; steps < 12; ++steps) {
    boost::asio::io_context loop{1};
    HttpSettings settings;
    settings.base_url = server.url("localhost");
    auto client = make_beast_http_client(loop.get_executor(), settings);
    for (int i = 0; i < 3; ++i) start(loop, client->send(request_to("/")));
    for (int i = 0; i < steps; ++i) loop.poll_one();
    client.reset();
    for (int i = 0; i < steps % 3; ++i) loop.poll_one();
  }
}

TEST_F(HttpLifetimeTest, ACancelledRequestLeavesTheClientInOrder) {
  ScriptedServer server([](Peer& peer) {
    if (peer.number() == 1) return never_answer(peer);
    while (!peer.read_request().empty()) peer.answer("next");
  });
  const auto client = client_of(server.url());
  boost::asio::cancellation_signal signal;
  const auto slot = std::make_shared<std::optional<Result<HttpReply>>>();
  bool ended = false;
  boost::asio::co_spawn(loop_, keep_result(client->send(request_to("/cancelled")), slot),
                        boost::asio::bind_cancellation_slot(
                            signal.slot(), [&](std::exception_ptr) { ended = true; }));
  while (server.connections() == 0) loop_.run_one_for(milliseconds(5));
  const auto next = start(loop_, client->send(request_to("/next")));
  loop_.poll();
  signal.emit(boost::asio::cancellation_type::terminal);
  ASSERT_TRUE(run_until(loop_, next));
  EXPECT_TRUE(ended);
  ASSERT_TRUE(**next) << (*next)->error().message();
  EXPECT_EQ((**next)->body, "next");
}

}  // namespace
}  // namespace bridge::test
