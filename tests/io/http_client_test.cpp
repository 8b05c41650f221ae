// One connection and its queue, over plain TCP.

#include <atomic>
#include <future>
#include <stdexcept>
#include <vector>

#include "http_fixture.hpp"

namespace bridge::test {
namespace {

using std::chrono::milliseconds;

class HttpClientTest : public HttpFixture {};

void echo_targets(Peer& peer) {
  for (auto request = peer.read_request(); !request.empty(); request = peer.read_request()) {
    const auto begin = request.find(' ') + 1;
    peer.answer(request.substr(begin, request.find(' ', begin) - begin));
  }
}

void never_answer(Peer& peer) { peer.wait_until_closed(); }

/// Answers the first request of each connection; the second one's end is a closed connection.
void answer_once_then_close(Peer& peer) {
  peer.read_request();
  peer.answer("connection " + std::to_string(peer.number()));
  peer.read_request();
}

TEST_F(HttpClientTest, SendsWhatTheVendorExpects) {
  std::promise<std::string> got;
  ScriptedServer server([&](Peer& peer) {
    got.set_value(peer.read_request());
    peer.answer("{}");
  });
  const auto client = client_of(server.url() + "/v1/prefix");
  auto request = request_to("/v1/loads?page=2", Method::post);
  request.headers = {{"Authorization", "Bearer abc"}, {"Content-Type", "application/json"}};
  request.body = R"({"on":true})";
  ASSERT_TRUE(send(*client, request));
  EXPECT_EQ(got.get_future().get(),
            "POST /v1/loads?page=2 HTTP/1.1\r\n"
            "Host: 127.0.0.1:" +
                std::to_string(server.port()) +
                "\r\n"
                "User-Agent: cloud2mqtt/" CLOUD2MQTT_VERSION
                "\r\n"
                "Accept: application/json\r\n"
                "Accept-Encoding: gzip\r\n"
                "Authorization: Bearer abc\r\n"
                "Content-Type: application/json\r\n"
                "Content-Length: 11\r\n\r\n"
                R"({"on":true})");
}

TEST_F(HttpClientTest, ACallersOwnHeaderReplacesTheUsualOne) {
  std::promise<std::string> got;
  ScriptedServer server([&](Peer& peer) {
    got.set_value(peer.read_request());
    peer.answer("{}");
  });
  const auto client = client_of(server.url());
  auto request = request_to("/");
  request.headers = {{"accept", "text/csv"}};
  ASSERT_TRUE(send(*client, request));
  const auto text = got.get_future().get();
  EXPECT_TRUE(contains(text, "accept: text/csv\r\n"));
  EXPECT_FALSE(contains(text, "Accept: application/json"));
}

TEST_F(HttpClientTest, ReturnsStatusLowerCaseHeadersAndBody) {
  ScriptedServer server([](Peer& peer) {
    peer.read_request();
    peer.answer("gone", "404 Not Found", "Retry-After: 7\r\nX-Request-ID: r1\r\n");
  });
  const auto reply = get_once(server);
  ASSERT_TRUE(reply);
  EXPECT_EQ(reply->status, 404);
  EXPECT_EQ(reply->body, "gone");
  EXPECT_EQ(reply->header("retry-after"), "7");
  EXPECT_EQ(reply->header("x-request-id"), "r1");
}

TEST_F(HttpClientTest, UsesOneConnectionForManyRequests) {
  ScriptedServer server(echo_targets);
  const auto client = client_of(server.url());
  for (const std::string target : {"/a", "/b", "/c"}) {
    const auto reply = get(*client, target);
    ASSERT_TRUE(reply) << reply.error().message();
    EXPECT_EQ(reply->body, target);
  }
  EXPECT_EQ(server.connections(), 1);
}

TEST_F(HttpClientTest, OpensANewConnectionWhenTheServerSaysClose) {
  ScriptedServer server([](Peer& peer) {
    peer.read_request();
    peer.answer("{}", "200 OK", "Connection: close\r\n");
    peer.wait_until_closed();
  });
  const auto client = client_of(server.url());
  EXPECT_TRUE(get(*client, "/"));
  EXPECT_TRUE(get(*client, "/"));
  EXPECT_EQ(server.connections(), 2);
}

TEST_F(HttpClientTest, DoesNotUseAConnectionThatWasIdleForTooLong) {
  ScriptedServer server(echo_targets);
  HttpSettings settings;
  settings.base_url = server.url();
  settings.idle_limit = milliseconds(-1);
  const auto client = client_with(settings);
  EXPECT_TRUE(get(*client, "/"));
  EXPECT_TRUE(get(*client, "/"));
  EXPECT_EQ(server.connections(), 2);
}

TEST_F(HttpClientTest, ServesConcurrentRequestsOneByOneInTheirOrder) {
  std::vector<std::string> order;
  std::mutex mutex;
  ScriptedServer server([&](Peer& peer) {
    for (auto text = peer.read_request(); !text.empty(); text = peer.read_request()) {
      {
        const std::scoped_lock lock(mutex);
        order.push_back(text.substr(5, 2));
      }
      peer.answer(text.substr(5, 2));
    }
  });
  const auto client = client_of(server.url());
  std::vector<Slot<Result<HttpReply>>> slots;
  std::vector<std::string> expected;
  for (int i = 10; i < 30; ++i) {
    expected.push_back(std::to_string(i));
    slots.push_back(start(loop_, client->send(request_to("/" + expected.back()))));
  }
  for (std::size_t i = 0; i < slots.size(); ++i) {
    ASSERT_TRUE(run_until(loop_, slots[i]));
    ASSERT_TRUE(**slots[i]) << (*slots[i])->error().message();
    EXPECT_EQ((**slots[i])->body, expected[i]);
  }
  const std::scoped_lock lock(mutex);
  EXPECT_EQ(order, expected);
  EXPECT_EQ(server.connections(), 1);
}

TEST_F(HttpClientTest, TheDeadlineCountsWhileWaitingInTheQueue) {
  ScriptedServer server(never_answer);
  const auto client = client_of(server.url());
  const auto first = start(loop_, client->send(request_to("/first")));
  auto hurried = request_to("/second");
  hurried.deadline = milliseconds(50);
  const auto second = start(loop_, client->send(hurried));
  ASSERT_TRUE(run_until(loop_, second));
  ASSERT_FALSE(**second);
  EXPECT_EQ((*second)->error().code(), Errc::timeout);
  EXPECT_TRUE(
      contains((*second)->error().message(), "earlier requests took too long within 50 ms"));
  EXPECT_TRUE((*second)->error().unsent);
  EXPECT_FALSE(first->has_value());
}

TEST_F(HttpClientTest, WhatCannotLeaveInItsTimeDoesNotLeave) {
  std::promise<void> come, go;
  auto arrived = come.get_future();
  auto may_go = go.get_future();
  std::atomic<int> asked = 0;
  ScriptedServer server([&](Peer& peer) {
    for (bool is_first = true; !peer.read_request().empty(); is_first = false) {
      ++asked;
      if (is_first) {
        come.set_value();
        may_go.wait();
      }
      peer.answer("{}");
    }
  });
  const auto client = client_of(server.url());
  const auto first = start(loop_, client->send(request_to("/first")));
  while (arrived.wait_for(milliseconds(0)) != std::future_status::ready) {
    loop_.run_one_for(milliseconds(5));
  }
  auto late = request_to("/late", Method::put);
  late.leaves_within = milliseconds(50);
  const auto second = start(loop_, client->send(late));
  const auto is_sent = run_until(loop_, second);
  go.set_value();
  ASSERT_TRUE(is_sent);
  ASSERT_FALSE(**second);
  EXPECT_EQ((*second)->error().code(), Errc::timeout);
  EXPECT_TRUE((*second)->error().unsent);
  EXPECT_TRUE(contains((*second)->error().message(), "its time was over before it could be sent"));
  ASSERT_TRUE(run_until(loop_, first));
  ASSERT_TRUE(get(*client, "/next"));
  EXPECT_EQ(asked, 2) << "the late one never came";
}

TEST_F(HttpClientTest, WhatWaitedForAConnectionTooLongDoesNotLeave) {
  ScriptedServer server(echo_targets);
  const auto client = client_of(server.url());
  auto late = request_to("/late", Method::put);
  late.leaves_within = milliseconds(0);
  const auto reply = send(*client, late);
  ASSERT_FALSE(reply);
  EXPECT_TRUE(reply.error().unsent);
}

TEST_F(HttpClientTest, AServerThatNeverAnswersEndsAtTheDeadline) {
  ScriptedServer server(never_answer);
  const auto client = client_of(server.url());
  auto request = request_to("/v1/x?secret=1");
  request.deadline = milliseconds(60);
  const auto reply = send(*client, request);
  ASSERT_FALSE(reply);
  EXPECT_EQ(reply.error().code(), Errc::timeout);
  EXPECT_EQ(reply.error().message(), "GET " + server.url() + "/v1/x: no answer within 60 ms");
}

TEST_F(HttpClientTest, ADripThatNeverEndsDoesNotStretchTheDeadline) {
  ScriptedServer server([](Peer& peer) {
    peer.read_request();
    peer.write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
    while (peer.write("1\r\nx\r\n")) std::this_thread::yield();
  });
  HttpSettings settings;
  settings.base_url = server.url();
  settings.body_limit = std::size_t(1) << 40;
  const auto client = client_with(settings);
  auto request = request_to("/");
  request.deadline = milliseconds(100);
  const auto reply = send(*client, request);
  ASSERT_FALSE(reply);
  EXPECT_EQ(reply.error().code(), Errc::timeout);
  EXPECT_TRUE(contains(reply.error().message(), "the answer stopped after"))
      << reply.error().message();
}

TEST_F(HttpClientTest, AfterATimeoutTheNextRequestUsesANewConnection) {
  ScriptedServer server([](Peer& peer) {
    if (peer.number() == 1) return never_answer(peer);
    echo_targets(peer);
  });
  const auto client = client_of(server.url());
  auto request = request_to("/late");
  request.deadline = milliseconds(50);
  EXPECT_FALSE(send(*client, request));
  const auto reply = get(*client, "/next");
  ASSERT_TRUE(reply);
  EXPECT_EQ(reply->body, "/next");
}

TEST_F(HttpClientTest, AGetOnAConnectionThatJustEndedIsSentAgain) {
  ScriptedServer server(answer_once_then_close);
  const auto client = client_of(server.url());
  ASSERT_TRUE(get(*client, "/"));
  const auto reply = get(*client, "/");
  ASSERT_TRUE(reply) << reply.error().message();
  EXPECT_EQ(reply->body, "connection 2");
}

TEST_F(HttpClientTest, WhatWritesIsNeverSentTwice) {
  for (const Method method : {Method::put, Method::post, Method::patch}) {
    ScriptedServer server(answer_once_then_close);
    const auto client = client_of(server.url());
    ASSERT_TRUE(get(*client, "/"));
    const auto reply = send(*client, request_to("/", method));
    ASSERT_FALSE(reply);
    EXPECT_EQ(reply.error().code(), Errc::network);
    EXPECT_TRUE(contains(reply.error().message(), "was closed without an answer"))
        << reply.error().message();
    EXPECT_EQ(server.connections(), 1);
  }
}

TEST_F(HttpClientTest, AGetIsNotSentAgainOnceAByteOfItsAnswerCame) {
  ScriptedServer server([](Peer& peer) {
    peer.read_request();
    peer.answer("{}");
    peer.read_request();
    peer.write("H");
  });
  const auto client = client_of(server.url());
  ASSERT_TRUE(get(*client, "/"));
  EXPECT_FALSE(get(*client, "/"));
  EXPECT_EQ(server.connections(), 1);
}

TEST_F(HttpClientTest, AFreshConnectionThatEndsIsNotTriedAgain) {
  ScriptedServer server([](Peer& peer) { peer.read_request(); });
  const auto reply = get_once(server);
  ASSERT_FALSE(reply);
  EXPECT_EQ(reply.error().code(), Errc::network);
  EXPECT_EQ(server.connections(), 1);
}

TEST_F(HttpClientTest, APostNeverMeetsAConnectionKnownToBeClosed) {
  std::promise<void> closed;
  ScriptedServer server([&](Peer& peer) {
    peer.read_request();
    peer.answer("connection " + std::to_string(peer.number()));
    if (peer.number() != 1) return;
    peer.hang_up();
    closed.set_value();
  });
  const auto client = client_of(server.url());
  ASSERT_TRUE(get(*client, "/"));
  closed.get_future().wait();
  const auto reply = send(*client, request_to("/", Method::post));
  ASSERT_TRUE(reply) << reply.error().message();
  EXPECT_EQ(reply->body, "connection 2");
}

TEST_F(HttpClientTest, ARefusedConnectionNamesTheAddressAndNoQuery) {
  const auto port = std::to_string(closed_port());
  const auto client = client_of("http://localhost:" + port);
  const auto reply = get(*client, "/v1/pumps?api_key=geheim");
  ASSERT_FALSE(reply);
  EXPECT_EQ(reply.error().code(), Errc::network);
  const std::string text = reply.error().message();
  EXPECT_TRUE(text.starts_with("GET http://localhost:" + port + "/v1/pumps: no connection ("))
      << text;
  EXPECT_TRUE(contains(text, "127.0.0.1: Connection refused, ::1: ")) << text;
  EXPECT_FALSE(contains(text, "geheim"));
}

TEST_F(HttpClientTest, ANameThatDoesNotExistIsANetworkError) {
  // A label of more than 63 letters is refused without asking a name server.
  const auto client = client_of("http://" + std::string(64, 'a') + ".example.com");
  const auto reply = get(*client, "/");
  ASSERT_FALSE(reply);
  EXPECT_EQ(reply.error().code(), Errc::network);
  EXPECT_TRUE(contains(reply.error().message(), "the name cannot be resolved"));
}

TEST_F(HttpClientTest, ErrorsTellNeitherHeadersNorBodies) {
  ScriptedServer server([](Peer& peer) {
    peer.read_request();
    peer.write("HTTP/1.1 200 OK\r\nContent-Length: 99\r\nX: geheim\r\n\r\ngeheim");
  });
  const auto client = client_of(server.url());
  auto request = request_to("/?q=geheim", Method::post);
  request.headers = {{"Authorization", "geheim"}};
  request.body = "geheim";
  const auto reply = send(*client, request);
  ASSERT_FALSE(reply);
  EXPECT_FALSE(contains(reply.error().message(), "geheim")) << reply.error().message();
}

TEST_F(HttpClientTest, ARequestThatWouldSplitIsNotSent) {
  ScriptedServer server(echo_targets);
  const auto client = client_of(server.url());
  auto header = request_to("/");
  header.headers = {{"X-Name", "a\r\nX-Other: b"}};
  for (const auto& request :
       {header, request_to("/a b"), request_to("/a\r\nX: y"), request_to("a")}) {
    const auto reply = send(*client, request);
    ASSERT_FALSE(reply);
    EXPECT_EQ(reply.error().code(), Errc::invalid_argument);
  }
  EXPECT_EQ(server.connections(), 0);
}

TEST_F(HttpClientTest, UnusableSettingsAreRefusedAtTheStart) {
  HttpSettings proxied;
  proxied.base_url = "http://localhost";
  proxied.proxy = "https://localhost:3128";
  EXPECT_THROW(client_with(proxied), std::runtime_error);
  EXPECT_THROW(client_of("ftp://localhost"), std::runtime_error);
  EXPECT_THROW(client_of("http://user:secret@localhost"), std::runtime_error);
}

}  // namespace
}  // namespace bridge::test
