#include <boost/json/serialize.hpp>
#include <random>

#include "core/discovery.hpp"
#include "registry.hpp"
#include "support/mapper_parts.hpp"

namespace bridge {
namespace {

const Mapper& green() { return *mappers::find("automate_green"); }
const DeviceKind& controller_kind() { return green().kinds.front(); }

Device a_controller(const std::string& list = "{}") {
  return Device{"controller", "6ItNKFLm_mS", "PC-1", "", boost::json::object{{"list", boost::json::parse(list)}}};
}

// ---- Signing in and listing ---------------------------------------------------------------

TEST(AutomateGreenSignIn, AsksForTheConfiguredLife) {
  ScriptedVendor vendor(Json{{"email", "owner@example.com"}, {"password", "secret"}, {"token_life", 1209600}});
  vendor.expect(R"(POST /signin {"user":{"email":"owner@example.com","password":"secret"},"expires":1209600})",
                R"({"token":"abc"})");
  const auto token = run(green().auth.sign_in(vendor));
  ASSERT_TRUE(token);
  EXPECT_EQ(token->value, "abc");
  EXPECT_EQ(token->life, std::chrono::hours(14 * 24));
}

TEST(AutomateGreenSignIn, IsMalformedWithoutAToken) {
  ScriptedVendor vendor;
  vendor.expect(R"(POST /signin {"user":{"email":"","password":""},"expires":0})", R"({"message":"hello"})");
  const auto token = run(green().auth.sign_in(vendor));
  ASSERT_FALSE(token);
  EXPECT_EQ(token.error().code(), Errc::malformed);
}

TEST(AutomateGreenList, UnwrapsAndKeepsOnlyPowerControllers) {
  ScriptedVendor vendor;
  vendor.expect("GET /devices", R"({"devices":[
      {"device":{"id":"a","sn":"PC-1","type":{"profile":"power-controller"}}},
      {"device":{"id":"b","type":{"profile":"thermostat"}}}, 7, {"device":null}]})");
  RecordedFleet fleet;
  ASSERT_TRUE(run(green().list(vendor, fleet)));
  ASSERT_EQ(fleet.devices.size(), 3U);
  EXPECT_EQ(fleet.devices[1].id, "") << "may be any device: the core doubts the list";
  EXPECT_EQ(fleet.devices[0].id, "a");
  EXPECT_EQ(fleet.devices[0].name, "PC-1");
}

TEST(AutomateGreenList, IsMalformedWithoutDevices) {
  ScriptedVendor vendor;
  vendor.expect("GET /devices", "{}");
  RecordedFleet fleet;
  EXPECT_EQ(run(green().list(vendor, fleet)).error().code(), Errc::malformed);
}

// ---- What is shown ------------------------------------------------------------------------

TEST(AutomateGreenState, DerivesWattsFromWattHoursAndTheirDuration) {
  const auto power = [](const std::string& info) {
    return shown(green(), a_controller(R"({"status":{"info":)" + info + "}}"), "power");
  };
  EXPECT_EQ(power(R"({"power":590.59,"duration":900})"), Json(2362.36));
  EXPECT_EQ(power(R"({"power":"90","duration":"900"})"), Json(360.0));
  EXPECT_EQ(power(R"({"power":590.59,"duration":0})"), Json());
  EXPECT_EQ(power(R"({"power":null,"duration":900})"), Json());
}

TEST(AutomateGreenState, KnowsTheNextToggleInBothForms) {
  const auto toggle = [](const std::string& status) {
    return shown(green(), a_controller(R"({"status":)" + status + "}"), "next_toggle");
  };
  const std::string date = R"("date":"2018-05-08T15:03:15.000Z")";
  EXPECT_EQ(toggle("{" + date + R"(,"info":{"toggleIn":60}})"), Json("2018-05-08T15:04:15.000Z"));
  EXPECT_EQ(toggle(R"({"info":{"toggleAt":1525791855}})"), Json("2018-05-08T15:04:15.000Z"));
  EXPECT_EQ(toggle("{" + date + R"(,"info":{"toggleIn":0,"toggleAt":0}})"), Json());
}

TEST(AutomateGreenState, ReadsAFlowThatIsWrittenAsText) {
  EXPECT_EQ(shown(green(), a_controller(R"({"status":{"info":{"flow":"10.0"}}})"), "flow"), Json(10.0));
  EXPECT_EQ(shown(green(), a_controller(R"({"status":{"info":{"flow":null}}})"), "flow"), Json());
}

