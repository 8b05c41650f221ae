#include "core/credential_mark.hpp"

#include "core/device_registry.hpp"

namespace bridge {

std::string credential_mark(const AccountConfiguration& account) {
  std::uint64_t hash = hash_bytes(account.name);
  const auto add = [&](std::string_view setting) {
    hash = hash_bytes(account.settings.text(setting), hash_bytes(setting, hash) + 1);
  };
  for (const Setting& setting : account.mapper->settings) {
    if (setting.type == SettingType::secret) add(setting.key);
  }
  if (account.mapper->auth.oauth2 != nullptr) add("client_id");
  return std::to_string(hash);
}

}  // namespace bridge
