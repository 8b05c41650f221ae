#include "runtime/publisher.hpp"

#include "bridge/timestamp.hpp"
#include "core/json_text.hpp"
#include "core/state_document.hpp"

namespace bridge {
namespace {

// The broker keeps the state, and a lost connection says everything again: QoS 0 is as safe here
// as QoS 1, for half of the work.
constexpr int kStateQos = 0;

}  // namespace

void Publisher::say(AccountFace& face, const Record& record, std::uint8_t what, bool first) {
  const bool waits = record->to_say != 0;
  record->to_say |= what;
  if (first) {
    devices_.push_front({&face, record});
  } else if (!waits) {
    devices_.push_back({&face, record});
  }
  pump();
}

void Publisher::send(Publication message, std::function<void(bool)> done) {
  if (!link_.is_connected()) return;
  messages_.push_back({std::move(message), std::move(done)});
  pump();
}

void Publisher::retract(const Topics& topics, const std::string& account,
                        const std::string& device, const std::string& announcement,
                        std::function<void(bool)> done) {
  const std::string level = device_level(device);
  const auto clear = [this](const std::string& topic, std::function<void(bool)> then) {
    send(Publication{topic, "", 1, Retain::yes, false, {}}, std::move(then));
  };
  if (!announcement.empty()) clear(announcement, {});
  clear(topics.state(account, level), {});
  clear(topics.status(account, level), {});
  clear(topics.availability(account, level), std::move(done));
}

void Publisher::drop(const AccountFace& face) {
  std::erase_if(devices_, [&](const Waiting& waiting) { return waiting.face == &face; });
}

void Publisher::forget() {
  messages_.clear();
  for (const Waiting& waiting : devices_) waiting.record->to_say = 0;
  devices_.clear();
}

void Publisher::pump() {
  while (link_.has_room()) {
    if (!messages_.empty()) {
      Message& message = messages_.front();
      if (!link_.publish(message.publication, message.done)) return;
      ++published_;
      messages_.pop_front();
    } else if (!devices_.empty()) {
      const Waiting& next = devices_.front();
      if (next.record->gone) next.record->to_say = 0;
      if (next.record->to_say != 0 && !publish_one(*next.face, *next.record)) return;
      if (next.record->to_say == 0) devices_.pop_front();
    } else {
      return;
    }
  }
}

bool Publisher::publish_one(AccountFace& face, DeviceRecord& record) {
  if ((record.to_say & kSayDiscovery) != 0) {
    if (!publish_discovery(face, record)) return false;
    record.to_say &= static_cast<std::uint8_t>(~kSayDiscovery);
  } else if ((record.to_say & kSayAvailability) != 0) {
    if (!publish_availability(face, record)) return false;
    record.to_say &= static_cast<std::uint8_t>(~kSayAvailability);
  } else {
    if (!publish_state(face, record)) return false;
    record.to_say = 0;
  }
  return true;
}

bool Publisher::publish_discovery(AccountFace& face, DeviceRecord& record) {
  if (!face.discovery || record.announced_elsewhere) {
    const auto& from = face.announcer;
    face.ledger.published(from.topics->availability(from.account, record.segment), record.device.id);
    return true;
  }
  Announcement announcement = bridge::announcement(face.announcer, *record.kind, record.device);
  const std::vector<std::string>& components = announcement.components;
  const auto gone = face.ledger.gone(announcement.topic, record.device.id, components);
  if (!gone.empty()) {
    // Home Assistant forgets a component only when it once stands there empty: stub, then omit.
    const auto stubbed = bridge::announcement(face.announcer, *record.kind, record.device, gone);
    if (!stubbed.document.empty() && !retained(stubbed.topic, stubbed.document, 1)) return false;
    face.ledger.announced(announcement.topic, record.device.id, components);
    return publish_discovery(face, record);
  }
  for (const std::string& reason : announcement.left_out) {
    log_.say(Level::error, face.announcer.account,
             record.device.id + ": not announced, Home Assistant would refuse it: " + reason);
  }
  if (announcement.document.empty()) return true;
  std::string topic = announcement.topic;
  if (!retained(std::move(announcement.topic), std::move(announcement.document), 1)) return false;
  face.ledger.announced(topic, record.device.id, components);
  return true;
}

bool Publisher::publish_availability(AccountFace& face, DeviceRecord& record) {
  const Topics& topics = *face.announcer.topics;
  const std::string& account = face.announcer.account;
  // Both or none: the reason belongs to the word.
  std::string status = "{\"reason\":";
  append_json(status, record.reason);
  status += ",\"since\":";
  append_json(status, format_time(record.since));
  status += '}';
  if (!retained(topics.status(account, record.segment), std::move(status), 0)) return false;
  return retained(topics.availability(account, record.segment),
                  record.is_online() ? "online" : "offline", 1, false);
}

bool Publisher::publish_state(AccountFace& face, DeviceRecord& record) {
  if (record.withheld) return true;  // said when it ends
  std::vector<UnknownWord> unknown;
  std::string document =
      state_document(*record.kind, record.device, record.is_online(), record.meters, &unknown);
  say_unknown(face.announcer.account, record, unknown);
  const std::uint64_t hash = hash_bytes(document);
  if (hash == record.state_hash) return true;
  if (!retained(face.announcer.topics->state(face.announcer.account, record.segment),
                std::move(document), kStateQos)) {
    return false;
  }
  record.state_hash = hash;
  return true;
}

void Publisher::say_unknown(const std::string& account, const DeviceRecord& record,
                            const std::vector<UnknownWord>& unknown) {
  for (const UnknownWord& each : unknown) {
    const auto sentence = unknown_words_.sentence(account, record.kind->kind->name, each);
    if (!sentence.empty()) log_.say(Level::notice, account, sentence);
  }
}

bool Publisher::retained(std::string topic, std::string payload, int qos, bool json) {
  Publication message{std::move(topic), std::move(payload), qos, Retain::yes, json, {}};
  if (!link_.publish(std::move(message), {})) return false;
  ++published_;
  return true;
}

}  // namespace bridge