TEST(AutomateGreenState, AnnouncesItsFirmware) {
  const Topics topics("cloud2mqtt", "homeassistant");
  const auto kinds = resolve(green(), Settings());
  const Device controller = a_controller(R"({"sn":"PC-1","status":{"info":{"firmware":1042}}})");
  const Json said = boost::json::parse(announcement({&topics, &green(), "home", "1"}, kinds[0], controller).document);
  EXPECT_EQ(text(said, "/device/sw_version"), "1042");
  EXPECT_EQ(text(said, "/device/serial_number"), "PC-1");
}

TEST(AutomateGreenState, NeverShowsOffForAnUnknownLoad) {
  EXPECT_EQ(shown(green(), a_controller(), "load"), Json());
  EXPECT_EQ(shown(green(), a_controller(R"({"status":{"info":{"on":false}}})"), "load"), Json(false));
}

// ---- The energy total ---------------------------------------------------------------------

std::string update(const std::string& id, const std::string& date, const std::string& power, int duration = 900) {
  return R"({"id":")" + id + R"(","date":")" + date + R"(","type":"update","info":{"power":)" + power +
         R"(,"duration":)" + std::to_string(duration) + "}}";
}

class Energy : public testing::Test {
 protected:
  // Asks once for everything up to `now`; `windows` are the expected stretches.
  Result<Facts> read(const std::string& now, const std::vector<std::pair<std::string, std::string>>& windows,
                     const std::vector<std::string>& statuses) {
    ScriptedVendor vendor;
    vendor.clock = *parse_time(now);
    for (const auto& [from, to] : windows) {
      std::string list;
      for (const std::string& status : statuses) list += (list.empty() ? "" : ",") + status;
      vendor.expect("GET /statuses?device=6ItNKFLm_mS&date[start]=" + from + "&date[end]=" + to, R"({"statuses":[)" + list + "]}");
    }
    auto facts = run(read_of(controller_kind(), "statuses").read(vendor, controller));
    if (facts) controller.facts.get_object()["statuses"] = facts->own();
    return facts;
  }
  Json total() { return shown(green(), controller, "energy"); }

  Device controller = a_controller();
};

TEST_F(Energy, CountsFromTheFirstStart) {
  ASSERT_TRUE(read("2026-05-08T12:00:00Z", {{"2026-05-07T12:00:00Z", "2026-05-08T12:00:01Z"}},
                   {update("old", "2026-05-08T11:45:00Z", "500")}));
  EXPECT_EQ(total(), Json(0.0));
}

TEST_F(Energy, CountsEveryStatusOnceHoweverOftenItIsRead) {
  read("2026-05-08T12:00:00Z", {{"2026-05-07T12:00:00Z", "2026-05-08T12:00:01Z"}}, {});
  const std::string first = update("a", "2026-05-08T12:15:00Z", "100.25");
  const std::string second = update("b", "2026-05-08T12:30:00Z", "0.05");
  read("2026-05-08T12:31:00Z", {{"2026-05-07T12:00:00Z", "2026-05-08T12:31:01Z"}}, {second, first, first});
  read("2026-05-08T12:32:00Z", {{"2026-05-07T12:30:00Z", "2026-05-08T12:32:01Z"}}, {first, second});
  EXPECT_EQ(total(), Json(100.3));
}

TEST_F(Energy, GoesOnAfterAReportFromTheFuture) {
  read("2026-05-08T12:00:00Z", {{"2026-05-07T12:00:00Z", "2026-05-08T12:00:01Z"}}, {});
  read("2026-05-08T12:16:00Z", {{"2026-05-07T12:00:00Z", "2026-05-08T12:16:01Z"}},
       {update("wrong", "2099-01-01T00:00:00Z", "7"), update("a", "2026-05-08T12:15:00Z", "100")});
  read("2026-05-08T12:31:00Z", {{"2026-05-07T12:31:00Z", "2026-05-08T12:31:01Z"}},
       {update("b", "2026-05-08T12:30:00Z", "20")});
  EXPECT_EQ(total(), Json(127.0));
}

