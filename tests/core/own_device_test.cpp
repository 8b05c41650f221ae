#include "core/own_device.hpp"

#include <gtest/gtest.h>

#include "core/document_parts.hpp"

namespace bridge {
namespace {

OwnDevice device() { return OwnDevice("c_bridge", "A\nname", "1.2"); }

TEST(OwnDevice, BeginsEveryIdWithItsOwn) {
  OwnDevice own("c-2_account_a__2Db", "A", "1");
  own.add("sensor", "last_success", "Last success", {});
  const Json document = std::move(own).finish({});
  EXPECT_EQ(at(document, "/components/last_success/unique_id"),
            Json("c-2_account_a__2Db_last_success"));
  EXPECT_EQ(at(document, "/components/last_success/default_entity_id"),
            Json("sensor.c_2_account_a_2db_last_success"));
}

TEST(OwnDevice, GivesItsAvailabilityToWhatIsAddedFromThenOn) {
  OwnDevice own = device();
  own.add("sensor", "early", "Early", {});
  own.available_with("c/bridge/availability");
  own.add("sensor", "late", "Late", {});
  own.add("sensor", "later", "Later", {});
  const Json document = std::move(own).finish({});
  EXPECT_TRUE(at(document, "/components/early/availability").is_null());
  EXPECT_EQ(at(document, "/components/late/availability/0/topic"), Json("c/bridge/availability"));
  EXPECT_EQ(at(document, "/components/later/availability").as_array().size(), 1U);
}

TEST(OwnDevice, HasANameOfOneLineAndLeavesANamelessEntityToItsClass) {
  OwnDevice own = device();
  own.add("binary_sensor", "problem", "", {{"device_class", "problem"}});
  const Json document = std::move(own).finish({});
  EXPECT_EQ(at(document, "/device/name"), Json("A name"));
  EXPECT_FALSE(at(document, "/components/problem").as_object().contains("name"));
  EXPECT_EQ(at(document, "/components/problem/device_class"), Json("problem"));
}

TEST(OwnDevice, RemovesWhatIsGoneByAStub) {
  OwnDevice own = device();
  own.add("sensor", "version", "Version", {});
  const Json document = std::move(own).finish({"restart:button", "nonsense", "version:sensor"});
  EXPECT_EQ(at(document, "/components").as_object().size(), 2U);
  EXPECT_EQ(at(document, "/components/restart"), (Json{{"platform", "button"}}));
  EXPECT_EQ(at(document, "/components/version/name"), Json("Version"));
}

TEST(DocumentParts, LeaveOutATextOfWhichNothingIsLeft) {
  boost::json::object document;
  add_text(document, "name", " \n\t");
  EXPECT_TRUE(document.empty());
  add_text(document, "name", std::string(kLongestShown + 1, 'x'));
  EXPECT_EQ(document.at("name").as_string().size(), kLongestShown);
}

}  // namespace
}  // namespace bridge
