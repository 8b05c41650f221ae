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
  EXPECT_EQ(command_example(kPlan), R"({"value":[{"name":"on","when":"2026-12-24T18:00:00Z"}]})");
}

TEST(CommandValues, OfAListNameItsMembersAndWhatTheyGoWith) {
  EXPECT_EQ(command_values(kPlan),
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
        const auto payload = parse_payload(command_example(row));
        ASSERT_TRUE(payload) << row.key;
        const auto argument = command_argument(row, payload->value, Device());
        EXPECT_TRUE(argument) << row.key << ": " << command_example(row);
      }
    }
  }
}

}  // namespace
}  // namespace bridge
