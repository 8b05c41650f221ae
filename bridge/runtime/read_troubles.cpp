#include "runtime/read_troubles.hpp"

namespace bridge {
namespace {

constexpr std::size_t kMost = 200;  // that the log speaks of at a time

}  // namespace

void ReadTroubles::say(const std::string& device, std::string_view read,
                       const std::string& message) {
  const std::pair place(device, std::string(read));
  const auto known = said_.find(place);
  if (known != said_.end() && known->second == message) return;
  const bool is_new = known == said_.end();
  if (is_new && said_.size() >= kMost) return;
  said_[place] = message;
  log_.say(Level::warning, account_, message);
  if (is_new && said_.size() == kMost) {
    log_.say(Level::warning, account_,
             "no more failed reads are named: the devices' status topics tell which are offline");
  }
}

}  // namespace bridge
