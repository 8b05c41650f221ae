#include "core/device_choice.hpp"

#include <gtest/gtest.h>

namespace bridge {
namespace {

TEST(DeviceChoice, TakesEverythingUnlessSomebodyChose) {
  const DeviceChoice all;
  EXPECT_TRUE(all.takes("pump-1", "hub"));
  EXPECT_TRUE(all.takes("hub", ""));
}

TEST(DeviceChoice, LeavesADeviceOutTogetherWithItsParts) {
  const DeviceChoice choice{.without = {"D1"}};
  EXPECT_FALSE(choice.takes("D1", ""));
  EXPECT_FALSE(choice.takes("D1_C1", "D1"));
  EXPECT_TRUE(choice.takes("D2", ""));
  EXPECT_TRUE(choice.takes("D2_C1", "D2"));
}

TEST(DeviceChoice, LeavesOneOfTheParts) {
  const DeviceChoice choice{.without = {"D1_C2"}};
  EXPECT_TRUE(choice.takes("D1", ""));
  EXPECT_TRUE(choice.takes("D1_C1", "D1"));
  EXPECT_FALSE(choice.takes("D1_C2", "D1"));
}

TEST(DeviceChoice, TakesOnlyWhatIsNamedWithItsPartsAndTheHub) {
  const DeviceChoice choice{.only = {"D1", "pump-1"}};
  EXPECT_TRUE(choice.takes("hub", ""));
  EXPECT_TRUE(choice.takes("pump-1", "hub"));
  EXPECT_FALSE(choice.takes("pump-2", "hub"));
  EXPECT_TRUE(choice.takes("D1_C1", "D1"));
  EXPECT_FALSE(choice.takes("D2_C1", "D2"));
}

TEST(DeviceChoice, LeavesOutWhatIsNamedInBoth) {
  const DeviceChoice choice{.only = {"D1"}, .without = {"D1"}};
  EXPECT_FALSE(choice.takes("D1", ""));
}

TEST(DeviceChoice, MayLeaveTheHubOutWithoutItsDevices) {
  const DeviceChoice choice{.without = {"hub"}};
  EXPECT_FALSE(choice.takes("hub", ""));
  EXPECT_TRUE(choice.takes("pump-1", "hub"));
}

}  // namespace
}  // namespace bridge