TEST_F(Energy, AsksASilentControllerForAFewDaysOnly) {
  read("2025-05-08T12:00:00Z", {{"2025-05-07T12:00:00Z", "2025-05-08T12:00:01Z"}}, {});
  controller.facts.get_object()["statuses"].get_object()["asked"] = "2026-05-08T11:55:00.000Z";
  read("2026-05-08T12:00:00Z", {{"2026-04-28T11:55:01Z", "2026-05-08T11:55:00Z"}, {"2026-05-08T11:55:00Z", "2026-05-08T12:00:01Z"}},
       {update("back", "2026-05-08T11:45:00Z", "5")});
  EXPECT_EQ(total(), Json(5.0));
}

TEST_F(Energy, TellsReportsWithoutIdApartByDate) {
  read("2026-05-08T12:00:00Z", {{"2026-05-07T12:00:00Z", "2026-05-08T12:00:01Z"}}, {});
  read("2026-05-08T12:40:00Z", {{"2026-05-07T12:00:00Z", "2026-05-08T12:40:01Z"}},
       {update("", "2026-05-08T12:15:00Z", "1"), update("", "2026-05-08T12:30:00Z", "2"), update("", "2026-05-08T12:30:00Z", "2")});
  EXPECT_EQ(total(), Json(3.0));
}

TEST_F(Energy, LeavesReportsWithoutAFigureOpenForACorrection) {
  read("2026-05-08T12:00:00Z", {{"2026-05-07T12:00:00Z", "2026-05-08T12:00:01Z"}}, {});
  for (const char* figure : {"null", "-5", "\"many\""}) {
    read("2026-05-08T12:16:00Z", {{"2026-05-07T12:00:00Z", "2026-05-08T12:16:01Z"}}, {update("a", "2026-05-08T12:15:00Z", figure)});
    EXPECT_EQ(total(), Json(0.0)) << figure;
  }
  read("2026-05-08T12:17:00Z", {{"2026-05-07T12:00:00Z", "2026-05-08T12:17:01Z"}}, {update("a", "2026-05-08T12:15:00Z", "\"7.5\"")});
  EXPECT_EQ(total(), Json(7.5));
}

TEST_F(Energy, CatchesUpAfterAnOutageInWindowsOfLessThanTenDays) {
  read("2026-05-08T12:00:00Z", {{"2026-05-07T12:00:00Z", "2026-05-08T12:00:01Z"}}, {});
  read("2026-05-20T12:00:00Z",
       {{"2026-05-07T12:00:00Z", "2026-05-17T11:59:59Z"}, {"2026-05-17T11:59:59Z", "2026-05-20T12:00:01Z"}},
       {update("a", "2026-05-09T00:00:00Z", "10"), update("b", "2026-05-19T00:00:00Z", "20")});
  EXPECT_EQ(total(), Json(30.0));
}

TEST_F(Energy, KeepsItsCursorWhenAReadFails) {
  read("2026-05-08T12:00:00Z", {{"2026-05-07T12:00:00Z", "2026-05-08T12:00:01Z"}}, {});
  ScriptedVendor vendor;
  vendor.clock = *parse_time("2026-05-08T13:00:00Z");
  vendor.expect("GET /statuses?device=6ItNKFLm_mS&date[start]=2026-05-07T12:00:00Z&date[end]=2026-05-08T13:00:01Z",
                Error(Errc::network, "gone"));
  EXPECT_FALSE(run(read_of(controller_kind(), "statuses").read(vendor, controller)));
  read("2026-05-08T13:01:00Z", {{"2026-05-07T12:00:00Z", "2026-05-08T13:01:01Z"}}, {update("a", "2026-05-08T12:15:00Z", "5")});
  EXPECT_EQ(total(), Json(5.0));
}

TEST_F(Energy, CountsNoReportOfAnotherController) {
  read("2026-05-08T12:00:00Z", {{"2026-05-07T12:00:00Z", "2026-05-08T12:00:01Z"}}, {});
  const auto of = [](const std::string& owner, const std::string& id) {
    return R"({"id":")" + id + R"(",)" + owner + R"("date":"2026-05-08T12:15:00Z","type":"update","info":{"power":5}})";
  };
  read("2026-05-08T12:16:00Z", {{"2026-05-07T12:00:00Z", "2026-05-08T12:16:01Z"}},
       {of(R"("deviceId":"another",)", "a"), of(R"("device":"another",)", "b"), of(R"("deviceId":"6ItNKFLm_mS",)", "c"),
        of(R"("device":"6ItNKFLm_mS",)", "d"), of("", "e")});
  EXPECT_EQ(total(), Json(15.0));
}

