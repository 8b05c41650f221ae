#include "cli/command_examples.hpp"

#include <gtest/gtest.h>

#include "core/command_argument.hpp"
#include "core/command_payload.hpp"
#include "registry.hpp"

namespace bridge {
namespace {

constexpr std::string_view kActions[] = {"on", "limit"};
constexpr Argument kStep[] = {{.name = "name", .kind = Argument::text, .options = kActions},
                              {.name = "when", .kind = Argument::unix_time},
                              {"repeat", {0, 600}},
                              {.name = "power", .range = {1, 50}, .only_for = "limit"}};
constexpr ObjectList kSteps{.members = kStep, .needed = 2, .most = 3, .facts = "/list/steps"};
constexpr Entity kPlan = list_command("plan", "Plan", kSteps, nullptr);

TEST(CommandExample, OfAListHasOneObjectWithWhatItNeeds) {
  EXPECT_EQ(command_example(kPlan, Device()), R"({"value":[{"name":"on","when":"2026-12-24T18:00:00Z"}]})");
}

TEST(CommandValues, OfAListNameItsMembersAndWhatTheyGoWith) {
  EXPECT_EQ(command_values(kPlan, Device()),
            "a list of at most 3 objects, each with `name`: `on`, `limit` (needed); `when`: a moment, or "
            "its seconds since 1970 (needed); `repeat`: 0 to 600 in steps of 1; `power`: 1 to 50 in steps "
            "of 1 (needed with `limit`, only there)");
}

// A row's own parser may know more: of what is in order, or of the device.
TEST(CommandExample, IsTakenByEveryRowThatHasNoParserOfItsOwn) {
  for (const Mapper* mapper : mappers::all()) {
    for (const DeviceKind& kind : mapper->kinds) {
      for (const Entity& row : kind.entities) {
        if (!row.is_command() || row.parse != nullptr) continue;
        const auto payload = parse_payload(command_example(row, Device()));
        ASSERT_TRUE(payload) << row.key;
        const auto argument = command_argument(row, payload->value, Device());
        EXPECT_TRUE(argument) << row.key << ": " << command_example(row, Device());
      }
    }
  }
}

TEST(CommandExample, HasThePresentValueOfTheSample) {
  constexpr Entity kLimit = number("limit", "Limit", "/list/limit", "°C", {0, 40, 0.5}, nullptr);
  Device sample;
  sample.facts = {{"list", {{"limit", 23.5}}}};
  EXPECT_EQ(command_example(kLimit, sample), "23.5");
  sample.facts = {{"list", {{"limit", 123}}}};
  EXPECT_EQ(command_example(kLimit, sample), "5") << "what the range does not take is no example";
}

Result<Json> choose(const Json& value, const Device&) {
  return value == "PRESS" ? Result<Json>(Json(10251)) : Error(Errc::invalid_argument, "no");
}

TEST(CommandExample, OfAChoiceIsAPressOrWhatItStandsFor) {
  constexpr Entity kButton = press("newest", "Newest", nullptr).accepts(choose);
  EXPECT_EQ(command_example(kButton, Device()), "PRESS");
  EXPECT_EQ(command_values(kButton, Device()), "`PRESS`");
  constexpr Entity kCommand = command("one", "One", nullptr).accepts(choose);
  EXPECT_EQ(command_example(kCommand, Device()), "10251");
  EXPECT_EQ(command_values(kCommand, Device()), "`PRESS`, or one that waits: `10251`");
}

}  // namespace
}  // namespace bridge
