#include "cli/login.hpp"

#include <unistd.h>

#include <algorithm>
#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <csignal>
#include <cstdlib>
#include <memory>
#include <ostream>
#include <stdexcept>

#include "bridge/timestamp.hpp"
#include "cli/check.hpp"
#include "cli/command_line.hpp"
#include "cli/http_clients.hpp"
#include "cli/login_state.hpp"
#include "core/web_address.hpp"
#include "io/line_input.hpp"
#include "io/login_store.hpp"
#include "io/random_bytes.hpp"
#include "io/redirect_listener.hpp"
#include "io/state_file.hpp"
#include "io/system_clock.hpp"
#include "runtime/login_flow.hpp"
#include "runtime/spawn.hpp"

namespace bridge {
namespace {

namespace asio = boost::asio;

constexpr std::uint16_t kUsualPort = 8765;

std::unique_ptr<RedirectListener> listen(asio::io_context& loop,
                                         std::optional<std::uint16_t> port) {
  try {
    return std::make_unique<RedirectListener>(loop.get_executor(), port.value_or(kUsualPort));
  } catch (const std::runtime_error&) {
    if (port) throw;
    return std::make_unique<RedirectListener>(loop.get_executor(), 0);
  }
}

/// One login at work.
class Login {
 public:
  Login(const AccountConfiguration& account, std::string directory,
        std::optional<std::uint16_t> port, int input, std::ostream& out)
      : account_(account),
        store_(std::move(directory)),
        out_(out),
        listener_(listen(loop_, port)),
        lines_(loop_.get_executor(), input),
        clock_(make_system_clock(loop_.get_executor())) {
    store_.check_writable();
    AccountConfiguration endpoint = account;
    endpoint.base_url = origin_of(token_url_of(account));
    client_ = http_clients(loop_.get_executor())(endpoint);
    Pkce pkce = make_pkce(random_bytes(32), sha256);
    flow_ = std::make_unique<LoginFlow>(
        LoginParts{account, *clock_, *client_, listener_->address(), base64url(random_bytes(16)),
                   std::move(pkce), [this](const std::string& sentence) { say(sentence); }});
  }

  int run() {
    say("Open this address in a browser and sign in with your account at " +
        std::string(account_.mapper->manufacturer) + ":\n\n" + flow_->address() + "\n");
    say("If the browser runs on another machine it will find nothing at the end: then copy the "
        "address it shows, which begins with " +
        listener_->address() + ", paste it here and press Enter.");
    const auto visit = [this](const std::string& target) { return took(target); };
    spawn(loop_.get_executor(), listener_->serve(visit));
    spawn(loop_.get_executor(), take_lines());
    spawn(loop_.get_executor(), stop_on_signal());
    spawn(loop_.get_executor(), finish());
    loop_.run();
    return status_;
  }

 private:
  void say(const std::string& sentence) { out_ << sentence << std::endl; }

  std::string took(const std::string& address) {
    std::string sentence = flow_->take(address);
    say(sentence);
    return sentence;
  }

  asio::awaitable<void> take_lines() {
    while (const auto line = co_await lines_.next()) {
      if (line->find_first_not_of(" \t") != line->npos) took(*line);
    }
  }

  asio::awaitable<void> stop_on_signal() {
    asio::signal_set signals(loop_, SIGINT, SIGTERM);
    co_await signals.async_wait(asio::use_awaitable);
    flow_->give_up();
  }

  asio::awaitable<void> finish() {
    const auto tokens = co_await flow_->finish();
    if (tokens) {
      save(*tokens);
      status_ = EXIT_SUCCESS;
    } else {
      say(tokens.error().message());
    }
    loop_.stop();
  }

  void save(const StoredToken& tokens) {
    store_.save_token(account_.name, tokens);
    say("The login of \"" + account_.name + "\" is stored in " + store_.directory() + ".");
    if (tokens.refresh.empty()) {
      say("The vendor gave no refresh token: log in again before it expires.");
    }
    if (tokens.expires != Instant{}) {
      say("Its token expires " + format_time(tokens.expires) +
          (tokens.refresh.empty() ? "." : " and is renewed by itself."));
    }
    say(is_in_use(store_.directory()) ? "The running service takes it over within seconds."
                                      : "The service takes it up when it starts.");
  }

  asio::io_context loop_{1};
  const AccountConfiguration& account_;
  LoginStore store_;
  std::ostream& out_;
  std::unique_ptr<RedirectListener> listener_;
  LineInput lines_;
  std::unique_ptr<Clock> clock_;
  std::unique_ptr<HttpClient> client_;
  std::unique_ptr<LoginFlow> flow_;
  int status_ = EXIT_FAILURE;
};

/// The configuration as a login needs it: other accounts' secrets, which only the service may read,
/// are no reason to refuse.
ConfigRead read_for(const std::string& file, const std::string& name,
                    std::span<const Mapper* const> mappers) {
  ConfigRead read = read_config_file(file, mappers, Referred::ignored);
  const auto& accounts = read.configuration.accounts;
  const bool needs_secret = std::any_of(accounts.begin(), accounts.end(), [&](const auto& account) {
    return account.name == name && account.settings.has("client_secret");
  });
  return needs_secret ? read_config_file(file, mappers) : read;
}

std::string names_of(const Configuration& configuration) {
  std::string names;
  for (const AccountConfiguration& account : configuration.accounts) {
    if (takes_logins(account)) names += (names.empty() ? "" : ", ") + account.name;
  }
  return names.empty() ? "No account of the configuration needs one."
                       : "Accounts that do: " + names + ".";
}

}  // namespace

int login(const std::string& file, const std::string& account, std::optional<std::uint16_t> port,
          std::span<const Mapper* const> mappers, int input, std::ostream& out,
          std::ostream& trouble) {
  const ConfigRead read = read_for(file, account, mappers);
  if (!read.problems.empty()) {
    print_problems(trouble, file, read.problems);
    return kExitConfiguration;
  }
  const auto& accounts = read.configuration.accounts;
  const auto found = std::find_if(accounts.begin(), accounts.end(),
                                  [&](const auto& each) { return each.name == account; });
  if (found == accounts.end()) {
    trouble << "cloud2mqtt: " << file << " has no account \"" << account << "\". "
            << names_of(read.configuration) << '\n';
    return kExitUsage;
  }
  if (!takes_logins(*found)) {
    trouble << "cloud2mqtt: \"" << account << "\" needs no login: it signs in by itself with what "
            << "the configuration says. " << names_of(read.configuration) << '\n';
    return kExitUsage;
  }
  try {
    return Login(*found, read.configuration.state_directory, port, input, out).run();
  } catch (const std::runtime_error& error) {
    trouble << "cloud2mqtt: " << error.what() << '\n';
    if (::geteuid() != 0) trouble << "Try \"sudo cloud2mqtt login " << account << "\".\n";
    return EXIT_FAILURE;
  }
}

int print_logins(const std::string& file, std::span<const Mapper* const> mappers, std::ostream& out,
                 std::ostream& trouble) {
  const ConfigRead read = read_config_file(file, mappers, Referred::ignored);
  if (!read.problems.empty()) {
    print_problems(trouble, file, read.problems);
    return kExitConfiguration;
  }
  bool readable = true;
  for (const AccountConfiguration& account : read.configuration.accounts) {
    const LoginState state = login_state(account, read.configuration.state_directory);
    out << account.name << " (" << account.mapper->manufacturer << "), " << state.text << '\n';
    readable = readable && state.readable;
  }
  return readable ? EXIT_SUCCESS : EXIT_FAILURE;
}

}  // namespace bridge
