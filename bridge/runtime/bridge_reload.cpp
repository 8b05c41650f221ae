// From one configuration to the next: what did not change does not notice.

#include <algorithm>

#include "runtime/bridge.hpp"

namespace bridge {
namespace {

using namespace std::chrono_literals;

constexpr auto kCommandGrace = 4s;

const AccountConfiguration* account_in(const Configuration& configuration,
                                       const std::string& name) {
  const auto& all = configuration.accounts;
  const auto is_named = [&](const AccountConfiguration& each) { return each.name == name; };
  const auto found = std::find_if(all.begin(), all.end(), is_named);
  return found == all.end() ? nullptr : &*found;
}

}  // namespace

boost::asio::awaitable<Bridge::Reloaded> Bridge::reload() {
  ++running_;
  const Gate::Pass pass = co_await reloading_.enter();
  Reloaded reloaded;
  reloaded.trouble = "the bridge stops";
  if (!stopping_) {
    ports_.tell_service("RELOADING=1");
    auto next = ports_.read_configuration();
    reloaded.trouble = next ? "" : next.error().message();
    if (next) reloaded.restart_needed = what_needs_a_restart(*next);
    if (next) co_await take_over(std::move(*next));
    ports_.tell_service("READY=1");
  }
  --running_;
  co_return reloaded;
}

boost::asio::awaitable<void> Bridge::take_over(Configuration next) {
  for (const std::string& part : what_needs_a_restart(next)) {
    const std::string name = part == "state_directory" ? part : '[' + part + ']';
    ports_.log.say(Level::warning, "configuration",
                   name + " changed: restart the service to put that into force");
  }
  if (next.log_level != configuration_.log_level) ports_.set_log_level(next.log_level);
  const bool says_more = next.log_level != configuration_.log_level;
  configuration_.log_level = next.log_level;
  if (says_more) say_info();
  add_secrets(configuration_.secrets, next.secrets);
  std::vector<Account*> ending = leaving(next);
  for (const Account* account : ending) changing_.insert(account->name());
  co_await end(std::move(ending));
  if (stopping_) co_return;

  replace_accounts(next);
}

// A difference that only a new process can take up.
std::vector<std::string> Bridge::what_needs_a_restart(const Configuration& next) const {
  std::vector<std::string> parts;
  if (next.state_directory != configuration_.state_directory) parts.push_back("state_directory");
  if (next.mqtt != configuration_.mqtt) parts.push_back("mqtt");
  if (next.homeassistant != configuration_.homeassistant) parts.push_back("homeassistant");
  return parts;
}

/// The accounts that are gone from the configuration, or are to be others.
std::vector<Account*> Bridge::leaving(const Configuration& next) {
  std::vector<Account*> all;
  for (const auto& account : accounts_) {
    const AccountConfiguration* wanted = account_in(next, account->name());
    if (wanted == nullptr || *wanted != account->configuration()) all.push_back(account.get());
  }
  return all;
}

boost::asio::awaitable<void> Bridge::end(std::vector<Account*> accounts) {
  const auto latest = ports_.clock.uptime() + kCommandGrace;
  for (Account* account : accounts) account->stop(kCommandGrace);
  const auto has_ended = [](const Account* account) { return account->has_ended(); };
  while (!stopping_ && !std::all_of(accounts.begin(), accounts.end(), has_ended)) {
    co_await ports_.clock.wait(10ms);
    if (ports_.clock.uptime() < latest) continue;
    for (Account* account : accounts) account->break_off_commands();
  }
}

void Bridge::replace_accounts(const Configuration& next) {
  std::vector<std::pair<std::string, std::string>> unsettled;  // announcement and device
  for (const auto& account : accounts_) {
    if (changing_.contains(account->name())) account->save();
    for (const Record& record : account->devices().all()) {
      unsettled.emplace_back(account->announcement(record->device.id), record->device.id);
    }
  }
  std::vector<std::unique_ptr<Account>> kept = std::exchange(accounts_, {});
  std::erase_if(kept, [&](const auto& account) { return changing_.contains(account->name()); });
  const std::size_t unchanged = kept.size();

  std::vector<Account*> fresh;
  for (const AccountConfiguration& wanted : next.accounts) {
    const auto same = std::find_if(kept.begin(), kept.end(), [&](const auto& account) {
      return account != nullptr && account->name() == wanted.name;
    });
    if (same == kept.end()) {
      accounts_.push_back(make_account(wanted));
      fresh.push_back(accounts_.back().get());
    } else {
      accounts_.push_back(std::move(*same));
    }
  }
  configuration_.accounts = next.accounts;
  ports_.log.say(Level::notice, "configuration",
                 "read again: " + std::to_string(fresh.size()) +
                     (fresh.size() == 1 ? " account starts anew, " : " accounts start anew, ") +
                     std::to_string(unchanged) + (unchanged == 1 ? " goes on" : " go on"));
  begin(fresh);
  for (const auto& [announcement, device] : unsettled) settle(announcement, device);
}

void Bridge::begin(const std::vector<Account*>& fresh) {
  for (const auto& account : accounts_) {
    if (std::find(fresh.begin(), fresh.end(), account.get()) != fresh.end()) {
      account->republish(kSayAll);
      account->start();
    } else if (account->status().reason() == "unauthorized") {
      account->poll_now();  // whoever mends a credential reloads next
    }
  }
  const std::set<std::string> changed = std::exchange(changing_, {});
  if (fresh.empty() && changed.empty()) return;
  own_devices_.announce(configuration_);
  collect_leftovers();
  leftovers_.take_back();
  say_info();
  if (!changed.empty()) replay_journal(changed);
}

}  // namespace bridge
