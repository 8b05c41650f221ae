#include "core/control_changes.hpp"

#include <gtest/gtest.h>

namespace bridge {
namespace {

Task<Json> send(Vendor&, const Device&, Json) { co_return Json(); }

constexpr Entity kRows[] = {
    number("first", "First", "/list/first", "%", {0, 100, 1}, send),
    number("second", "Second", "/list/second", "%", {0, 100, 1}, send),
    toggle("third", "Third", "/list/third", send),
    press("restart", "Restart", send),
    measurement("measured", "Measured", "/list/measured"),
};
constexpr DeviceKind kKinds[] = {{.name = "pump", .entities = kRows}};
constexpr Mapper kAcme{
    .name = "acme", .manufacturer = "Acme", .base_url = "", .auth = {}, .kinds = kKinds};

class ControlChanges : public testing::Test {
 protected:
  ControlChanges() {
    record.kind = &kinds.front();
    show({{"first", 1}, {"second", 2}, {"third", true}, {"measured", 4}});
  }
  void show(Json list) { record.device.facts = boost::json::object{{"list", std::move(list)}}; }

  std::vector<ResolvedKind> kinds = resolve(kAcme, Settings());
  DeviceRecord record;
};

TEST_F(ControlChanges, ConcernTheOtherControlsAndNoSensor) {
  const ShownControls before = other_controls(record, "first");
  EXPECT_EQ(changed_controls(before, record), "");
  show({{"first", 9}, {"second", 2}, {"third", true}, {"measured", 9}});
  EXPECT_EQ(changed_controls(before, record), "");
  show({{"first", 9}, {"second", 3}, {"third", false}, {"measured", 9}});
  EXPECT_EQ(changed_controls(before, record), "second, third");
}

TEST_F(ControlChanges, TakeALostValueForAChangeAndAFirstOneForNone) {
  show({{"first", 1}, {"second", 2}});
  const ShownControls before = other_controls(record, "first");
  show({{"first", 1}, {"third", true}});
  EXPECT_EQ(changed_controls(before, record), "second");
}

}  // namespace
}  // namespace bridge
