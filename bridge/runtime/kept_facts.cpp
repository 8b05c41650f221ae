#include "runtime/kept_facts.hpp"

#include <algorithm>
#include <boost/json/parse.hpp>
#include <set>

#include "bridge/timestamp.hpp"
#include "core/credential_mark.hpp"
#include "core/json_text.hpp"

namespace bridge {
namespace {

using namespace std::chrono_literals;

constexpr auto kSeldom = 6h, kSeldomListed = 2h, kLongFromNow = 1h;

/// Of all that decides which devices a list has.
std::string list_mark(const AccountConfiguration& account) {
  std::uint64_t settings = hash_bytes("");
  for (const Setting& setting : account.mapper->settings) {
    settings = hash_bytes(json_text(account.settings.value(setting.key)), settings);
  }
  std::string mark = token_mark(account) + ' ' + std::to_string(settings);
  for (const auto* ids : {&account.devices.only, &account.devices.without}) {
    mark += ' ';
    for (const std::string& id : *ids) mark += id + ',';
  }
  return mark;
}

std::string due_of(const Read& read) { return std::string(read.facts) + "@"; }

}  // namespace

bool KeptFacts::includes(const Read& read) {
  return read.durable || (read.every >= kSeldom && !read.spare);
}

std::vector<Commit::FactsRow> KeptFacts::rows(const DeviceRecord& record, const Read& read,
                                              const Facts& brought, bool is_new) const {
  std::vector<Commit::FactsRow> rows;
  if (!includes(read)) return rows;
  const std::string member(read.facts);
  const bool says = !brought.events().empty() || !brought.history().empty();
  const bool is_due_later = periods_.of(&read) >= kLongFromNow;
  if (is_new || says || is_due_later) {
    rows.push_back({account_.name, record.device.id, member, json_text(brought.own())});
    for (const auto& [id, own] : brought.children()) {
      rows.push_back({account_.name, id, member, json_text(own)});
    }
  }
  if (is_due_later) {
    const auto wish = periods_.is_fixed(&read) ? std::nullopt : brought.again();
    const Instant due = wish.value_or(clock_.now() + periods_.of(&read));
    const Json kept = {{"due", format_time(due)}};
    rows.push_back({account_.name, record.device.id, due_of(read), json_text(kept)});
  }
  return rows;
}

void KeptFacts::recall(DeviceRecord& record) const {
  std::set<std::string_view> names;
  for (const ResolvedKind& kind : kinds_) {
    for (const Read* read : kind.reads) {
      if (includes(*read)) names.insert(read->facts);
    }
  }
  for (const std::string_view read : names) {
    const Json facts = stored(record.device.id, std::string(read));
    if (!facts.is_null()) DeviceRegistry::merge(record, read, facts);
  }
}

std::optional<Instant> KeptFacts::due(const DeviceRecord& record, const Read& read) const {
  const bool is_known = record.device.facts.get_object().contains(read.facts);
  if (!includes(read) || !is_known) return std::nullopt;
  return moment_at(stored(record.device.id, due_of(read)), "/due");
}

void KeptFacts::keep_list(const DeviceRegistry& registry) const {
  const auto every = periods_.of(nullptr);
  if (every < kSeldomListed) return;
  boost::json::array devices;
  for (const Record& record : registry.all()) {
    const Device& device = record->device;
    devices.push_back({{"kind", device.kind}, {"id", device.id}, {"name", device.name},
                       {"parent", device.parent}, {"facts", at(device.facts, "/list")}});
  }
  const Json kept = {{"due", format_time(clock_.now() + every)},
                     {"with", list_mark(account_)},
                     {"devices", std::move(devices)}};
  Commit step;
  step.facts.push_back({account_.name, kNoDevice, kKeptList, json_text(kept)});
  store_.commit(step);
}

void KeptFacts::forget_list() const {
  Commit step;
  step.facts.push_back({account_.name, kNoDevice, kKeptList, "null"});
  store_.commit(step);
}

std::optional<KeptFacts::List> KeptFacts::list() const {
  const Json kept = stored(kNoDevice, kKeptList);
  const auto due = moment_at(kept, "/due");
  const Instant now = clock_.now();
  const bool is_over = !due || *due <= now;
  if (is_over || text(kept, "/with") != list_mark(account_)) return std::nullopt;
  const auto rest = std::min<std::chrono::milliseconds>(*due - now, periods_.of(nullptr));
  return List{rest, at(kept, "/devices")};
}

Json KeptFacts::stored(const std::string& device, const std::string& read) const {
  boost::system::error_code error;
  Json facts = boost::json::parse(store_.facts(account_.name, device, read), error);
  return error ? Json() : facts;
}

}  // namespace bridge
