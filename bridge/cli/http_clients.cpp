#include "cli/http_clients.hpp"

#include "io/beast_http_client.hpp"

namespace bridge {

HttpClients http_clients(boost::asio::any_io_executor loop) {
  return [loop](const AccountConfiguration& account) {
    HttpSettings settings;
    settings.base_url = account.base_url;
    settings.proxy = account.proxy;
    settings.ca_file = account.ca_file;
    return make_beast_http_client(loop, std::move(settings));
  };
}

}  // namespace bridge