TEST_F(Energy, DoesNotAskForAReportThatComesADayAfterANewerOne) {
  read("2026-05-08T12:00:00Z", {{"2026-05-07T12:00:00Z", "2026-05-08T12:00:01Z"}}, {});
  read("2026-05-10T12:00:00Z", {{"2026-05-07T12:00:00Z", "2026-05-10T12:00:01Z"}}, {update("new", "2026-05-10T11:45:00Z", "1")});
  read("2026-05-10T12:05:00Z", {{"2026-05-09T11:45:00Z", "2026-05-10T12:05:01Z"}},
       {update("late", "2026-05-09T12:00:00Z", "2"), update("too late", "2026-05-09T11:30:00Z", "4")});
  EXPECT_EQ(total(), Json(3.0)) << "just within the day";
}

TEST_F(Energy, CountsAnOverlapAndSaysSo) {
  read("2026-05-08T12:00:00Z", {{"2026-05-07T12:00:00Z", "2026-05-08T12:00:01Z"}}, {});
  read("2026-05-08T12:31:00Z", {{"2026-05-07T12:00:00Z", "2026-05-08T12:31:01Z"}},
       {update("a", "2026-05-08T12:15:00Z", "1"), update("b", "2026-05-08T12:20:00Z", "1", 900)});
  EXPECT_EQ(total(), Json(2.0));
  EXPECT_EQ(at(controller.facts, "/statuses/overlaps"), Json(1));
}

TEST_F(Energy, TakesAReportThatComesLateForNoOverlap) {
  read("2026-05-08T12:00:00Z", {{"2026-05-07T12:00:00Z", "2026-05-08T12:00:01Z"}}, {});
  const std::string newer = update("b", "2026-05-08T12:30:00Z", "1", 900);
  read("2026-05-08T12:31:00Z", {{"2026-05-07T12:00:00Z", "2026-05-08T12:31:01Z"}}, {newer});
  read("2026-05-08T12:32:00Z", {{"2026-05-07T12:30:00Z", "2026-05-08T12:32:01Z"}},
       {newer, update("a", "2026-05-08T12:15:00Z", "1", 900)});
  EXPECT_EQ(total(), Json(2.0));
  EXPECT_EQ(at(controller.facts, "/statuses/overlaps"), Json());
}

TEST_F(Energy, FindsNoOverlapBehindAReportOfTheFarFuture) {
  read("2026-05-08T12:00:00Z", {{"2026-05-07T12:00:00Z", "2026-05-08T12:00:01Z"}}, {});
  read("2026-05-08T12:01:00Z", {{"2026-05-07T12:00:00Z", "2026-05-08T12:01:01Z"}}, {update("wrong", "2099-01-01T00:00:00Z", "1", 900)});
  read("2026-05-08T14:01:00Z", {{"2026-05-07T13:01:00Z", "2026-05-08T14:01:01Z"}}, {update("a", "2026-05-08T14:00:00Z", "1", 900)});
  EXPECT_EQ(text(controller.facts, "/statuses/covered"), "2026-05-08T14:00:00.000Z");
  EXPECT_EQ(at(controller.facts, "/statuses/overlaps"), Json());
}

