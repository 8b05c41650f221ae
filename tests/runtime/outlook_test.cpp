#include <gtest/gtest.h>

#include <algorithm>

#include "support/world.hpp"

namespace bridge::test {
namespace {

std::string member(const World& world, std::string_view pointer) {
  return text(boost::json::parse(world.retained("cloud2mqtt/home/status")), pointer);
}

TEST(AnAccount, IsNotHealedByAnAnswerFromBeforeTheRefusal) {
  World world;
  const auto fine = world.vendor;
  bool refuses = false;
  world.vendor = [&](const std::string& request, const std::string& sent) -> Answer {
    if (request == "GET /pumps" && std::exchange(refuses, false)) return {401, "", {}};
    if (request.starts_with("PUT")) world.delay = 10s;  // of the re-reading
    return fine(request, sent);
  };
  world.start();
  world.advance(55s);
  world.command("limit", "50");
  world.delay = 0s;
  refuses = true;
  world.advance(6s);
  ASSERT_EQ(member(world, "/reason"), "unauthorized");
  EXPECT_EQ(member(world, "/next_poll"), "2026-05-08T13:01:00.000Z")
      << "not when the next device would be due";
  world.advance(5s);
  EXPECT_EQ(text(world.last_outcome(), "/outcome"), "done");
  EXPECT_EQ(member(world, "/reason"), "unauthorized");
  EXPECT_EQ(std::count(world.log.begin(), world.log.end(), "home: works again"), 0);
}

}  // namespace
}  // namespace bridge::test
