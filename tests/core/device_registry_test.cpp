#include "core/device_registry.hpp"

#include <gtest/gtest.h>

#include <boost/json/static_resource.hpp>

namespace bridge {
namespace {

constexpr Entity kRows[] = {sensor("speed", "Speed", "/list/speed")};
constexpr DeviceKind kKinds[] = {{.name = "hub"}, {.name = "pump", .model = "/list/model", .entities = kRows}};
constexpr Mapper kAcme{.name = "acme", .manufacturer = "Acme", .base_url = "", .auth = {}, .kinds = kKinds};

class Registry : public testing::Test {
 protected:
  DeviceRegistry::Sighting see(std::string_view id, const Json& facts, std::string_view name = "Pump") {
    return registry.see({.kind = "pump", .id = id, .name = name, .facts = facts});
  }

  std::vector<ResolvedKind> kinds = resolve(kAcme, Settings());
  DeviceRegistry registry{kinds};
};

TEST_F(Registry, TellsNewChangedAndKnownApart) {
  EXPECT_TRUE(see("p", Json{{"speed", 1}}).is_new);
  EXPECT_FALSE(see("p", Json{{"speed", 1}}).changed);
  EXPECT_TRUE(see("p", Json{{"speed", 2}}).changed);
  EXPECT_TRUE(see("p", Json{{"speed", 2}}, "Other").changed);
}

TEST_F(Registry, LeavesOutAndCountsWhatHasNoIdOrNoKind) {
  EXPECT_EQ(see("", Json()).record, nullptr);
  EXPECT_EQ(registry.see({.kind = "boat", .id = "b", .name = "", .facts = Json()}).record, nullptr);
  EXPECT_EQ(registry.nameless(), 2U);
}

TEST_F(Registry, DoesNotTakeOneIdForTwoThings) {
  registry.see({.kind = "hub", .id = "hub", .name = "", .facts = Json()});
  EXPECT_EQ(see("hub", Json()).record, nullptr);
}

TEST_F(Registry, NamesADeviceWithoutANameByItsId) { EXPECT_EQ(see("p", Json(), "").record->device.name, "p"); }

TEST_F(Registry, TakesOutWhatIsAbsentOftenEnough) {
  for (int list = 0; list < 4; ++list) {
    registry.begin_list();
    see("stays", Json());
    if (list == 0) see("goes", Json());
    const auto absent = registry.end_complete_list(3);
    EXPECT_EQ(absent.size(), list == 3 ? 1U : 0U) << list;
  }
  EXPECT_EQ(registry.find("goes"), nullptr);
  EXPECT_EQ(registry.all().size(), 1U);
}

TEST_F(Registry, ForgivesAnAbsenceWhenTheDeviceComesBack) {
  for (int list = 0; list < 10; ++list) {
    registry.begin_list();
    if (list % 3 == 0) see("p", Json());
    EXPECT_TRUE(registry.end_complete_list(3).empty());
  }
}

TEST_F(Registry, FindsADeviceByItsEscapedLevel) {
  see("a b", Json());
  see("plain", Json());
  EXPECT_EQ(registry.find_segment("a__20b")->device.id, "a b");
  EXPECT_EQ(registry.find_segment("plain")->device.id, "plain");
  EXPECT_EQ(registry.find_segment("a b"), nullptr);
}

TEST_F(Registry, KeepsFactsInMemoryOfTheirOwn) {
  Record record;
  {
    unsigned char block[4096];
    boost::json::static_resource memory(block);
    const Json facts(boost::json::object{{"name", "a text that is too long to stand in the value itself"}}, &memory);
    record = see("p", facts).record;
    std::fill(std::begin(block), std::end(block), 0xEE);
  }
  EXPECT_EQ(text(record->device.facts, "/list/name"), "a text that is too long to stand in the value itself");
}

TEST_F(Registry, TakesOverEveryDifferenceAndNothingElse) {
  const std::vector<Json> answers{
      Json{{"speed", 1}, {"pump", {{"on", true}, {"text", "a text that is stored elsewhere"}}}},
      Json{{"speed", 1}, {"pump", {{"on", true}, {"text", "another text, stored elsewhere"}}}},
      Json{{"speed", 2}, {"pump", {{"on", true}, {"level", 1}}}},
      Json{{"speed", 3}, {"level", 1}, {"pump", nullptr}},
      Json{{"speed", 3}, {"levels", {1, 2}}},
      Json{{"speed", 3}, {"levels", {1, 2, 3}}},
      Json{{"speed", 3}},
      Json("no object"),
      Json{{"speed", 3}},
  };
  for (const Json& answer : answers) {
    const auto record = see("p", answer).record;
    EXPECT_EQ(at(record->device.facts, "/list"), answer);
    EXPECT_FALSE(see("p", answer).changed) << answer;
  }
}

TEST_F(Registry, HoldsMembersInAnotherOrderForTheSame) {
  see("p", Json{{"speed", 1}, {"level", 2}});
  EXPECT_FALSE(see("p", Json{{"level", 2}, {"speed", 1}}).changed);
  EXPECT_TRUE(see("p", Json{{"level", 1}, {"speed", 2}}).changed);
  EXPECT_EQ(number_at(see("p", Json{{"level", 1}, {"speed", 2}}).record->device.facts, "/list/speed"), 2.0);
}

TEST_F(Registry, NoticesAChangeBeforeMembersThatMoved) {
  see("p", Json{{"first", 1}, {"speed", 1}, {"level", 2}});
  EXPECT_TRUE(see("p", Json{{"first", 5}, {"level", 2}, {"speed", 1}}).changed);
}

TEST_F(Registry, KnowsItsDevicesInAnyOrder) {
  const std::vector<std::string> lists[] = {
      {"a", "b", "c", "d"}, {"a", "b", "c", "d"}, {"d", "c", "b", "a"}, {"c", "d"}, {"a", "e", "b", "d", "d"}, {"e", "a"}};
  for (const auto& list : lists) {
    registry.begin_list();
    for (const std::string& id : list) EXPECT_EQ(see(id, Json()).record->device.id, id);
  }
  EXPECT_EQ(registry.all().size(), 5U);
}

TEST_F(Registry, CountsAnUnreadDeviceAndItsChildrenAsListed) {
  see("p", Json());
  registry.see({.kind = "pump", .id = "p-1", .name = "", .parent = "p", .facts = Json()});
  see("q", Json());
  for (int list = 0; list < 5; ++list) {
    registry.begin_list();
    registry.unread("p");
    EXPECT_EQ(registry.listed("pump"), 2U);
    const auto gone = registry.end_complete_list(3);
    EXPECT_EQ(gone.size(), list == 2 ? 1U : 0U);
  }
  EXPECT_NE(registry.find("p"), nullptr);
  EXPECT_NE(registry.find("p-1"), nullptr);
  EXPECT_EQ(registry.find("q"), nullptr);
}

TEST_F(Registry, CountsUnreadDevicesThatItNeverSaw) {
  registry.begin_list();
  registry.unread("new");
  EXPECT_EQ(registry.never_read(), 1U);
  EXPECT_EQ(registry.listed("pump"), 0U);
  registry.begin_list();
  EXPECT_EQ(registry.never_read(), 0U);
}

TEST_F(Registry, HashesWhatTheAnnouncementShows) {
  const auto record = see("p", Json{{"model", "A"}, {"speed", 1}}).record;
  const auto before = announced_hash(*record);
  see("p", Json{{"model", "A"}, {"speed", 2}});
  EXPECT_EQ(announced_hash(*record), before);
  see("p", Json{{"model", "B"}, {"speed", 2}});
  EXPECT_NE(announced_hash(*record), before);
}

}  // namespace
}  // namespace bridge
