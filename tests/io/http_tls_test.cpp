// TLS and proxies.

#include <filesystem>
#include <fstream>
#include <future>
#include <stdexcept>

#include "http_fixture.hpp"

namespace bridge::test {
namespace {

using std::chrono::milliseconds;

CertificateFacts authority(const std::string& name) {
  CertificateFacts facts;
  facts.name = name;
  facts.is_ca = true;
  return facts;
}

CertificateFacts leaf(const std::string& names) {
  CertificateFacts facts;
  facts.alternative_names = names;
  return facts;
}

class HttpTlsTest : public HttpFixture {
 protected:
  HttpTlsTest() { std::ofstream(ca_file_) << pem(ca_); }
  ~HttpTlsTest() override { std::filesystem::remove(ca_file_); }

  HttpSettings settings_for(const std::string& base_url) const {
    HttpSettings settings;
    settings.base_url = base_url;
    settings.ca_file = ca_file_;
    return settings;
  }

  /// A GET of a server with that certificate by a client that trusts the test's CA.
  Result<HttpReply> get_from(const Certificate& certificate, std::string_view host = "localhost") {
    ScriptedServer server(hello, &certificate);
    const auto client = client_with(settings_for(server.url(host)));
    return get(*client, "/");
  }

  /// The same, where it must fail, and whose message must hold these parts.
  void expect_refusal(const Certificate& certificate, std::string_view reason,
                      std::string_view advice) {
    const auto reply = get_from(certificate);
    ASSERT_FALSE(reply);
    EXPECT_EQ(reply.error().code(), Errc::network);
    EXPECT_TRUE(contains(reply.error().message(), reason)) << reply.error().message();
    EXPECT_TRUE(contains(reply.error().message(), advice)) << reply.error().message();
  }

  static void hello(Peer& peer) {
    while (!peer.read_request().empty()) peer.answer("hello " + peer.asked_name());
  }

  /// Opens tunnels to `server`, whatever it is asked for, and notes the request.
  ScriptedServer::Script tunnel_to(const ScriptedServer& server) {
    return [this, port = server.port()](Peer& peer) {
      asked_proxy_.set_value(peer.read_request());
      peer.write("HTTP/1.1 200 Connection established\r\n\r\n");
      peer.relay_to(port);
    };
  }

