#pragma once

#include <algorithm>
#include <map>
#include <mutex>
#include <stdexcept>
#include <string>
#include <tuple>
#include <vector>

#include "runtime/ports.hpp"

namespace bridge {

/// A Store that forgets when it goes. A new MemoryStore made from an old one is what a restart
/// finds: everything that had returned.
class MemoryStore : public Store {
 public:
  MemoryStore() = default;
  MemoryStore(const MemoryStore& before)
      : tokens_(before.tokens_),
        requests_(before.requests_),
        announced_(before.announced_),
        facts_(before.facts_),
        outbox_(before.outbox_),
        outcomes_(before.outcomes_),
        next_outbox_(before.next_outbox_),
        next_command_(before.next_command_) {
    const std::lock_guard lock(before.mutex_);
    journal_ = before.journal_;
  }

  bool refuses_writes = false;    ///< save_token, commit and mark_started throw: a full disk
  bool refuses_tokens = false;    ///< save_token throws
  bool refuses_commands = false;  ///< accept() returns 0
  bool accepts = true;            ///< false: the disk is full
  std::string damage;             ///< what trouble() says
  int commits = 0;                ///< how often commit() succeeded
  int saved_requests = 0;         ///< how often save_requests() was called

  std::optional<StoredToken> token(const std::string& account) override {
    return found(tokens_, account);
  }
  void save_token(const std::string& account, const StoredToken& token) override {
    refuse_if_full();
    if (refuses_tokens) throw std::runtime_error("the token could not be saved: disk full");
    tokens_[account] = token;
  }

  std::vector<Instant> requests(const std::string& account) override {
    return found(requests_, account).value_or(std::vector<Instant>());
  }
  void save_requests(const std::string& account, const std::vector<Instant>& moments) override {
    requests_[account] = moments;
    ++saved_requests;
  }

  std::vector<std::string> announcers() override {
    std::vector<std::string> all;
    for (const auto& [key, entry] : announced_) {
      if (all.empty() || all.back() != key.first) all.push_back(key.first);
    }
    return all;
  }
  std::vector<Announced> announced(const std::string& account) override {
    std::vector<Announced> all;
    for (const auto& [key, entry] : announced_) {
      if (key.first == account) all.push_back(entry);
    }
    return all;
  }
  void save_announced(const std::string& account, const std::vector<Announced>& rows) override {
    for (const Announced& row : rows) announced_[{account, row.topic}] = row;
  }
  void forget_announced(const std::string& account, const std::string& topic) override {
    announced_.erase({account, topic});
  }

  std::string facts(const std::string& account, const std::string& device,
                    const std::string& read) override {
    return found(facts_, std::tuple(account, device, read)).value_or(std::string());
  }

  void commit(Commit& step) override {
    refuse_if_full();
    for (const auto& row : step.facts) {
      const std::tuple key(row.account, row.device, row.read);
      if (row.json.empty()) {
        facts_.erase(key);
      } else {
        facts_[key] = row.json;
      }
    }
    for (OutboxMessage& message : step.outbox) {
      message.id = next_outbox_++;
      outbox_.push_back(message);
    }
    if (step.finished_command) {
      const std::lock_guard lock(mutex_);
      journal_.erase(*step.finished_command);
    }
    if (step.outcome) remember(step.outcome->first, step.outcome->second);
    ++commits;
  }

  std::vector<OutboxMessage> outbox() override { return outbox_; }
  void delivered(std::int64_t outbox_id) override {
    std::erase_if(outbox_, [&](const OutboxMessage& message) { return message.id == outbox_id; });
  }

  std::int64_t accept(const Arrival& arrival, Instant arrived) noexcept override {
    if (!accepts) return 0;
    if (refuses_commands) return 0;
    const std::lock_guard lock(mutex_);
    JournalEntry entry;
    entry.id = next_command_++;
    entry.arrived = arrived;
    entry.topic = arrival.topic;
    entry.payload = arrival.payload;
    entry.response_topic = arrival.response_topic;
    entry.correlation_data = arrival.correlation_data;
    entry.expires_in = arrival.expires_in;
    return journal_.emplace(entry.id, entry).first->first;
  }
  std::vector<JournalEntry> journal() override {
    const std::lock_guard lock(mutex_);
    std::vector<JournalEntry> all;
    for (const auto& [id, entry] : journal_) all.push_back(entry);
    return all;
  }
  void mark_started(std::int64_t command) override {
    refuse_if_full();
    const std::lock_guard lock(mutex_);
    const auto entry = journal_.find(command);
    if (entry != journal_.end()) entry->second.stage = JournalEntry::Stage::started;
  }

  std::string journal_error() const override { return refuses_commands ? "disk full" : ""; }

  std::optional<StoredOutcome> outcome(const std::string& key, Instant not_before) override {
    auto stored = found(outcomes_, key);
    if (stored && stored->given < not_before) stored.reset();
    return stored;
  }

  std::string trouble() const override { return damage; }

 private:
  template <class Map, class Key>
  static std::optional<typename Map::mapped_type> found(const Map& map, const Key& key) {
    const auto entry = map.find(key);
    return entry == map.end() ? std::nullopt : std::optional(entry->second);
  }
  void remember(const std::string& key, StoredOutcome outcome) {
    if (outcome.given == Instant()) outcome.given = Instant::max();  // no clock here: never too old
    const Instant oldest =
        outcome.given == Instant::max() ? Instant::min() : outcome.given - std::chrono::hours(1);
    std::erase_if(outcomes_, [&](const auto& entry) { return entry.second.given < oldest; });
    outcomes_[key] = std::move(outcome);
  }
  void refuse_if_full() const {
    if (refuses_writes) throw std::runtime_error("the state could not be saved: disk full");
  }

  mutable std::mutex mutex_;  // accept() comes from another thread
  std::map<std::string, StoredToken> tokens_;
  std::map<std::string, std::vector<Instant>> requests_;
  std::map<std::pair<std::string, std::string>, Announced> announced_;
  std::map<std::tuple<std::string, std::string, std::string>, std::string> facts_;
  std::vector<OutboxMessage> outbox_;
  std::map<std::int64_t, JournalEntry> journal_;
  std::map<std::string, StoredOutcome> outcomes_;
  std::int64_t next_outbox_ = 1;
  std::int64_t next_command_ = 1;
};

}  // namespace bridge
