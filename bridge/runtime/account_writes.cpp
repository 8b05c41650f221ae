// Whether an account may write.

#include <boost/json/parse.hpp>

#include "core/credential_mark.hpp"
#include "core/json_text.hpp"
#include "runtime/account.hpp"

namespace bridge {
namespace {

constexpr const char* kRefused =
    "the vendor refuses to let these credentials write: controls are plain states until other "
    "credentials are configured";

// Stored like the facts of a read, of no device.
constexpr const char* kStoredAs = "write_refused";

}  // namespace

bool Account::was_write_refused() const {
  if (mapper().write_permission.empty()) return false;
  boost::system::error_code error;
  const Json stored = boost::json::parse(parts_.store.facts(name(), kNoDevice, kStoredAs), error);
  return !error && text(stored, "/credentials") == credential_mark(configuration_);
}

void Account::write_refused() {
  const Json stored = {{"credentials", credential_mark(configuration_)}};
  Commit step;
  step.facts.push_back({name(), kNoDevice, kStoredAs, json_text(stored)});
  parts_.store.commit(step);
  parts_.log.say(Level::warning, name(), kRefused);
  switch_controls_off();
  for (const Record& record : registry_.all()) {
    parts_.publisher.say(face_, record, kSayDiscovery | kSayState);
  }
}

// The rows change and the reads stay: what is scheduled counts on their places.
void Account::switch_controls_off() {
  access_.settings = access_.settings.with(mapper().write_permission, false);
  auto resolved = resolve(mapper(), access_.settings, configuration_.stale_after);
  for (std::size_t kind = 0; kind < kinds_.size(); ++kind) {
    resolved[kind].reads = std::move(kinds_[kind].reads);
    kinds_[kind] = std::move(resolved[kind]);
  }
  status_.set_note("write_refused", kRefused);
  commands_.controls_gave_way(kRefused);
}

}  // namespace bridge
