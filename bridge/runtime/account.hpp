#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "core/configuration.hpp"
#include "core/device_registry.hpp"
#include "core/polling_schedule.hpp"
#include "runtime/account_status.hpp"
#include "runtime/command_queue.hpp"
#include "runtime/kept_facts.hpp"
#include "runtime/list_belief.hpp"
#include "runtime/publisher.hpp"
#include "runtime/read_periods.hpp"
#include "runtime/read_troubles.hpp"
#include "runtime/vendor_access.hpp"

namespace bridge {

/// What an account is built from; everything outlives it.
struct AccountParts {
  boost::asio::any_io_executor loop;
  const Topics& topics;
  const Configuration& configuration;
  Publisher& publisher;
  Store& store;
  Clock& clock;
  Log& log;
  const HttpClients& clients;
  /// Publishes an outbox message that the store already keeps.
  std::function<void(const OutboxMessage&)> deliver;
  /// This account sees a device, or sees it no more: decides anew which account announces it, since
  /// several may see the same one. Whether one does.
  std::function<bool(const std::string& announcement, const std::string& device)> settle;
  /// A complete list came.
  std::function<void()> listed;
};

/// One configured set of credentials at work: polls, devices, commands.
class Account {
 public:
  Account(AccountConfiguration configuration, const AccountParts& parts);
  Account(const Account&) = delete;
  Account& operator=(const Account&) = delete;
  ~Account();

  const AccountConfiguration& configuration() const { return configuration_; }
  const std::string& name() const { return configuration_.name; }
  const Mapper& mapper() const { return *configuration_.mapper; }
  /// The topic on which it announces a device.
  std::string announcement(const std::string& device) const;
  /// Whether it announces a device, unless an account before it in the file does: it sees it, or
  /// announced it before this start and has not asked often enough to know better.
  bool claims(const std::string& device) const;
  /// Whether it asked often enough to know which devices are gone.
  bool knows_its_devices() const { return belief_.knows_devices(); }
  /// It is this account that announces the device.
  void announce(const std::string& device);
  /// Another account announces the device.
  void leave_to_another(const std::string& device);
  void start();
  /// Takes a device out until the vendor lists it again; `level` is its topic level. Its totals
  /// stay. False: there is none.
  bool forget(const std::string& level);
  /// Asks everything again now, also after a refused login; what succeeded just now, as soon as is
  /// polite to the vendor.
  void poll_now();
  /// Why nothing can be asked now but for commands, and until when: a sentence. Empty: it can.
  std::string why_no_poll() const;
  /// Says everything again on a new connection, or for a Home Assistant that started.
  void republish(std::uint8_t what);
  CommandQueue& commands() { return commands_; }
  const AccountStatus& status() const { return status_; }
  const DeviceRegistry& devices() const { return registry_; }

  /// Breaks the polls off; a running command may take until `grace` is over.
  void stop(std::chrono::milliseconds grace);
  /// The grace is over: the running command is left to the next start.
  void break_off_commands();
  /// Whether nothing of it runs any more: only then may it be destroyed while others go on.
  bool has_ended() const {
    return running_ == 0 && commands_.has_ended() && polls_.is_idle() && orders_.is_idle();
  }
  /// Brings to the store what has to outlive it.
  void save();

 private:
  class ListRun;
  struct Job {
    Record record;            // null: the list
    std::size_t read = 0;     // index into the kind's reads
    bool fresh = false;       // not read yet
    bool tried = false;
    bool backs_off = false;   // its last attempt did not succeed for a reason of the whole account
    int refusals = 0;         // in a row
    std::optional<std::chrono::milliseconds> succeeded = {};  // when its last attempt began, if that did
    RetryPolicy retry{std::chrono::seconds(2), std::chrono::minutes(15)};
    /// Where the quota lets a fleet wait, every device's first read goes before anybody's second.
    std::size_t rank() const { return record == nullptr ? 0 : read + 1; }
  };

  boost::asio::awaitable<void> poll();
  boost::asio::awaitable<void> watch_ages();
  boost::asio::awaitable<void> watch_logins();
  boost::asio::awaitable<void> run(Job job, std::chrono::milliseconds due);
  void say_when_out_of_quota(const Read* read);
  /// When a job that succeeded is due again.
  std::chrono::milliseconds next_of(Job& job, std::chrono::milliseconds due, std::optional<Instant> again) const;
  Task<void> list(Vendor& vendor);
  Task<void> list_one(Vendor& vendor, Record record);
  /// When the facts say that the read is worth repeating; nothing: they do not.
  Task<std::optional<Instant>> read(Vendor& vendor, Record record, std::size_t index);
  /// Makes what a read brought known.
  void take_in(const Record& record, std::size_t index, const Facts& brought);
  /// A command's re-reading: the device's read of that name, or "list".
  Task<void> refresh(Vendor& vendor, Record record, std::string read);

