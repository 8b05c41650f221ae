#pragma once

#include <fcntl.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace bridge {

/// A program run by a test, found by the path; its standard output can be read. Killed by its
/// process id at the end, if it still runs.
class ChildProcess {
 public:
  explicit ChildProcess(std::vector<std::string> command) {
    int ends[2];
    if (::pipe2(ends, O_CLOEXEC) != 0) throw std::runtime_error("no pipe");
    output_ = ends[0];
    std::vector<char*> arguments;
    for (std::string& word : command) arguments.push_back(word.data());
    arguments.push_back(nullptr);
    process_ = ::fork();
    if (process_ == 0) {
      ::prctl(PR_SET_PDEATHSIG, SIGKILL);  // a test that is killed leaves nothing behind
      ::dup2(ends[1], 1);
      ::execvp(arguments[0], arguments.data());
      ::_exit(127);
    }
    ::close(ends[1]);
    if (process_ < 0) throw std::runtime_error("cannot run " + command[0]);
  }
  ChildProcess(const ChildProcess&) = delete;
  ChildProcess& operator=(const ChildProcess&) = delete;
  ~ChildProcess() {
    end(SIGKILL);
    ::close(output_);
  }

  void signal(int number) {
    if (process_ > 0) ::kill(process_, number);
  }

  /// Sends the signal and waits for the end.
  void end(int number) {
    signal(number);
    wait();
  }

  /// The exit status; -1 when a signal ended it.
  int wait() {
    if (process_ > 0) {
      int status = 0;
      ::waitpid(process_, &status, 0);
      status_ = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
      process_ = -1;
    }
    return status_;
  }

  /// Everything it prints until it closes its output or the time is over.
  std::string output(std::chrono::seconds limit = std::chrono::seconds(20)) {
    const auto deadline = std::chrono::steady_clock::now() + limit;
    std::string all;
    char piece[4096];
    while (readable_until(deadline)) {
      const ssize_t size = ::read(output_, piece, sizeof piece);
      if (size <= 0) break;
      all.append(piece, static_cast<std::size_t>(size));
    }
    return all;
  }

  /// Its first line, without the line end; what there is when the time is over.
  std::string line(std::chrono::seconds limit = std::chrono::seconds(20)) {
    const auto deadline = std::chrono::steady_clock::now() + limit;
    std::string text;
    char letter = 0;
    while (readable_until(deadline) && ::read(output_, &letter, 1) == 1 && letter != '\n') {
      text += letter;
    }
    return text;
  }

 private:
  bool readable_until(std::chrono::steady_clock::time_point deadline) const {
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(
        deadline - std::chrono::steady_clock::now());
    pollfd ready{output_, POLLIN, 0};
    return left.count() > 0 && ::poll(&ready, 1, static_cast<int>(left.count())) == 1;
  }

  pid_t process_ = -1;
  int output_ = -1;
  int status_ = -1;
};

}  // namespace bridge
