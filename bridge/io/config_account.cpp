#include "io/config_account.hpp"

#include <algorithm>
#include <map>

#include "core/duration_text.hpp"
#include "core/polling_plan.hpp"
#include "core/web_address.hpp"

namespace bridge {
namespace {

using Kind = ConfigNode::Kind;
using std::chrono::milliseconds;
using std::chrono::seconds;
using namespace std::chrono_literals;

bool is_account_name(std::string_view name) {
  const auto is_lower = [](char c) { return c >= 'a' && c <= 'z'; };
  return !name.empty() && name.size() <= 64 && is_lower(name.front()) &&
         std::all_of(name.begin(), name.end(), [&is_lower](char c) {
           return is_lower(c) || (c >= '0' && c <= '9') || c == '_' || c == '-';
         });
}

void check_name(ConfigReading& reading, const std::string& name, int line) {
  const std::string place = "[accounts." + name + "]: ";
  if (name == "bridge") {
    reading.problem(line,
                    place + "the name bridge is taken by the bridge's own topics: write another");
  } else if (!is_account_name(name)) {
    reading.problem(
        line, place +
                  "an account's name is a level of its topics: begin with a lower-case letter, "
                  "then use at most 63 of a to z, 0 to 9, '_' and '-', as in [accounts.home]");
  }
}

const Mapper* read_mapper(TableReader& table, std::span<const Mapper* const> mappers) {
  std::vector<std::string> names;
  for (const Mapper* mapper : mappers) names.emplace_back(mapper->name);
  if (!table.has("mapper")) {
    table.value("mapper");
    table.problem("mapper", "is missing: write the vendor's name, one of " + one_of(names));
    return nullptr;
  }
  const auto name = table.text("mapper");
  if (!name) return nullptr;
  const auto found = std::find(names.begin(), names.end(), *name);
  if (found != names.end()) return mappers[static_cast<std::size_t>(found - names.begin())];
  const std::string similar = suggestion(*name, names);
  const std::string known =
      similar.starts_with("did") ? " The known ones are " + one_of(names) + "." : "";
  table.problem("mapper", "is \"" + *name + "\", which is not known: " + similar + known);
  return nullptr;
}

/// An address that credentials go to.
std::optional<std::string> read_url(TableReader& table, std::string_view key, bool allow_http) {
  auto url = table.text(key);
  if (!url) return std::nullopt;
  const std::string wrong = address_problem(*url, {"https", "http"}, true);
  if (!wrong.empty()) {
    table.problem(key, wrong + R"(: write one such as "https://api.example.com/v1")");
    return std::nullopt;
  }
  if (url->starts_with("http://") && !is_loopback(*url) && !allow_http) {
    table.problem(key,
                  "sends credentials unencrypted to another machine: write https://, or add "
                  "allow_http = true if that is what you want");
  }
  return url;
}

void read_address(TableReader& table, AccountConfiguration& account) {
  account.allow_http = table.flag("allow_http").value_or(false);
  if (const auto proxy = table.text("proxy")) {
    account.proxy = *proxy;
    const std::string wrong = address_problem(*proxy, {"http"}, false);
    if (!wrong.empty()) table.problem("proxy", wrong + R"(: write one such as "http://host:3128")");
  }
  account.ca_file = table.file("ca_file").value_or("");

  if (auto url = read_url(table, "base_url", account.allow_http)) {
    const std::string usual = account.base_url;
    account.base_url = url->substr(0, url->find_last_not_of('/') + 1);
    if (!usual.empty() && account.base_url != usual && origin_of(account.base_url) == origin_of(usual)) {
      table.reading().warn(table.line_of("base_url"),
                           table.name_of("base_url") + " is the vendor's machine with another path "
                               "than the usual " + usual + ": leave it out unless you are sure");
    }
  }
  const OAuth2* oauth2 = account.mapper == nullptr ? nullptr : account.mapper->auth.oauth2;
  if (oauth2 == nullptr) return;
  account.token_url = read_url(table, "token_url", account.allow_http).value_or("");
  if (oauth2->grant != OAuth2::Grant::authorization_code) return;
  account.authorize_url = read_url(table, "authorize_url", account.allow_http).value_or("");
}

DeviceChoice::Ids read_ids(TableReader& table, std::string_view key) {
  const auto ids = table.words(key, {});
  return ids ? DeviceChoice::Ids(ids->begin(), ids->end()) : DeviceChoice::Ids();
}

/// The shortest polite period of each read, by name.
std::map<std::string, milliseconds> shortest_periods(const Mapper& mapper) {
  std::map<std::string, milliseconds> shortest{{"list", mapper.list_shortest}};
  for (const DeviceKind& kind : mapper.kinds) {
    for (const Read& read : kind.reads) {
      auto& period = shortest[std::string(read.facts)];
      period = std::max<milliseconds>(period, read.shortest);
    }
  }
  return shortest;
}

void read_periods(TableReader& table, AccountConfiguration& account) {
  const ConfigNode* node = table.value("every");
  if (node == nullptr || account.mapper == nullptr) return;
  if (node->kind != Kind::table) {
    table.problem("every", R"(must be a table: write every = { list = "5min" })");
    return;
  }
  TableReader every(table.reading(), *node, table.name_of("every"));
  for (const auto& [read, shortest] : shortest_periods(*account.mapper)) {
    const auto period = every.duration(read, 1ms);
    if (!period) continue;
    account.every[read] = *period;
    if (*period >= polite(account, shortest)) continue;
    account.every[read] = shortest;
    table.reading().warn(every.line_of(read), every.name_of(read) + " is " +
                                                  duration_text(*period) +
                                                  ", shorter than is polite to the vendor; " +
                                                  duration_text(shortest) + " is used");
  }
  every.refuse_unknown();
}

void read_quotas(TableReader& table, AccountConfiguration& account) {
  const ConfigNode* node = table.value("quotas");
  if (node == nullptr) return;
  if (node->kind != Kind::list) {
    table.problem("quotas", R"(must be a list: write [{ requests = 600, per = "1min" }])");
    return;
  }
  account.quotas.emplace();
  for (const ConfigNode& item : node->items) {
    if (item.kind != Kind::table) {
      table.reading().problem(item.line, "an element of " + table.name_of("quotas") +
                                             R"( must be { requests = 600, per = "1min" })");
      continue;
    }
    TableReader quota(table.reading(), item, table.name_of("quotas"));
    const auto requests = quota.number("requests", 1, 10'000'000);
    const auto per = quota.duration("per", 1s);
    quota.refuse_unknown();
    for (const char* key : {"requests", "per"}) {
      if (!quota.has(key)) {
        quota.problem(key, R"(is missing: write { requests = 600, per = "1min" })");
      }
    }
    if (per && *per % 1s != 0ms) quota.problem("per", "must be whole seconds");
    if (requests && per) {
      account.quotas->push_back({*requests, std::chrono::duration_cast<seconds>(*per)});
    }
  }
}

/// The read that brings the moment at which a kind's devices were heard; nothing: none does.
std::optional<milliseconds> heard_every(const AccountConfiguration& account,
                                        const DeviceKind& kind) {
  if (kind.heard.empty()) return std::nullopt;
  const std::string_view read = kind.heard.substr(1, kind.heard.find('/', 1) - 1);
  if (read == "list") return configured_period(account, nullptr);
  for (const Read& each : kind.reads) {
    if (each.facts == read) return configured_period(account, &each);
  }
  return std::nullopt;
}

/// A device that is asked more seldom than it may be silent is offline most of the time.
void check_stale_after(TableReader& table, const AccountConfiguration& account) {
  if (!account.stale_after) return;
  for (const DeviceKind& kind : account.mapper->kinds) {
    const auto every = heard_every(account, kind);
    if (!every || *account.stale_after >= *every) continue;
    table.reading().warn(table.line_of("stale_after"),
                         table.name_of("stale_after") + " is " +
                             duration_text(*account.stale_after) + ", but a " +
                             std::string(kind.name) + " is heard of every " +
                             duration_text(*every) +
                             " at best: between that it would be offline; leave stale_after out, "
                             "or write more than twice that period");
  }
}

void read_pace(TableReader& table, AccountConfiguration& account) {
  if (const auto age = table.duration("stale_after", 1s)) {
    account.stale_after = std::chrono::duration_cast<seconds>(*age);
  }
  account.command_spacing = table.duration("command_spacing", 0ms);
  account.commands_per_hour = table.number("commands_per_hour", 0, 1'000'000).value_or(0);
}

}  // namespace

void read_account(ConfigReading& reading, const std::string& name, const ConfigNode& node,
                  std::span<const Mapper* const> mappers) {
  check_name(reading, name, node.line);
  if (node.kind != Kind::table) {
    reading.problem(node.line,
                    "accounts." + name + " must be a table: write [accounts." + name + "], or, if that is a "
                    "setting, the account's name above it, such as [accounts.home]");
    return;
  }
  const std::size_t problems_before = reading.result.problems.size();
  TableReader table(reading, node, "accounts." + name);
  AccountConfiguration account;
  account.name = name;
  account.mapper = read_mapper(table, mappers);
  if (account.mapper != nullptr) account.base_url = account.mapper->base_url;
  read_address(table, account);
  account.devices = {read_ids(table, "only_devices"), read_ids(table, "without_devices")};
  read_quotas(table, account);
  read_pace(table, account);
  read_periods(table, account);
  if (account.mapper == nullptr) return;  // whose settings they are is not known

  check_stale_after(table, account);
  account.settings = read_settings(table, *account.mapper);
  table.refuse_unknown();
  if (reading.result.problems.size() == problems_before) {
    const std::string conflict = plan_conflict(polling_plan(account, 1));
    const std::string_view culprit = table.has("every") ? "every" : "quotas";
    if (!conflict.empty()) {
      reading.problem(table.line_of(culprit), "[accounts." + name + "]: " + conflict);
    }
  }
  reading.result.configuration.accounts.push_back(std::move(account));
}

}  // namespace bridge