  /// Somebody missed a device: the next list comes as soon as is polite.
  void list_soon();
  void take_listed(const Listed& listed);
  void retract(const std::string& device);
  void finish_list(const ListRun& run);
  /// Says what the list could not read; `first` is a sentence about the first of `count` parts.
  void say_gaps(const std::string& first, int count);
  void take_out_gone();
  void take_out_unwanted(const DeviceChoice::Ids& left_out);
  /// Names the ids of the configuration that the vendor does not list: each once. Whether
  /// `only_devices` has one: what it leaves out may be what was meant.
  bool say_strangers(const DeviceChoice::Ids& left_out);
  /// Takes out what an earlier process announced and no list has.
  void take_out_left();
  void schedule_reads(const Record& record);
  /// Takes the devices of an earlier process's list; when the next is due, in uptime. Nothing: the
  /// vendor is to be asked now.
  std::optional<std::chrono::milliseconds> recall_list();
  /// A read of the device was tried for the first time.
  void tried(const Record& record);
  /// Says a state that was withheld, and those of the device's children.
  void release(const Record& record);
  /// The same for all that were withheld long enough.
  void release_late();
  void fit_to_quota();
  /// Commits what a read brought and delivers its events.
  void keep(const DeviceRecord& record, const Read& read, const Facts& facts, bool is_new);
  /// The credentials may not write, now and after every restart, until there are others.
  void write_refused();
  bool was_write_refused() const;
  void switch_controls_off();
  void changed(const Record& record);
  std::string_view reason_of(const DeviceRecord& record) const;
  /// An attempt that began at `begun` failed.
  void read_failed(const Record& record, std::size_t index, const Error& error, std::chrono::milliseconds begun);
  /// These credentials may never make the kind's read.
  void switch_off(const ResolvedKind& kind, std::size_t index, const Error& error);
  std::chrono::milliseconds pause_after(Job& job, const Error& error, std::chrono::milliseconds every) const;
  void succeeded(std::string_view read, const Vendor& vendor);
  bool is_of_commands(const Vendor& vendor) const;
  /// How many requests this lane sent so far.
  std::uint64_t requests_of(const Vendor& lane) const;
  bool clock_is_right();
  void say_status();
  /// When the vendor is asked next; nothing: not before somebody signs in.
  std::optional<Instant> next_poll() const;
  std::optional<Instant> token_expires() const;
  /// Whether the vendor took the credentials for invalid, and is not asked at the moment.
  bool is_shut_out() const;

  const AccountConfiguration configuration_;
  AccountParts parts_;
  std::vector<ResolvedKind> kinds_;
  DeviceRegistry registry_;
  ReadPeriods periods_;
  KeptFacts kept_;
  ListBelief belief_;
  ReadTroubles troubles_;
  AccountFace face_;
  AccountStatus status_;
  VendorAccess access_;
  VendorLane polls_;
  VendorLane orders_;
  CommandQueue commands_;
  PollingSchedule<Job> schedule_;
  std::unique_ptr<Alarm> wake_;
  std::unique_ptr<Alarm> ages_wake_;
  std::unique_ptr<Alarm> logins_wake_;
  std::set<std::string> leaving_;  // devices whose topics the broker still has to clear
  std::set<std::string_view> switched_off_;  // reads these credentials may not make
  std::string last_gap_;     // the first that the list before could not read; empty: it read all
  std::set<std::string> strangers_;  // that were named
  int left_out_ = 0;  // devices of the last list that nobody wants, without parts
  bool has_listed_ = false;  // a complete list came since the start
  std::shared_ptr<int> alive_ = std::make_shared<int>(0);
  bool knows_what_left_ = false;  // what an earlier process announced was held against the lists
  std::chrono::milliseconds listed_at_{};  // the last one began
  std::uint64_t runs_ = 0;                 // of reads, begun so far
  bool is_polling_ = false;
  int running_ = 0;
  bool stopping_ = false;
};

}  // namespace bridge
