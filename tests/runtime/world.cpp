#include "support/world.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>

namespace bridge::test {
namespace {

Task<Token> sign_in(Vendor& acme) {
  Json body = {{"password", acme.settings().text("password")}};
  const auto answer = co_await acme.post("/login", std::move(body));
  if (!answer) co_return answer.error();
  co_return Token{text(*answer, "/token"), 1h};
}

Task<void> list_pumps(Vendor& acme, Fleet& fleet) {
  const auto pumps = co_await acme.get("/pumps");
  if (!pumps) co_return pumps.error();
  if (!at(*pumps, "/pumps").is_array()) co_return Error(Errc::malformed, "no pumps in the list");
  for (const Json& pump : items(at(*pumps, "/pumps"))) {
    const std::string id = text(pump, "/id");
    const std::string name = text(pump, "/name");
    fleet.add({.kind = "pump", .id = id, .name = name, .facts = pump});
  }
  if (const std::string gap = text(*pumps, "/gap"); !gap.empty()) fleet.unread(Error(Errc::refused, gap));
  if (const auto total = number_at(*pumps, "/total")) fleet.expect("pump", static_cast<std::size_t>(*total));
  co_return success();
}

Task<Facts> count(Vendor& acme, const Device& pump) {
  const auto answer = co_await acme.get("/pumps/" + pump.id + "/meter");
  if (!answer) co_return answer.error();
  const auto known = number_at(pump.facts, "/meter/sum").value_or(0);
  Facts facts(Json{{"sum", static_cast<std::int64_t>(known + number_at(*answer, "/more").value_or(0))}});
  if (flag(*answer, "/alarm")) facts.event("alarm", Json{{"event_type", "alarm"}});
  co_return facts;
}

Task<Json> set_speed(Vendor& acme, const Device& pump, Json speed) {
  Json body = {{"speed", std::move(speed)}};
  co_return co_await acme.put("/pumps/" + pump.id, std::move(body));
}

Task<Json> kick(Vendor& acme, const Device& pump, Json) {
  Json none;
  co_return co_await acme.post("/pumps/" + pump.id + "/kick", std::move(none));
}

bool speed_shows(const Device& pump, const Json& speed) {
  return number_at(pump.facts, "/list/speed") == number_at(speed, "");
}

constexpr std::string_view kAlarms[] = {"alarm"};
constexpr std::string_view kModes[] = {"eco", "boost"};
constexpr Entity kEntities[] = {
    number("speed", "Speed", "/list/speed", "%", {0, 100, 5}, set_speed).then_read("list").confirmed_by(speed_shows),
    number("limit", "Limit", "/list/speed", "%", {0, 100, 5}, set_speed).then_read("list"),
    press("kick", "Kick", kick).once(),
    counter("total", "Total", "/meter/sum"),
    happening("alarm", "Alarm", kAlarms),
    last_heard("heard", "Heard", "/list/heard"),
    choice("mode", "Mode", "/list/mode", kModes),
    online("online", "Online"),
};
constexpr Read kReads[] = {{.facts = "meter", .every = 10min, .read = count, .durable = true}};
constexpr DeviceKind kKinds[] = {{.name = "pump", .model = "Pump", .reads = kReads, .entities = kEntities,
                                  .heard = "/list/heard", .stale_after = 1h}};
constexpr Setting kSettings[] = {{.key = "token", .help = "A token.", .type = SettingType::secret},
                                 {.key = "password", .help = "A password.", .type = SettingType::secret}};

constexpr Mapper kAcme{.name = "acme",
                       .manufacturer = "Acme",
                       .base_url = "https://acme.example/v1",
                       .auth = {.key = "token", .sign_in = sign_in, .sign_in_settings = "password"},
                       .list_every = 1min,
                       .list = list_pumps,
                       .kinds = kKinds,
                       .settings = kSettings};

}  // namespace

const Mapper& acme() { return kAcme; }

class World::Http : public HttpClient {
 public:
  Http(World& world, const AccountConfiguration& account)
      : world_(world), account_(account.name), base_url_(account.base_url) {}

