#pragma once

// A vendor whose records become visible one by one, in any order and more than once.

#include <algorithm>
#include <gtest/gtest.h>
#include <random>
#include <string>
#include <vector>

#include "bridge/mapper.hpp"

namespace bridge {

/// The query's value of a name in a path; empty where it has none.
inline std::string query_value(const std::string& path, const std::string& name) {
  const auto begin = path.find(name + "=");
  if (begin == path.npos) return {};
  const auto value = begin + name.size() + 1;
  return path.substr(value, path.find('&', value) - value);
}

class DatedVendor : public Vendor {
 public:
  /// What shows from `visible` on of a record: its newest form.
  struct Form {
    Instant visible;
    Json json;
  };
  struct Record {
    Instant date;
    std::vector<Form> forms;  // the earliest first
  };

  DatedVendor(std::string from, std::string to, std::chrono::seconds widest, std::uint32_t seed)
      : chance(seed), from_(std::move(from)), to_(std::move(to)), widest_(widest) {}

  Task<Json> request(Method, std::string path, Json) override {
    const auto begin = moment(query_value(path, from_)), end = moment(query_value(path, to_));
    if (!begin || !end || *end <= *begin || *end - *begin > widest_) {
      ADD_FAILURE() << "not a window: " << path;
      co_return Error(Errc::refused, "not a window");
    }
    ++asked;
    if (chance() % 100 < failing) co_return Error(Errc::network, "gone");
    boost::json::array found;
    for (const Record& record : records) {
      if (record.date < *begin || record.date >= *end) continue;
      const Json* shown = nullptr;
      for (const Form& form : record.forms) shown = form.visible <= clock ? &form.json : shown;
      for (auto copies = 1 + (chance() % 8 == 0 ? 1 : 0); shown != nullptr && copies > 0; --copies) found.push_back(*shown);
    }
    std::shuffle(found.begin(), found.end(), chance);
    co_return found;
  }
  void ahead(std::string) override {}
  const Settings& settings() const override { return settings_; }
  Instant now() const override { return clock + wrong_by; }

  Instant clock;                      // the vendor's, which is right
  std::chrono::seconds wrong_by{0};  // the bridge's
  std::vector<Record> records;
  std::mt19937 chance;
  unsigned failing = 0;  // of a hundred requests
  int asked = 0;

 private:
  static std::optional<Instant> moment(const std::string& written) {
    if (written.find('-') != written.npos) return parse_time(written);
    return written.empty() ? std::nullopt : std::optional(Instant(std::chrono::seconds(std::stoll(written))));
  }

  std::string from_, to_;
  std::chrono::seconds widest_;
  Settings settings_;
};

}  // namespace bridge
