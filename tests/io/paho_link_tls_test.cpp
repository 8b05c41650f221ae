#include <algorithm>

#include "io/paho_link.hpp"
#include "support/link_fixture.hpp"

namespace bridge {
namespace {

/// A certificate authority and what it signs, made by openssl.
class Authority {
 public:
  Authority() { make("ca", "req -x509 -days 2 -subj /CN=authority -out ca.pem"); }

  std::string file(const std::string& name) const { return directory_.file(name); }

  /// Makes NAME.pem and NAME.key for a subject such as "IP:127.0.0.1".
  void sign(const std::string& name, const std::string& subject) {
    std::ofstream(file(name + ".ext")) << "subjectAltName=" << subject << "\n";
    make(name, "req -subj /CN=" + name + " -out " + name + ".csr");
    sh("openssl x509 -req -in " + name + ".csr -CA ca.pem -CAkey ca.key -CAcreateserial -days 2" +
       " -extfile " + name + ".ext -out " + name + ".pem");
  }

 private:
  void make(const std::string& name, const std::string& request) {
    sh("openssl " + request + " -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout " +
       name + ".key");
  }
  void sh(const std::string& command) {
    const std::string all = "cd " + file("") + " && exec " + command + " 2>/dev/null";
    if (ChildProcess({"/bin/sh", "-c", all}).wait() != 0) throw std::runtime_error(command);
  }

  TemporaryDirectory directory_;
};

class PahoLinkTls : public LinkTest {
 protected:
  void start_broker(const std::string& subject, std::vector<std::string> settings = {}) {
    authority.sign("broker", subject);
    Mosquitto::Options options;
    options.cert_file = authority.file("broker.pem");
    options.key_file = authority.file("broker.key");
    options.settings = std::move(settings);
    broker = std::make_unique<Mosquitto>(options);
    broker->start();
  }
  std::string first_reason() {
    make_link(broker->url());
    link->start(listener, {});
    wait_until([&] { return link->is_connected() || !listener.reasons.empty(); });
    return listener.reasons.empty() ? "connected" : listener.reasons.front();
  }

  Authority authority;
  std::unique_ptr<Mosquitto> broker;
};

TEST_F(PahoLinkTls, ConnectsToABrokerThatTheAuthorityVouchesFor) {
  start_broker("IP:127.0.0.1");
  configuration.ca_file = authority.file("ca.pem");
  connect(broker->url());
  EXPECT_TRUE(delivered(message("test/a", "x")));
}

TEST_F(PahoLinkTls, RefusesACertificateOfAnotherAuthority) {
  start_broker("IP:127.0.0.1");
  const Authority other;
  configuration.ca_file = other.file("ca.pem");
  EXPECT_EQ(first_reason(),
            "TLS: certificate verify failed: unable to get local issuer certificate");
}

TEST_F(PahoLinkTls, RefusesACertificateForAnotherHost) {
  start_broker("DNS:broker.example.com");
  configuration.ca_file = authority.file("ca.pem");
  EXPECT_EQ(first_reason(), "TLS: certificate verify failed: IP address mismatch");
}

TEST_F(PahoLinkTls, SaysThatTheBrokerDoesNotSpeakTls) {
  Mosquitto plain;
  plain.start();
  make_link("mqtts" + plain.url().substr(4));
  link->start(listener, {});
  ASSERT_TRUE(wait_until([&] { return !listener.reasons.empty(); }));
  EXPECT_EQ(listener.reasons.front().substr(0, 5), "TLS: ") << reasons();
}

TEST_F(PahoLinkTls, AsksWhetherThePortIsForTls) {
  start_broker("IP:127.0.0.1");
  make_link("mqtt" + broker->url().substr(5));
  link->start(listener, {});
  ASSERT_TRUE(wait_until([&] { return !listener.reasons.empty(); }));
  EXPECT_EQ(listener.reasons.front(),
            "the broker ended the connection: is this port for mqtts://?");
}

TEST_F(PahoLinkTls, ShowsItsOwnCertificate) {
  start_broker("IP:127.0.0.1", {"cafile " + authority.file("ca.pem"), "require_certificate true"});
  authority.sign("bridge", "DNS:bridge");
  configuration.ca_file = authority.file("ca.pem");
  configuration.cert_file = authority.file("bridge.pem");
  configuration.key_file = authority.file("bridge.key");
  connect(broker->url());
  EXPECT_TRUE(delivered(message("test/a", "x")));
}

}  // namespace
}  // namespace bridge