// Any order, any duplicates, any split into reads, any restart between them: the total is the sum.
TEST_F(Energy, IsTheSumOfTheRecordsHoweverTheyCome) {
  std::mt19937 chance(7);
  for (int round = 0; round < 50; ++round) {
    controller = a_controller();
    const Instant start = *parse_time("2026-05-08T00:00:00Z");
    ScriptedVendor first;
    first.clock = start;
    first.expect("GET /statuses?device=6ItNKFLm_mS&date[start]=2026-05-07T00:00:00Z&date[end]=2026-05-08T00:00:01Z", "[]");
    controller.facts.get_object()["statuses"] = run(read_of(controller_kind(), "statuses").read(first, controller))->own();

    std::vector<std::string> all;
    std::int64_t hundredths = 0;
    for (int number = 1; number <= 40; ++number) {
      const auto energy = static_cast<std::int64_t>(chance() % 100000);
      hundredths += energy;
      all.push_back(update(std::to_string(number), format_time(start + std::chrono::minutes(15 * number)),
                           std::to_string(energy / 100) + "." + std::to_string(100 + energy % 100).substr(1)));
    }
    for (int reading = 0; reading < 4; ++reading) {
      std::vector<std::string> answer(all.begin(), reading == 3 ? all.end() : all.begin() + chance() % 41);
      for (int extra = 0; extra < 5 && !answer.empty(); ++extra) answer.push_back(answer[chance() % answer.size()]);
      std::shuffle(answer.begin(), answer.end(), chance);
      const Json before = controller.facts;
      const Instant now = start + std::chrono::hours(12);
      const auto newest = *parse_time(text(before, "/statuses/newest"));
      const std::string from = format_time(newest - std::chrono::hours(24)).substr(0, 19) + "Z";
      read(format_time(now), {{from, format_time(now + std::chrono::seconds(1)).substr(0, 19) + "Z"}}, answer);
      // A restart: the facts go through the store as text.
      controller.facts = boost::json::parse(boost::json::serialize(controller.facts));
    }
    EXPECT_EQ(total(), Json(static_cast<double>(hundredths) / 100)) << "round " << round;
  }
}

// ---- Events -------------------------------------------------------------------------------

TEST_F(Energy, TellsRelaysAndTriggersOnceWithTheVendorsTime) {
  read("2026-05-08T12:00:00Z", {{"2026-05-07T12:00:00Z", "2026-05-08T12:00:01Z"}}, {});
  const std::vector<std::string> statuses{
      R"({"status":{"id":"r","deviceId":"6ItNKFLm_mS","date":"2026-05-08T12:01:00Z","type":"relay","reason":"auto","info":{"on":true}}})",
      R"({"id":"t","device":"6ItNKFLm_mS","date":"2026-05-08T12:02:00Z","type":"trigger","reason":"ffr","info":{"frequency":59.68}})",
      R"({"id":"f","date":"2026-05-08T12:03:00Z","type":"function"})"};
  const auto facts = read("2026-05-08T12:04:00Z", {{"2026-05-07T12:00:00Z", "2026-05-08T12:04:01Z"}}, statuses);
  ASSERT_EQ(facts->events().size(), 3U);
  EXPECT_EQ(facts->events()[0].second,
            (Json{{"event_type", "relay"}, {"time", "2026-05-08T12:01:00.000Z"}, {"reason", "auto"}, {"on", true}, {"frequency", nullptr}}));
  EXPECT_EQ(text(facts->events()[1].second, "/frequency"), "59.68");
  EXPECT_EQ(text(facts->events()[2].second, "/event_type"), "other");
  EXPECT_EQ(text(facts->events()[2].second, "/reason"), "function");
  EXPECT_EQ(shown(green(), controller, "last_reason"), Json("auto"));

  const auto again = read("2026-05-08T12:05:00Z", {{"2026-05-07T12:03:00Z", "2026-05-08T12:05:01Z"}}, statuses);
  EXPECT_TRUE(again->events().empty());
}

TEST_F(Energy, ShowsTheNewestReasonThoughAnOlderReportComesLater) {
  const auto relay = [](const std::string& id, const std::string& date, const std::string& reason) {
    return R"({"id":")" + id + R"(","date":")" + date + R"(","type":"relay","reason":")" + reason + R"(","info":{"on":true}})";
  };
  read("2026-05-08T12:00:00Z", {{"2026-05-07T12:00:00Z", "2026-05-08T12:00:01Z"}}, {});
  read("2026-05-08T12:01:00Z", {{"2026-05-07T12:00:00Z", "2026-05-08T12:01:01Z"}}, {relay("wrong", "2099-01-01T00:00:00Z", "far")});
  EXPECT_EQ(shown(green(), controller, "last_reason"), Json("far"));
  read("2026-05-08T14:01:00Z", {{"2026-05-07T13:01:00Z", "2026-05-08T14:01:01Z"}}, {relay("b", "2026-05-08T14:00:00Z", "api")});
  EXPECT_EQ(shown(green(), controller, "last_reason"), Json("api")) << "the first one's date was wrong";
  const auto late = read("2026-05-08T14:02:00Z", {{"2026-05-07T14:00:00Z", "2026-05-08T14:02:01Z"}}, {relay("a", "2026-05-08T13:30:00Z", "auto")});
  EXPECT_EQ(late->events().size(), 1U);
  EXPECT_EQ(shown(green(), controller, "last_reason"), Json("api"));
}

