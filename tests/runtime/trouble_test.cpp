// Whom a failure concerns: the account, a device, or the log alone.

#include <gtest/gtest.h>

#include <algorithm>

#include "support/world.hpp"

namespace bridge::test {
namespace {

std::string reason_of(const World& world, const std::string& topic) {
  const std::string document = world.retained(topic);
  return document.empty() ? "nothing" : text(boost::json::parse(document), "/reason");
}

class Trouble : public testing::Test {
 protected:
  void list(const std::string& pumps) {
    answer = [=](const std::string& request) -> Answer {
      if (request == "GET /pumps") return {200, R"({"pumps":[)" + pumps + "]}", {}};
      return {200, "{}", {}};
    };
  }
  void start() {
    world.vendor = [this](const std::string& request, const std::string&) { return answer(request); };
    world.start();
  }

  World world;
  std::function<Answer(const std::string&)> answer;
};

const std::string kStatus = "cloud2mqtt/home/status";
const std::string kAvailability = "cloud2mqtt/home/availability";
const std::string kPump = "cloud2mqtt/home/p1/";

TEST_F(Trouble, CallsTheVendorDownWhenEverythingFails) {
  list(R"({"id":"p1"})");
  start();
  answer = [](const std::string&) { return Answer{500, "", {}}; };
  world.advance(3min);
  EXPECT_EQ(reason_of(world, kStatus), "vendor_down");
  EXPECT_EQ(world.retained(kAvailability), "offline");
}

TEST_F(Trouble, LeavesTheAccountAndItsDeviceAloneWhileOneSlowReadIsAnsweredWithAFailure) {
  list(R"({"id":"p1"})");
  world.configuration.accounts[0].every["meter"] = 1h;
  answer = [fine = answer](const std::string& request) { return request == "GET /pumps/p1/meter" ? Answer{500, "", {}} : fine(request); };
  start();
  world.advance(119min);
  EXPECT_GT(world.asked("GET /pumps/p1/meter"), 9U) << "it is asked again before its period is over";
  EXPECT_EQ(world.retained(kPump + "availability"), "online") << "it failed in two periods";
  EXPECT_EQ(reason_of(world, kStatus), "ok");
  world.advance(41min);
  EXPECT_EQ(reason_of(world, kPump + "status"), "read_failed");
  EXPECT_EQ(world.retained(kAvailability), "online");
  EXPECT_EQ(reason_of(world, kStatus), "ok");
}

TEST_F(Trouble, TakesAnAnswerThoughAFailureForTheEndOfASilence) {
  list(R"({"id":"p1"})");
  world.configuration.accounts[0].every["meter"] = 1min;
  int status = 0;
  answer = [fine = answer, &status](const std::string& request) { return request == "GET /pumps/p1/meter" ? Answer{status, "", {}} : fine(request); };
  start();
  world.advance(1min);
  EXPECT_EQ(reason_of(world, kStatus), "vendor_down") << "nothing reached the meter three times";
  status = 500;
  world.advance(5min);
  EXPECT_EQ(reason_of(world, kStatus), "ok");
  EXPECT_EQ(world.retained(kAvailability), "online");
  world.stop();  // while `status` is there
}

Result<Json> forbids_for_good(Reply reply) {
  const bool is_forbidden = reply.status == 403;
  auto verdict = by_status(std::move(reply));
  if (verdict || !is_forbidden) return verdict;
  Error error = verdict.error();
  error.permanent = true;
  return error;
}

TEST_F(Trouble, TakesAReadThatIsForbiddenForGoodForTheEndOfASilence) {
  list(R"({"id":"p1"})");
  Mapper mapper = acme();
  mapper.judge = forbids_for_good;
  world.configuration.accounts[0].mapper = &mapper;
  world.configuration.accounts[0].every["meter"] = 1min;
  int status = 0;
  answer = [fine = answer, &status](const std::string& request) { return request == "GET /pumps/p1/meter" ? Answer{status, "", {}} : fine(request); };
  start();
  world.advance(1min);
  EXPECT_EQ(reason_of(world, kStatus), "vendor_down") << "nothing reached the meter three times";
  EXPECT_EQ(world.retained(kAvailability), "offline");
  status = 403;
  world.advance(5min);
  EXPECT_EQ(reason_of(world, kStatus), "ok");
  EXPECT_EQ(world.retained(kAvailability), "online");
  EXPECT_EQ(world.retained(kPump + "availability"), "online");
  const auto asked = world.asked("GET /pumps/p1/meter");
  world.advance(3h);
  EXPECT_EQ(world.asked("GET /pumps/p1/meter"), asked) << "it is switched off";
  world.stop();  // while `status` and the mapper are there
}

TEST_F(Trouble, IsOverForADeviceWhoseReadIsForbiddenForGood) {
  list(R"({"id":"p1"})");
  Mapper mapper = acme();
  mapper.judge = forbids_for_good;
  world.configuration.accounts[0].mapper = &mapper;
  world.configuration.accounts[0].every["meter"] = 1min;
  int status = 422;
  answer = [fine = answer, &status](const std::string& request) { return request == "GET /pumps/p1/meter" ? Answer{status, "", {}} : fine(request); };
  start();
  world.advance(5min);
  EXPECT_EQ(reason_of(world, kPump + "status"), "read_failed");
  status = 403;
  world.advance(2min);
  EXPECT_EQ(reason_of(world, kPump + "status"), "ok");
  EXPECT_EQ(world.retained(kPump + "availability"), "online");
  world.stop();  // while `status` and the mapper are there
}

TEST_F(Trouble, SaysTheTroubleOfEachDeviceOnceUntilItIsOver) {
  list(R"({"id":"p1"},{"id":"p2"})");
  start();
  const auto fine = answer;
  const auto said = [&](const std::string& pump) {
    return std::count_if(world.log.begin(), world.log.end(), [&](const std::string& line) {
      return line.find("GET /pumps/" + pump + "/meter: the vendor answered") != std::string::npos;
    });
  };
  const auto broken = [fine](const std::string& request) {
    if (request == "GET /pumps/p1/meter") return Answer{422, "", {}};
    return request == "GET /pumps/p2/meter" ? Answer{500, "", {}} : fine(request);
  };
  answer = broken;
  world.advance(5h);
  EXPECT_EQ(said("p1"), 1);
  EXPECT_EQ(said("p2"), 1);
  answer = fine;
  world.advance(30min);
  answer = broken;
  world.advance(30min);
  EXPECT_EQ(said("p1"), 2);
  EXPECT_EQ(said("p2"), 2);
}

TEST_F(Trouble, NamesNoMoreThanTwoHundredTroubles) {
  std::string pumps;
  for (int pump = 1; pump <= 250; ++pump) pumps += (pump == 1 ? "" : ",") + ("{\"id\":\"q" + std::to_string(pump) + "\"}");
  list(pumps);
  answer = [fine = answer](const std::string& request) { return request.ends_with("/meter") ? Answer{422, "", {}} : fine(request); };
  start();
  world.advance(1h);
  const auto lines = [&](const std::string& what) {
    return std::count_if(world.log.begin(), world.log.end(),
                         [&](const std::string& line) { return line.find(what) != std::string::npos; });
  };
  EXPECT_EQ(lines("/meter: the vendor answered"), 200);
  EXPECT_EQ(lines("no more failed reads are named"), 1);
}

TEST_F(Trouble, NamesAWordThatNoListHasOnce) {
  list(R"({"id":"p1","mode":"purge"},{"id":"p2","mode":"purge"},{"id":"p3","mode":"eco"})");
  start();
  world.advance(3min);
  const auto named = std::count_if(world.log.begin(), world.log.end(), [](const std::string& line) {
    return line.find("pump, mode: the vendor says \"purge\"") != std::string::npos;
  });
  EXPECT_EQ(named, 1);
  EXPECT_EQ(text(boost::json::parse(world.retained(kPump + "state")), "/mode"), "");
  EXPECT_EQ(text(boost::json::parse(world.retained("cloud2mqtt/home/p3/state")), "/mode"), "eco");
}

class RefusedList : public Trouble, public testing::WithParamInterface<int> {};

INSTANTIATE_TEST_SUITE_P(Statuses, RefusedList, testing::Values(403, 404, 400));

TEST_P(RefusedList, IsAskedForMoreAndMoreSeldomUpToAQuarterOfAnHour) {
  list(R"({"id":"p1"})");
  const auto fine = std::exchange(answer, [](const std::string&) {
    return Answer{GetParam(), R"({"error":{"code":"no_delegated_users"}})", {}};
  });
  start();
  world.advance(31min);
  EXPECT_EQ(world.asked("GET /pumps"), 6U) << "at 0, 1, 3, 7, 15 and 30 minutes";
  world.advance(60min);
  EXPECT_EQ(world.asked("GET /pumps"), 10U);
  EXPECT_EQ(reason_of(world, kStatus), "no_delegated_users");
  world.link->deliver("cloud2mqtt/bridge/request/poll", "{}");
  world.clock.settle();
  EXPECT_EQ(world.asked("GET /pumps"), 11U) << "a person asks at once";
  answer = fine;
  world.link->deliver("cloud2mqtt/bridge/request/poll", "{}");
  world.clock.settle();
  EXPECT_EQ(reason_of(world, kStatus), "ok");
  const auto before = world.asked("GET /pumps");
  world.advance(5min);
  EXPECT_EQ(world.asked("GET /pumps"), before + 5) << "by its own period again";
}

TEST_F(Trouble, AsksARefusedListThatIsSlowByItselfInItsOwnTime) {
  world.configuration.accounts[0].every["list"] = 1h;
  answer = [](const std::string&) { return Answer{403, "", {}}; };
  start();
  world.advance(3h);
  EXPECT_EQ(world.asked("GET /pumps"), 4U);
}

}  // namespace
}  // namespace bridge::test
