// Management over MQTT: <base>/bridge/request/<action>, answered on .../response/<action>.

#include <algorithm>
#include <boost/json/parse.hpp>

#include "core/characters.hpp"
#include "core/json_text.hpp"
#include "runtime/bridge.hpp"
#include "runtime/spawn.hpp"

namespace bridge {
namespace {

constexpr std::size_t kLongestAction = 40;

struct Request {
  std::string_view action;
  std::vector<std::string_view> members;  ///< texts, beside `id`
  std::string_view usage;
};

const std::vector<Request>& all_requests() {
  static const std::vector<Request> kAll = {
      {"poll", {"account"}, R"(send {} for all accounts, or {"account": "home"})"},
      {"reload", {}, "send {}"},
      {"log_level", {"value"}, R"(send {"value": "error|warning|notice|info|debug"})"},
      {"forget",
       {"account", "device"},
       R"(send {"account": "home", "device": "the device's level in its topics"})"},
  };
  return kAll;
}

const Request* request_named(std::string_view action) {
  const auto& all = all_requests();
  const auto found = std::find_if(all.begin(), all.end(),
                                  [&](const Request& each) { return each.action == action; });
  return found == all.end() ? nullptr : &*found;
}

std::string quoted(std::string_view word) { return '"' + std::string(word) + '"'; }

/// What is wrong with a request's members; empty: nothing.
std::string misfit(const Request& request, const Json& payload) {
  const std::string remedy = ": " + std::string(request.usage);
  if (!payload.is_object()) return "the payload is no JSON object" + remedy;
  for (const auto& member : payload.get_object()) {
    if (member.key() == "id") continue;
    const auto known = std::find(request.members.begin(), request.members.end(), member.key());
    if (known == request.members.end()) return "unknown member " + quoted(member.key()) + remedy;
    if (!member.value().is_string()) return quoted(member.key()) + " is no text" + remedy;
  }
  return {};
}

std::string no_such_request() {
  std::string known;
  for (const Request& each : all_requests()) {
    known += (known.empty() ? "" : ", ") + std::string(each.action);
  }
  return "no such request: there are " + known;
}

}  // namespace

void Bridge::take_request(const std::string& action, const Arrival& arrival) {
  if (arrival.retained && arrival.payload.empty()) return;  // somebody takes a retained one away
  boost::system::error_code error;
  const Json request = boost::json::parse(arrival.payload.empty() ? "{}" : arrival.payload, error);
  const Asked asked{action, at(request, "/id"), sendable_topic(arrival.response_topic),
                    arrival.correlation_data};
  const Request* const known = request_named(action);
  std::string trouble;
  if (arrival.retained) {
    trouble = "a retained request is refused, it would be made again at every connection: publish it without retain";
    ports_.log.say(Level::warning, "mqtt", "bridge/request/" + shortened(action, kLongestAction) + ": " + trouble);
  } else if (known == nullptr) {
    trouble = no_such_request();
  } else if (error) {
    trouble = "the payload is no JSON: " + std::string(known->usage);
  } else {
    trouble = misfit(*known, request);
  }
  if (trouble.empty() && action == "reload") return spawn(ports_.loop, obey_reload(asked));
  respond(asked, {trouble.empty() ? obey(action, request) : trouble, {}});
}

/// What stands in the way; empty: it is done.
std::string Bridge::obey(const std::string& action, const Json& request) {
  const std::string usage(request_named(action)->usage);
  if (action == "log_level") {
    const std::string level = text(request, "/value");
    if (!ports_.set_log_level(level)) return "no such level: " + usage;
    configuration_.log_level = level;
    say_info();
    return {};
  }
  const std::string name = text(request, "/account");
  Account* const one = account(name);
  if (one == nullptr && (action == "forget" || at(request, "/account").is_string())) {
    return "no such account: " + usage;
  }
  if (action == "forget") {
    const std::string device = text(request, "/device");
    return one->forget(device) ? "" : "no such device: " + usage;
  }
  return obey_poll(one);
}

/// Null: all accounts.
std::string Bridge::obey_poll(const Account* one) {
  std::string hindered;
  for (const auto& each : accounts_) {
    if (one != nullptr && one != each.get()) continue;
    const std::string why = each->why_no_poll();
    if (why.empty()) each->poll_now();
    hindered += (why.empty() || hindered.empty() ? "" : "; ") + why;
  }
  return hindered;
}

boost::asio::awaitable<void> Bridge::obey_reload(Asked asked) {
  const Reloaded outcome = co_await reload();
  respond(asked, outcome);
}

void Bridge::respond(const Asked& asked, const Reloaded& outcome) {
  const std::string& trouble = outcome.trouble;
  std::string response = "{\"id\":";
  append_json(response, asked.id);
  response += trouble.empty() ? R"(,"status":"ok","error":null)" : R"(,"status":"error","error":)";
  if (!trouble.empty()) append_json(response, trouble);
  std::string parts;
  for (const std::string& part : outcome.restart_needed) {
    parts += parts.empty() ? "" : ",";
    append_json(parts, part);
  }
  if (!parts.empty()) response += ",\"restart_needed\":[" + parts + ']';
  response += '}';
  publisher_.send({topics_.bridge_response(asked.action), response, 1, Retain::no, true, {}});
  if (asked.response_topic.empty()) return;
  publisher_.send({asked.response_topic, response, 1, Retain::no, true, asked.correlation_data});
}

}  // namespace bridge
