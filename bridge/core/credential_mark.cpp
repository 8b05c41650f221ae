#include "core/credential_mark.hpp"

#include "core/authorization_url.hpp"
#include "core/device_registry.hpp"
#include "core/split_words.hpp"
#include "core/web_address.hpp"

namespace bridge {
namespace {

/// Adds a name and a value, so that neither runs into its neighbour.
std::uint64_t with(std::uint64_t hash, std::string_view name, std::string_view value) {
  return hash_bytes(value, hash_bytes(name, hash) + 1);
}

}  // namespace

std::string credential_mark(const AccountConfiguration& account) {
  std::uint64_t hash = hash_bytes(account.name);
  const auto add = [&](std::string_view setting) {
    hash = with(hash, setting, account.settings.text(setting));
  };
  for (const Setting& setting : account.mapper->settings) {
    if (setting.type == SettingType::secret) add(setting.key);
  }
  if (account.mapper->auth.oauth2 != nullptr) add("client_id");
  return std::to_string(hash);
}

std::string token_mark(const AccountConfiguration& account) {
  const Auth& auth = account.mapper->auth;
  std::uint64_t hash = with(hash_bytes(account.name), "mapper", account.mapper->name);
  hash = with(hash, "base_url", origin_of(account.base_url));
  if (auth.oauth2 != nullptr) {
    hash = with(hash, "token_url", token_url_of(account));
    hash = with(hash, "client_id", client_id_of(account));
    if (auth.oauth2->grant == OAuth2::Grant::client_credentials) {
      hash = with(hash, "client_secret", account.settings.text("client_secret"));
    }
  } else {
    for (const std::string& setting : split_words(auth.sign_in_settings)) {
      hash = with(hash, setting, account.settings.text(setting));
    }
  }
  return std::to_string(hash);
}

}  // namespace bridge
