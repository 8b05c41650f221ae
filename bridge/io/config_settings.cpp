#include <algorithm>
#include <string>

#include "core/duration_text.hpp"
#include "io/config_account.hpp"

namespace bridge {
namespace {

using std::chrono::milliseconds;

Json as_json(std::string_view text) { return boost::json::string(text); }

Json as_json(const std::vector<std::string>& words) {
  boost::json::array list;
  for (const std::string& word : words) list.emplace_back(as_json(word));
  return list;
}

/// Seconds, without a point where they are whole.
Json as_json(milliseconds span) {
  if (span.count() % 1000 == 0) return Json(std::int64_t{span.count() / 1000});
  return Json(static_cast<double>(span.count()) / 1000);
}

Json fallback(const Setting& row) {
  if (row.fallback.empty()) return {};
  switch (row.type) {
    case SettingType::flag:
      return Json(row.fallback == "true");
    case SettingType::span:
      return as_json(parse_duration(row.fallback).value_or(milliseconds(0)));
    case SettingType::list:
      return as_json(split_words(row.fallback));
    case SettingType::text:
    case SettingType::secret:
    case SettingType::choice:
      break;
  }
  return as_json(row.fallback);
}

template <class T>
Json json_or_null(const std::optional<T>& value) {
  return value ? as_json(*value) : Json();
}

/// A secret without what only a request's header has.
Json bare_secret(TableReader& account, std::string_view key) {
  const auto secret = account.secret(key);
  if (!secret || !secret->starts_with("Bearer ")) return json_or_null(secret);
  account.problem(key, "begins with \"Bearer \": leave that word out, only the key is wanted");
  return {};
}

Json given(TableReader& account, const Setting& row) {
  const std::vector<std::string> options = split_words(row.options);
  switch (row.type) {
    case SettingType::text:
      return json_or_null(account.text(row.key));
    case SettingType::secret:
      return bare_secret(account, row.key);
    case SettingType::choice:
      return json_or_null(account.word(row.key, options));
    case SettingType::span:
      return json_or_null(account.duration(row.key, milliseconds(1)));
    case SettingType::list:
      return json_or_null(account.words(row.key, options));
    case SettingType::flag:
      break;
  }
  const auto flag = account.flag(row.key);
  return flag ? Json(*flag) : Json();
}

/// How a missing setting is written: a secret has more forms than text.
std::string how_to_write(const Mapper& mapper, std::string_view key) {
  const auto row = std::find_if(mapper.settings.begin(), mapper.settings.end(),
                                [key](const Setting& setting) { return setting.key == key; });
  std::string written(key);
  if (row != mapper.settings.end() && row->type == SettingType::list) {
    return written + " = [\"...\"]";
  }
  if (row == mapper.settings.end() || row->type != SettingType::secret)
    return written + " = \"...\"";
  return written + " = { credential = \"" + std::string(mapper.name) +
         R"(" }, { file = "/path" } )" + "or { env = \"NAME\" }";
}

/// The settings without which the account cannot sign in by itself.
std::vector<std::string> sign_in_settings(const Auth& auth) {
  std::vector<std::string> needed = split_words(auth.sign_in_settings);
  const OAuth2* oauth2 = auth.oauth2;
  if (oauth2 == nullptr || oauth2->grant != OAuth2::Grant::client_credentials) return needed;
  std::vector<std::string> of_client{"client_secret"};
  if (oauth2->client_id.empty()) of_client.insert(of_client.begin(), "client_id");
  for (std::string& key : of_client) {
    if (std::find(needed.begin(), needed.end(), key) == needed.end()) needed.push_back(key);
  }
  return needed;
}

void require_credentials(TableReader& account, const Mapper& mapper) {
  const Auth& auth = mapper.auth;
  const std::vector<std::string> needed = sign_in_settings(auth);
  const bool by_login = auth.oauth2 != nullptr && needed.empty();
  const bool keyless = auth.key.empty() && needed.empty();
  if (keyless || by_login || (!auth.key.empty() && account.has(auth.key))) return;

  std::vector<std::string> missing;
  for (const std::string& key : needed) {
    if (!account.has(key)) missing.push_back(key);
  }
  if (!needed.empty() && missing.empty()) return;

  if (missing.size() < needed.size()) {
    for (const std::string& key : missing) {
      std::string text = "is missing: write " + how_to_write(mapper, key);
      if (!auth.key.empty()) text += "; or, instead of all these, " + how_to_write(mapper, auth.key);
      account.problem(key, text);
    }
    return;
  }
  std::string text = "is missing: write ";
  if (!auth.key.empty()) text += how_to_write(mapper, auth.key);
  if (!auth.key.empty() && !needed.empty()) text += "; or instead ";
  for (const std::string& key : needed) {
    text += (key == needed.front() ? "" : " and ") + how_to_write(mapper, key);
  }
  account.problem(auth.key.empty() ? std::string_view(needed.front()) : auth.key, text);
}

/// An empty list counts as missing. What is given and wrong has been complained about already.
bool is_missing(const TableReader& account, const Settings& settings, std::string_view key) {
  const Json& value = settings.value(key);
  return value.is_null() ? !account.has(key) : value.is_array() && value.get_array().empty();
}

void require_settings(TableReader& account, const Mapper& mapper, const Settings& settings) {
  for (const Setting& row : mapper.settings) {
    if (!row.required) continue;
    const bool has_instead = !row.instead.empty() && settings.flag(row.instead);
    if (has_instead && account.has(row.key)) {
      account.reading().warn(account.line_of(row.key),
                             account.name_of(row.key) + " has no effect beside " +
                                 std::string(row.instead) + " = true: keep one of them");
    }
    if (has_instead || !is_missing(account, settings, row.key)) continue;
    std::string text = "is missing: write " + how_to_write(mapper, row.key);
    if (!row.instead.empty()) text += "; or instead " + std::string(row.instead) + " = true";
    account.problem(row.key, text);
  }
}

}  // namespace

Settings read_settings(TableReader& account, const Mapper& mapper) {
  boost::json::object values;
  for (const Setting& row : mapper.settings) {
    Json value = given(account, row);
    if (value.is_null()) value = fallback(row);
    if (!value.is_null()) values[row.key] = std::move(value);
  }
  Settings settings(std::move(values));
  require_settings(account, mapper, settings);
  if (account.reading().referred == Referred::read) require_credentials(account, mapper);
  return settings;
}

}  // namespace bridge
