#pragma once

#include <arpa/inet.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <memory>
#include <sstream>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "support/child_process.hpp"
#include "support/temporary_directory.hpp"

namespace bridge {

/// A loopback address with a port that was free a moment ago.
inline sockaddr_in free_address() {
  const int probe = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  const bool bound = ::bind(probe, reinterpret_cast<sockaddr*>(&address), size) == 0 &&
                     ::getsockname(probe, reinterpret_cast<sockaddr*>(&address), &size) == 0;
  ::close(probe);
  if (!bound) throw std::runtime_error("no free port");
  return address;
}

/// A real mosquitto on a port of 127.0.0.1 that stays the same through kill() and start().
class Mosquitto {
 public:
  struct Options {
    bool anonymous = true;
    std::string user, password;         ///< a user it knows; empty: none
    std::string cert_file, key_file;    ///< given: TLS
    bool persistent = false;            ///< retained messages survive kill(), once saved
    std::vector<std::string> settings;  ///< further lines of its configuration
  };

  Mosquitto() : Mosquitto(Options()) {}
  explicit Mosquitto(const Options& options) : address_(free_address()), tls_(options.cert_file) {
    write_configuration(options);
  }

  int port() const { return ntohs(address_.sin_port); }
  std::string url() const {
    return (tls_.empty() ? "mqtt" : "mqtts") + ("://127.0.0.1:" + std::to_string(port()));
  }

  /// Starts it and waits until it accepts connections.
  void start() {
    process_ = std::make_unique<ChildProcess>(
        std::vector<std::string>{program(), "-c", directory_.file("conf")});
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(20);
    while (!accepts()) {
      if (std::chrono::steady_clock::now() > deadline) throw std::runtime_error("no broker");
      ::poll(nullptr, 0, 2);
    }
  }
  void kill() { process_.reset(); }
  /// Stops working without closing anything, like a machine that hangs.
  void freeze() { process_->signal(SIGSTOP); }
  void thaw() { process_->signal(SIGCONT); }
  /// Ends it in order: MQTT 5 clients are told.
  void terminate() {
    process_->end(SIGTERM);
    process_.reset();
  }

  std::string log() const {
    std::ostringstream text;
    text << std::ifstream(directory_.file("log")).rdbuf();
    return text.str();
  }

  /// Runs mosquitto_pub to its end.
  int publish(std::vector<std::string> arguments) const {
    return ChildProcess(client("mosquitto_pub", std::move(arguments))).wait();
  }
  /// A running mosquitto_sub, which ends by itself after twenty seconds.
  std::unique_ptr<ChildProcess> subscribe(std::vector<std::string> arguments) const {
    arguments.insert(arguments.end(), {"-W", "20"});
    return std::make_unique<ChildProcess>(client("mosquitto_sub", std::move(arguments)));
  }
  /// The payload retained on a topic.
  std::string retained(const std::string& topic) const {
    return subscribe({"-t", topic, "-C", "1"})->line();
  }

 private:
  static std::string program() {
    return ::access("/usr/sbin/mosquitto", X_OK) == 0 ? "/usr/sbin/mosquitto" : "mosquitto";
  }

  std::vector<std::string> client(const char* program, std::vector<std::string> arguments) const {
    std::vector<std::string> command{program, "-h", "127.0.0.1", "-p", std::to_string(port())};
    if (!user_.empty()) command.insert(command.end(), {"-u", user_, "-P", password_});
    command.insert(command.end(), arguments.begin(), arguments.end());
    return command;
  }

  void write_configuration(const Options& options) {
    std::ofstream text(directory_.file("conf"));
    text << "user root\nlistener " << port()
         << " 127.0.0.1\nmax_queued_messages 0\nallow_anonymous "
         << (options.anonymous ? "true" : "false") << "\nlog_type all\nlog_dest file "
         << directory_.file("log") << "\n";
    if (options.persistent) {
      text << "persistence true\nautosave_on_changes true\nautosave_interval 1\n"
           << "persistence_location " << directory_.file("") << "\n";
    }
    if (!options.cert_file.empty()) {
      text << "certfile " << options.cert_file << "\nkeyfile " << options.key_file << "\n";
    }
    if (!options.user.empty()) {
      user_ = options.user;
      password_ = options.password;
      ChildProcess({"mosquitto_passwd", "-c", "-b", directory_.file("users"), user_, password_})
          .wait();
      text << "password_file " << directory_.file("users") << "\n";
    }
    for (const std::string& line : options.settings) text << line << "\n";
  }

  bool accepts() const {
    const int probe = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const bool open =
        ::connect(probe, reinterpret_cast<const sockaddr*>(&address_), sizeof address_) == 0;
    ::close(probe);
    return open;
  }

  TemporaryDirectory directory_;
  sockaddr_in address_;
  std::string tls_;
  std::string user_, password_;
  std::unique_ptr<ChildProcess> process_;
};

}  // namespace bridge
