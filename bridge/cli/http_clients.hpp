#pragma once

#include <boost/asio/any_io_executor.hpp>

#include "runtime/ports.hpp"

namespace bridge {

/// Clients for an account's base URL, with its proxy and certificates.
HttpClients http_clients(boost::asio::any_io_executor loop);

}  // namespace bridge