TEST_F(Energy, TellsATriggerThatLacksItsFrequency) {
  read("2026-05-08T12:00:00Z", {{"2026-05-07T12:00:00Z", "2026-05-08T12:00:01Z"}}, {});
  for (const char* info : {R"("info":{})", R"("info":null)", R"("reason":"ffr")"}) {
    const std::string status = R"({"id":")" + std::to_string(std::string(info).size()) +
                               R"(","date":"2026-05-08T12:02:00Z","type":"trigger",)" + info + "}";
    const bool is_first = at(controller.facts, "/statuses/trigger").is_null();
    const std::string from = is_first ? "2026-05-07T12:00:00Z" : "2026-05-07T12:02:00Z";
    const auto facts = read("2026-05-08T12:04:00Z", {{from, "2026-05-08T12:04:01Z"}}, {status});
    ASSERT_EQ(facts->events().size(), 1U) << info;
    EXPECT_EQ(at(facts->events()[0].second, "/frequency"), Json()) << info;
    EXPECT_EQ(shown(green(), controller, "trigger_frequency"), Json()) << info;
  }
}

// ---- What answers mean --------------------------------------------------------------------

Result<Json> judged(const std::string& body, int status = 200) {
  Reply reply;
  reply.status = status;
  reply.body = boost::json::parse(body);
  return green().judge(std::move(reply));
}

TEST(AutomateGreenAnswer, WithANegativeCodeIsAFailure) {
  for (const char* body : {R"({"responseCodes":[102,-996]})", R"({"device":{"responseCode":-985}})",
                           R"({"status":{"responseCodes":["-1"]}})", R"({"info":{"responseCode":-999}})"}) {
    ASSERT_FALSE(judged(body)) << body;
    EXPECT_EQ(judged(body).error().code(), Errc::refused);
  }
}

TEST(AutomateGreenAnswer, WithANegativeCodeIsAFailureWhereverItStands) {
  for (const char* place : {"", "device", "device info", "device status", "device status info", "status", "info"}) {
    for (const char* codes : {R"({"responseCodes":[102,-985]})", R"({"responseCode":-985})"}) {
      std::string body = codes, levels = place;
      while (!levels.empty()) {
        const std::size_t last = levels.rfind(' ') == levels.npos ? 0 : levels.rfind(' ') + 1;
        body = "{\"" + levels.substr(last) + "\":" + body + "}";
        levels.resize(last == 0 ? 0 : last - 1);
      }
      ASSERT_FALSE(judged(body)) << body;
      EXPECT_EQ(judged(body).error().code(), Errc::refused) << body;
      EXPECT_EQ(judged(body).error().message(), "the controller answered code -985") << body;
    }
  }
}

TEST(AutomateGreenAnswer, ThatIsAcceptedAndEmptyIsASuccess) {
  Reply reply;
  reply.status = 202;
  const auto verdict = green().judge(std::move(reply));
  ASSERT_TRUE(verdict);
  EXPECT_EQ(*verdict, Json());
}

TEST(AutomateGreenAnswer, WithPositiveOrNoCodesIsASuccess) {
  for (const char* body : {R"({"responseCodes":[102]})", R"({"responseCode":1001})", R"({"responseCode":1002})", R"({"device":{}})", "null"}) {
    EXPECT_TRUE(judged(body)) << body;
  }
}

TEST(AutomateGreenAnswer, WithNoCodesInTheListIsASilentController) {
  EXPECT_EQ(judged(R"({"responseCodes":[]})").error().code(), Errc::timeout);
  EXPECT_EQ(judged("{}", 503).error().code(), Errc::network);
}

TEST(AutomateGreen, CallsAnUnavailableControllerOffline) {
  const auto unreachable = controller_kind().unreachable;
  EXPECT_EQ(unreachable(boost::json::parse(R"({"list":{"status":{"state":"Unavailable"}}})")), "device_offline");
  EXPECT_EQ(unreachable(boost::json::parse(R"({"list":{"status":{"state":"Active"}}})")), "");
  EXPECT_EQ(unreachable(boost::json::parse(R"({"list":{"status":{"state":"Initializing"}}})")), "");
}

}  // namespace
}  // namespace bridge
