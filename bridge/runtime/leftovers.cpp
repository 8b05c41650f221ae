#include "runtime/leftovers.hpp"

#include <algorithm>

namespace bridge {

void Leftovers::collect(const std::set<std::string>& accounts) {
  all_.clear();
  for (const std::string& account : parts_.store.announcers()) {
    if (account == kBridgeItself) continue;  // OwnDevices takes its own back
    const bool is_gone = !accounts.contains(account);
    if (is_gone) {
      parts_.log.say(Level::notice, account,
                     "is not configured any more: its topics and announcements are taken back");
      // Earlier releases kept no row of the account itself.
      all_.push_back({account, {parts_.topics.account_availability(account), {}, {}}, true, false});
    }
    for (const Announced& row : parts_.store.announced(account)) {
      const bool is_unwanted = !row.components.empty() && parts_.owner(row) == Owner::nobody;
      const bool is_known = row.topic == parts_.topics.account_availability(account);
      if (is_gone ? !is_known : is_unwanted) all_.push_back({account, row, is_gone, false});
    }
  }
}

void Leftovers::begin_anew() {
  for (Leftover& leftover : all_) leftover.under_way = false;
}

void Leftovers::take_back() {
  for (Leftover& leftover : all_) {
    if (leftover.under_way) continue;
    const bool is_announcement = !leftover.row.components.empty();
    const Owner owner = is_announcement ? parts_.owner(leftover.row) : Owner::nobody;
    // Until the account that has the device now announces it, its old topics say what they said.
    if (owner == Owner::open) continue;
    leftover.under_way = true;
    take_back(leftover, is_announcement && owner == Owner::nobody);
  }
}

void Leftovers::take_back(const Leftover& leftover, bool announcement_too) {
  const auto& [account, row, account_is_gone, under_way] = leftover;
  const std::string announcement = announcement_too ? row.topic : std::string();
  const auto done = [this, account = account, topic = row.topic](bool acknowledged) {
    // An account that is back meanwhile has said it again.
    const auto is_this = [&](const Leftover& each) {
      return each.account == account && each.row.topic == topic;
    };
    if (acknowledged && std::erase_if(all_, is_this) > 0) {
      parts_.store.forget_announced(account, topic);
    }
  };
  if (row.device.empty()) {
    clear_account(account, done);
  } else if (account_is_gone) {
    parts_.publisher.retract(parts_.topics, account, row.device, announcement, done);
  } else if (announcement_too) {
    parts_.publisher.send({announcement, "", 1, Retain::yes, false, {}}, done);
  }
}

// Home Assistant keeps the last word that it heard: it has to be the true one.
void Leftovers::clear_account(const std::string& account, std::function<void(bool)> done) {
  const std::string availability = parts_.topics.account_availability(account);
  parts_.publisher.send({availability, "offline", 1, Retain::yes, false, {}});
  parts_.publisher.send({parts_.topics.account_status(account), "", 1, Retain::yes, false, {}});
  parts_.publisher.send({availability, "", 1, Retain::yes, false, {}}, std::move(done));
}

}  // namespace bridge