  Task<HttpReply> send(HttpRequest request) override {
    static constexpr const char* kVerbs[] = {"GET ", "PUT ", "POST ", "PATCH "};
    const std::string asked = kVerbs[static_cast<int>(request.method)] + request.target;
    const auto came = world_.clock.uptime();
    const Gate::Pass pass = co_await gate_.enter();
    if (closed_) co_return Error(Errc::network, "closed");
    if (request.leaves_within && world_.clock.uptime() - came >= *request.leaves_within) {
      Error late(Errc::timeout, "too late");
      late.unsent = true;
      co_return late;
    }
    world_.requests.push_back(account_ + ' ' + asked);
    world_.sent.emplace_back(base_url_, request);
    std::string token;
    for (const auto& [name, value] : request.headers) {
      if (name == "Authorization") token = value;
    }
    const auto pause = std::min(world_.delay, request.deadline);
    if (pause > 0ms) co_await alarm_->wait(pause);
    if (closed_) co_return Error(Errc::network, "the connection was closed");
    if (world_.delay > request.deadline) co_return Error(Errc::timeout, "no answer in time");
    const Answer answer = world_.vendor(asked, token + request.body);
    if (answer.status == 0) co_return Error(Errc::network, "connection refused");
    HttpReply reply;
    reply.status = answer.status;
    reply.body = answer.body;
    reply.headers = answer.headers;
    co_return reply;
  }
  void close() override {
    closed_ = true;
    alarm_->ring();
  }

 private:
  World& world_;
  std::string account_;
  std::string base_url_;
  std::unique_ptr<Alarm> alarm_ = world_.clock.make_alarm();
  Gate gate_{world_.clock};
  bool closed_ = false;
};

class World::Lines : public Log {
 public:
  explicit Lines(World& world) : world_(world) {}
  void say(Level, std::string_view about, std::string_view text) override {
    world_.log.push_back(std::string(about) + ": " + std::string(text));
  }

 private:
  World& world_;
};

World::World(std::vector<std::string> account_names) : lines_(std::make_unique<Lines>(*this)) {
  for (std::string& name : account_names) {
    AccountConfiguration account;
    account.name = std::move(name);
    account.mapper = &acme();
    account.base_url = "http://127.0.0.1:1";
    account.settings = Settings(Json{{"token", "key-1"}});
    configuration.accounts.push_back(std::move(account));
  }
  vendor = [this](const std::string& request, const std::string&) -> Answer {
    if (request == "GET /pumps") {
      return {200, R"({"pumps":[{"id":"p1","name":"Pump","speed":)" + std::to_string(speed) + "}]}", {}};
    }
    return {200, "{}", {}};
  };
}

World::~World() { stop(); }

void World::start() {
  bridge = std::make_unique<Bridge>(
      configuration,
      Bridge::Ports{loop.get_executor(), *link, store, clock, *lines_,
                    [this](const AccountConfiguration& account) { return std::make_unique<Http>(*this, account); },
                    [this](const std::string& state) { told.push_back(state); }, [this](const std::string& word) { return word == "debug" && !(log_level = word).empty(); }, [] { return 0; },
                    [this]() -> Result<Configuration> {
                      if (!mistake.empty()) return Error(Errc::invalid_argument, mistake);
                      return configuration;
                    }});
  bridge->start();
  link->connect();
  clock.settle();
}

void World::stop() {
  if (bridge == nullptr) return;
  boost::asio::co_spawn(loop, bridge->stop(), boost::asio::detached);
  clock.advance(6s);
  bridge.reset();
}

void World::reload() {
  boost::asio::co_spawn(loop, bridge->reload(), boost::asio::detached);
  clock.advance(20ms);  // it looks every 10 ms whether the accounts have ended
}

void World::command(const std::string& key, const std::string& payload, const std::string& device) {
  link->deliver("cloud2mqtt/home/" + device + '/' + key + "/set", payload);
  clock.settle();
}

std::vector<Json> World::outcomes(const std::string& device) const {
  std::vector<Json> all;
  for (const std::string& document : link->on("cloud2mqtt/home/" + device + "/outcome")) all.push_back(boost::json::parse(document));
  return all;
}

Json World::last_outcome(const std::string& device) const {
  const auto all = outcomes(device);
  return all.empty() ? Json("no outcome") : all.back();
}

Json World::state(const std::string& device) const {
  const std::string document = retained("cloud2mqtt/home/" + device + "/state");
  return document.empty() ? Json() : boost::json::parse(document);
}

std::string World::retained(const std::string& topic) const {
  const auto found = link->retained.find(topic);
  return found == link->retained.end() ? "" : found->second;
}

std::size_t World::asked(std::string_view request) const {
  return static_cast<std::size_t>(std::count_if(requests.begin(), requests.end(), [&](const std::string& each) {
    return each.substr(each.find(' ') + 1) == request;
  }));
}

}  // namespace bridge::test
