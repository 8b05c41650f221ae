#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <chrono>
#include <cstddef>
#include <memory>
#include <string>

#include "runtime/ports.hpp"

namespace bridge {

struct HttpSettings {
  std::string base_url;  ///< http:// or https://; only scheme, host and port are used
  std::string
      proxy;  ///< http://host:port: CONNECT for https, absolute targets for http; empty: none
  std::string ca_file;                        ///< empty: the system's certificates
  std::size_t body_limit = 16 * 1024 * 1024;  ///< also of what gzip unpacks to
  std::chrono::milliseconds idle_limit{
      30000};  ///< a connection unused for longer is not used again
};

/// HTTP/1.1 by Boost.Beast: TLS with host-name check and SNI, kept-alive, gzip, proxy. Redirects
/// are not followed. A request that holds a line break where none may be ends with
/// invalid_argument. The client must not outlive the loop. Throws std::runtime_error when base_url,
/// proxy or ca_file cannot be used.
std::unique_ptr<HttpClient> make_beast_http_client(boost::asio::any_io_executor loop,
                                                   HttpSettings settings);

}  // namespace bridge
