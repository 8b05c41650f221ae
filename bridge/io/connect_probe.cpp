#include "io/connect_probe.hpp"

#include <fcntl.h>
#include <netdb.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <memory>
#include <system_error>

namespace bridge {
namespace {

using Addresses = std::unique_ptr<addrinfo, decltype(&freeaddrinfo)>;
using TlsContext = std::unique_ptr<SSL_CTX, decltype(&SSL_CTX_free)>;
using TlsSession = std::unique_ptr<SSL, decltype(&SSL_free)>;

std::string words(int error) {
  std::string text = std::generic_category().message(error);
  if (!text.empty() && text[0] >= 'A' && text[0] <= 'Z') text[0] += 'a' - 'A';
  return text;
}

class Socket {
 public:
  explicit Socket(int family)
      : handle_(::socket(family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0)) {}
  Socket(const Socket&) = delete;
  Socket& operator=(const Socket&) = delete;
  ~Socket() {
    if (handle_ >= 0) ::close(handle_);
  }
  int handle() const { return handle_; }

 private:
  int handle_;
};

std::string why_not_connected(int socket, const addrinfo& address,
                              std::chrono::milliseconds limit) {
  if (socket < 0) return words(errno);
  if (::connect(socket, address.ai_addr, address.ai_addrlen) == 0) return {};
  if (errno != EINPROGRESS) return words(errno);

  pollfd ready{socket, POLLOUT, 0};
  if (::poll(&ready, 1, static_cast<int>(limit.count())) <= 0) return "no answer";
  int error = 0;
  socklen_t size = sizeof error;
  if (::getsockopt(socket, SOL_SOCKET, SO_ERROR, &error, &size) != 0) error = errno;
  return error == 0 ? std::string() : words(error);
}

// Certificates of files, the host's name or address to be checked. False: a file is of no use.
bool is_prepared(SSL_CTX& context, SSL& session, const ProbeTarget& target) {
  SSL_set_verify(&session, SSL_VERIFY_PEER, nullptr);
  if (X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(&session), target.host.c_str()) != 1) {
    SSL_set1_host(&session, target.host.c_str());
    SSL_set_tlsext_host_name(&session, target.host.c_str());
  }
  if (target.ca_file.empty()) {
    SSL_CTX_set_default_verify_paths(&context);
  } else if (SSL_CTX_load_verify_file(&context, target.ca_file.c_str()) != 1) {
    return false;
  }
  const std::string& key = target.key_file.empty() ? target.cert_file : target.key_file;
  return target.cert_file.empty() ||
         (SSL_use_certificate_chain_file(&session, target.cert_file.c_str()) == 1 &&
          SSL_use_PrivateKey_file(&session, key.c_str(), SSL_FILETYPE_PEM) == 1);
}

std::string why_no_tls(int socket, const ProbeTarget& target, std::chrono::milliseconds limit) {
  const timeval span{static_cast<time_t>(limit.count() / 1000), 0};
  ::setsockopt(socket, SOL_SOCKET, SO_RCVTIMEO, &span, sizeof span);
  ::setsockopt(socket, SOL_SOCKET, SO_SNDTIMEO, &span, sizeof span);
  ::fcntl(socket, F_SETFL, ::fcntl(socket, F_GETFL) & ~O_NONBLOCK);

  const TlsContext context(SSL_CTX_new(TLS_client_method()), &SSL_CTX_free);
  const TlsSession session(context ? SSL_new(context.get()) : nullptr, &SSL_free);
  if (!session) return "TLS: not available";
  ERR_clear_error();
  if (!is_prepared(*context, *session, target)) {
    return "TLS: ca_file, cert_file or key_file cannot be used";
  }
  SSL_set_fd(session.get(), socket);
  if (SSL_connect(session.get()) == 1) return {};
  const long verdict = SSL_get_verify_result(session.get());
  if (verdict != X509_V_OK) {
    return std::string("TLS: certificate verify failed: ") + X509_verify_cert_error_string(verdict);
  }
  const char* reason = ERR_reason_error_string(ERR_peek_last_error());
  return std::string("TLS: ") + (reason ? reason : "the broker ended the handshake");
}

}  // namespace

std::string why_unreachable(const ProbeTarget& target, std::chrono::milliseconds limit) {
  addrinfo wanted{};
  wanted.ai_socktype = SOCK_STREAM;
  addrinfo* first = nullptr;
  const int failure = ::getaddrinfo(target.host.c_str(), target.port.c_str(), &wanted, &first);
  const Addresses addresses(first, &freeaddrinfo);
  if (failure == EAI_AGAIN) return "the name server does not answer";
  if (failure != 0) return "host name not found";

  std::string reason = "host name not found";
  for (const addrinfo* each = first; each != nullptr; each = each->ai_next) {
    const Socket socket(each->ai_family);
    reason = why_not_connected(socket.handle(), *each, limit);
    if (reason.empty()) return target.tls ? why_no_tls(socket.handle(), target, limit) : "";
  }
  return reason;
}

}  // namespace bridge
