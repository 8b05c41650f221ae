#pragma once

// A vendor that follows a script: an unexpected call fails the test, and so does an unused line.

#include <boost/json/parse.hpp>
#include <deque>
#include <gtest/gtest.h>
#include <string>
#include <utility>
#include <vector>

#include "bridge/mapper.hpp"
#include "bridge/timestamp.hpp"
#include "core/json_text.hpp"

namespace bridge {

class ScriptedVendor : public Vendor {
 public:
  explicit ScriptedVendor(Json settings = boost::json::object()) : settings_(std::move(settings)) {}
  ~ScriptedVendor() override {
    for (const Line& line : script_) ADD_FAILURE() << "never asked: " << line.request;
  }

  /// The next request ("GET /pools", or with a body "PUT /x {\"a\":1}") and its answer.
  void expect(std::string request, const std::string& answer) {
    script_.push_back({std::move(request), boost::json::parse(answer)});
  }
  void expect(std::string request, Error error) { script_.push_back({std::move(request), std::move(error)}); }

  Task<Json> request(Method method, std::string path, Json body) override {
    static constexpr const char* kVerbs[] = {"GET ", "PUT ", "POST ", "PATCH "};
    std::string asked = kVerbs[static_cast<int>(method)] + path;
    if (!body.is_null()) asked += ' ' + json_text(body);
    if (script_.empty() || script_.front().request != asked) {
      ADD_FAILURE() << "asked: " << asked << "\nexpected: "
                    << (script_.empty() ? "nothing" : script_.front().request);
      co_return Error(Errc::network, "not in the script");
    }
    Result<Json> answer = std::move(script_.front().answer);
    script_.pop_front();
    co_return answer;
  }
  void ahead(std::string path) override { asked_ahead.push_back(std::move(path)); }
  const Settings& settings() const override { return settings_; }
  Instant now() const override { return clock; }

  Instant clock = *parse_time("2026-05-08T12:00:00Z");
  std::vector<std::string> asked_ahead;

 private:
  struct Line {
    std::string request;
    Result<Json> answer;
  };
  Settings settings_;
  std::deque<Line> script_;
};

/// A fleet that keeps what a list function adds.
class RecordedFleet : public Fleet {
 public:
  void add(const Listed& listed) override {
    devices.push_back(Device{listed.kind, std::string(listed.id), std::string(listed.name),
                             std::string(listed.parent),
                             boost::json::object{{"list", detached(listed.facts)}}});
  }
  using Fleet::unread;
  void unread(const Error& why, std::string_view id) override {
    gap = why;
    if (!id.empty()) kept.emplace_back(id);
  }
  void expect(std::string_view kind, std::size_t total) override { totals.emplace_back(kind, total); }

  std::vector<Device> devices;
  std::optional<Error> gap;       ///< why something was unread
  std::vector<std::string> kept;  ///< what was unread by its id
  std::vector<std::pair<std::string, std::size_t>> totals;
};

}  // namespace bridge