  Certificate ca_ = make_certificate(authority("Test CA"), nullptr);
  Certificate good_ = make_certificate(leaf("DNS:localhost,IP:127.0.0.1"), &ca_);
  std::string ca_file_ =
      testing::TempDir() + "http_tls_test_" + std::to_string(::getpid()) + ".pem";
  std::promise<std::string> asked_proxy_;
};

TEST_F(HttpTlsTest, AcceptsTheRightCertificateAndNamesTheHost) {
  const auto reply = get_from(good_);
  ASSERT_TRUE(reply) << reply.error().message();
  EXPECT_EQ(reply->body, "hello localhost");
}

TEST_F(HttpTlsTest, AcceptsAnAddressInTheCertificateWithoutNamingIt) {
  const auto reply = get_from(good_, "127.0.0.1");
  ASSERT_TRUE(reply) << reply.error().message();
  EXPECT_EQ(reply->body, "hello ");
}

TEST_F(HttpTlsTest, UsesOneConnectionForManyRequests) {
  ScriptedServer server(hello, &good_);
  const auto client = client_with(settings_for(server.url("localhost")));
  for (int i = 0; i < 3; ++i) EXPECT_TRUE(get(*client, "/"));
  EXPECT_EQ(server.connections(), 1);
}

TEST_F(HttpTlsTest, CarriesMegabytes) {
  const std::string body(3'000'000, 'x');
  ScriptedServer server(
      [&](Peer& peer) {
        peer.read_request();
        peer.answer(body);
      },
      &good_);
  const auto client = client_with(settings_for(server.url("localhost")));
  const auto reply = get(*client, "/");
  ASSERT_TRUE(reply) << reply.error().message();
  EXPECT_EQ(reply->body, body);
}

TEST_F(HttpTlsTest, RefusesAnotherHostsCertificate) {
  expect_refusal(make_certificate(leaf("DNS:example.com"), &ca_), "hostname mismatch",
                 "wrong host name: it is not for localhost");
  const auto by_address = get_from(make_certificate(leaf("DNS:localhost"), &ca_), "127.0.0.1");
  ASSERT_FALSE(by_address);
  EXPECT_TRUE(contains(by_address.error().message(), "wrong host name"));
}

TEST_F(HttpTlsTest, RefusesAnExpiredCertificate) {
  auto facts = leaf("DNS:localhost");
  facts.to = std::chrono::seconds(-60);
  expect_refusal(make_certificate(facts, &ca_), "certificate has expired", "must renew it");
}

TEST_F(HttpTlsTest, RefusesACertificateOfTheFuture) {
  auto facts = leaf("DNS:localhost");
  facts.from = std::chrono::seconds(600);
  expect_refusal(make_certificate(facts, &ca_), "not yet valid", "clock is probably behind");
}

TEST_F(HttpTlsTest, RefusesAnUnknownAuthority) {
  const auto other = make_certificate(authority("Other CA"), nullptr);
  expect_refusal(make_certificate(leaf("DNS:localhost"), &other), "unable to get local issuer",
                 "unknown CA: update the ca-certificates package, or set ca_file");
  expect_refusal(make_certificate(leaf("DNS:localhost"), nullptr), "self-signed certificate",
                 "unknown CA");
}

TEST_F(HttpTlsTest, TheSystemsCertificatesDoNotIncludeTheTests) {
  ScriptedServer server(hello, &good_);
  const auto client = client_of(server.url("localhost"));
  const auto reply = get(*client, "/");
  ASSERT_FALSE(reply);
  EXPECT_TRUE(contains(reply.error().message(), "unknown CA")) << reply.error().message();
}

TEST_F(HttpTlsTest, AServerWithoutTlsIsANetworkError) {
  ScriptedServer server([](Peer& peer) { peer.answer("plain"); });
  const auto port = std::to_string(server.port());
  const auto client = client_with(settings_for("https://localhost:" + port));
  const auto reply = get(*client, "/");
  ASSERT_FALSE(reply);
  EXPECT_EQ(reply.error().code(), Errc::network);
  EXPECT_TRUE(contains(reply.error().message(), "TLS failed: ")) << reply.error().message();
}

TEST_F(HttpTlsTest, AHandshakeThatIsNotAnsweredEndsAtTheDeadline) {
  ScriptedServer server([](Peer& peer) { peer.wait_until_closed(); });
  const auto port = std::to_string(server.port());
  const auto client = client_with(settings_for("https://localhost:" + port));
  auto request = request_to("/");
  request.deadline = milliseconds(80);
  const auto reply = send(*client, request);
  ASSERT_FALSE(reply);
  EXPECT_EQ(reply.error().code(), Errc::timeout);
}

TEST_F(HttpTlsTest, CloseDuringTheHandshakeIsSafe) {
  ScriptedServer server([](Peer& peer) { peer.wait_until_closed(); });
  const auto port = std::to_string(server.port());
  auto client = client_with(settings_for("https://localhost:" + port));
  const auto slot = start(loop_, client->send(request_to("/")));
  while (server.connections() == 0) loop_.run_one_for(milliseconds(5));
  loop_.poll();
  client.reset();
  ASSERT_TRUE(run_until(loop_, slot));
  ASSERT_FALSE(**slot);
  EXPECT_EQ((*slot)->error().code(), Errc::network);
}

TEST_F(HttpTlsTest, TheLoopMayEndDuringHandshakeAndAnswer) {
  ScriptedServer server([](Peer& peer) { peer.wait_until_closed(); }, &good_);
  for (int steps = 0; steps < 16; ++steps) {
    boost::asio::io_context loop{1};
    auto client =
        make_beast_http_client(loop.get_executor(), settings_for(server.url("localhost")));
    start(loop, client->send(request_to("/")));
    for (int i = 0; i < steps; ++i) loop.run_one_for(milliseconds(2));
    client.reset();
  }
}

TEST_F(HttpTlsTest, AnUnreadableCaFileIsRefusedAtTheStart) {
  auto settings = settings_for("https://localhost");
  settings.ca_file = "/nonexistent/ca.pem";
  EXPECT_THROW(client_with(settings), std::runtime_error);
}

TEST_F(HttpTlsTest, GoesThroughATunnelOfTheProxy) {
  ScriptedServer server(hello, &good_);
  ScriptedServer proxy(tunnel_to(server));
  auto settings = settings_for("https://localhost:8443");
  settings.proxy = proxy.url();
  const auto client = client_with(settings);
  for (int i = 0; i < 2; ++i) {
    const auto reply = get(*client, "/");
    ASSERT_TRUE(reply) << reply.error().message();
    EXPECT_EQ(reply->body, "hello localhost");
  }
  EXPECT_EQ(asked_proxy_.get_future().get(),
            "CONNECT localhost:8443 HTTP/1.1\r\nHost: localhost:8443\r\n"
            "User-Agent: cloud2mqtt/" CLOUD2MQTT_VERSION "\r\n\r\n");
  EXPECT_EQ(proxy.connections(), 1);
}

TEST_F(HttpTlsTest, ChecksTheCertificateBehindTheProxyToo) {
  ScriptedServer server(hello, &good_);
  ScriptedServer proxy(tunnel_to(server));
  auto settings = settings_for("https://api.example.com");
  settings.proxy = proxy.url();
  const auto client = client_with(settings);
  const auto reply = get(*client, "/");
  ASSERT_FALSE(reply);
  EXPECT_TRUE(contains(reply.error().message(), "wrong host name")) << reply.error().message();
}

TEST_F(HttpTlsTest, ARefusingProxyIsANetworkErrorWithItsStatus) {
  ScriptedServer proxy([](Peer& peer) {
    peer.read_request();
    peer.answer("who are you?", "407 Proxy Authentication Required");
  });
  auto settings = settings_for("https://api.example.com");
  settings.proxy = proxy.url();
  const auto client = client_with(settings);
  const auto reply = get(*client, "/v1");
  ASSERT_FALSE(reply);
  EXPECT_EQ(reply.error().code(), Errc::network);
  EXPECT_EQ(reply.error().status, 407);
  EXPECT_EQ(reply.error().message(),
            "GET https://api.example.com/v1: the proxy 127.0.0.1:" + std::to_string(proxy.port()) +
                " answered CONNECT with 407");
}

TEST_F(HttpTlsTest, AProxyThatNeverAnswersEndsAtTheDeadline) {
  ScriptedServer proxy([](Peer& peer) { peer.wait_until_closed(); });
  auto settings = settings_for("https://api.example.com");
  settings.proxy = proxy.url();
  const auto client = client_with(settings);
  auto request = request_to("/");
  request.deadline = milliseconds(60);
  const auto reply = send(*client, request);
  ASSERT_FALSE(reply);
  EXPECT_EQ(reply.error().code(), Errc::timeout);
  EXPECT_TRUE(contains(reply.error().message(), "the proxy 127.0.0.1:"));
}

TEST_F(HttpTlsTest, APlainRequestGoesToTheProxyInAbsoluteForm) {
  ScriptedServer proxy([this](Peer& peer) {
    asked_proxy_.set_value(peer.read_request());
    peer.answer("by proxy");
  });
  HttpSettings settings;
  settings.base_url = "http://api.example.com:8080";
  settings.proxy = proxy.url();
  const auto client = client_with(settings);
  const auto reply = get(*client, "/v1/x?y=1");
  ASSERT_TRUE(reply) << reply.error().message();
  EXPECT_EQ(reply->body, "by proxy");
  EXPECT_TRUE(asked_proxy_.get_future().get().starts_with(
      "GET http://api.example.com:8080/v1/x?y=1 HTTP/1.1\r\nHost: api.example.com:8080\r\n"));
}

}  // namespace
}  // namespace bridge::test
