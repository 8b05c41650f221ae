#include "core/discovery_vocabulary.hpp"

#include <gtest/gtest.h>

namespace bridge {
namespace {

TEST(DiscoveryVocabulary, SpellsEveryPlatformAsItsTableHasIt) {
  for (const Component component :
       {Component::sensor, Component::binary_sensor, Component::switch_, Component::button,
        Component::number, Component::select, Component::event}) {
    const Platform* platform = find_platform(spelled(component));
    ASSERT_NE(platform, nullptr);
    EXPECT_EQ(platform->component, component);
  }
  EXPECT_EQ(spelled(Component::switch_), "switch");
  EXPECT_EQ(find_platform("toaster"), nullptr);
}

TEST(DiscoveryVocabulary, SpellsClassesAndCategoriesAsHomeAssistantDoes) {
  EXPECT_EQ(spelled(DeviceClass::none), "");
  EXPECT_EQ(spelled(DeviceClass::battery), "battery");
  EXPECT_EQ(spelled(DeviceClass::enum_), "enum");
  EXPECT_EQ(spelled(DeviceClass::problem), "problem");
  EXPECT_EQ(spelled(DeviceClass::switch_), "switch");
  EXPECT_EQ(spelled(DeviceClass::volume_flow_rate), "volume_flow_rate");
  EXPECT_EQ(spelled(DeviceClass::water), "water");
  EXPECT_EQ(spelled(StateClass::none), "");
  EXPECT_EQ(spelled(StateClass::total_increasing), "total_increasing");
  EXPECT_EQ(spelled(Category::primary), "");
  EXPECT_EQ(spelled(Category::config), "config");
}

TEST(DiscoveryVocabulary, KnowsEveryClassThatRowsUse) {
  for (int i = 1; i <= static_cast<int>(DeviceClass::water); ++i) {
    const std::string_view name = spelled(static_cast<DeviceClass>(i));
    bool known = find_measured_class(name) != nullptr;
    for (const auto* platform : {"binary_sensor", "switch", "button"}) {
      for (const std::string_view each : find_platform(platform)->device_classes) {
        known = known || each == name;
      }
    }
    EXPECT_TRUE(known) << name;
  }
}

TEST(DiscoveryVocabulary, KnowsWhichPlatformsTakeAnOption) {
  ASSERT_NE(find_option("state_class"), nullptr);
  EXPECT_EQ(find_option("state_class")->platforms, bit(Component::sensor));
  EXPECT_EQ(find_option("stat_cla"), nullptr);
}

TEST(DiscoveryVocabulary, KnowsWhatMayStandAtTheRoot) {
  ASSERT_NE(find_shared_option("state_topic"), nullptr);
  EXPECT_EQ(find_shared_option("state_topic")->kind, OptionKind::subscribe_topic);
  EXPECT_EQ(find_shared_option("unique_id"), nullptr);
}

TEST(DiscoveryVocabulary, KnowsWhichClassesNeedAUnit) {
  EXPECT_TRUE(needs_unit(*find_measured_class("water")));
  EXPECT_TRUE(needs_unit(*find_measured_class("monetary")));
  EXPECT_FALSE(needs_unit(*find_measured_class("timestamp")));
  EXPECT_FALSE(needs_unit(*find_measured_class("power_factor")));
}

TEST(WordOfAList, IsAWholeWord) {
  EXPECT_TRUE(is_word_of("L gal m³", "gal"));
  EXPECT_TRUE(is_word_of("L gal m³", "m³"));
  EXPECT_FALSE(is_word_of("L gal m³", "ga"));
  EXPECT_FALSE(is_word_of("L gal m³", "L gal"));
  EXPECT_FALSE(is_word_of("L gal m³", ""));
  EXPECT_FALSE(is_word_of("", "L"));
}

}  // namespace
}  // namespace bridge
