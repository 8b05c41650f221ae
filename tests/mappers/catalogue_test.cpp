// What holds for every mapper, whoever writes the next one.

#include <boost/json/parse.hpp>
#include <fstream>
#include <set>
#include <sstream>

#include "core/account_device.hpp"
#include "core/discovery.hpp"
#include "core/discovery_rules.hpp"
#include "core/json_text.hpp"
#include "registry.hpp"
#include "support/documented_vendor.hpp"
#include "support/mapper_parts.hpp"

namespace bridge {
namespace {

std::set<std::string_view> all_reads(const Mapper& mapper) {
  std::set<std::string_view> names;
  for (const DeviceKind& kind : mapper.kinds) {
    for (const Read& read : kind.reads) names.insert(read.facts);
  }
  return names;
}

class Catalogue : public testing::TestWithParam<const Mapper*> {
 protected:
  const Mapper& mapper = *GetParam();
};

INSTANTIATE_TEST_SUITE_P(, Catalogue, testing::ValuesIn(mappers::all().begin(), mappers::all().end()),
                         [](const auto& info) { return std::string(info.param->name); });

TEST_P(Catalogue, HasUniqueKeysAndNamesInEachKind) {
  for (const Settings& settings : {Settings(), every_setting(mapper)}) {
    for (const ResolvedKind& kind : resolve(mapper, settings)) {
      std::set<std::string_view> keys;
      std::set<std::string_view> names;
      for (const ResolvedRow& row : kind.rows) {
        EXPECT_TRUE(keys.insert(row.entity->key).second) << row.entity->key;
        EXPECT_TRUE(names.insert(row.entity->name).second) << row.entity->name;
      }
    }
  }
}

TEST_P(Catalogue, RefreshesOnlyWhatIsRead) {
  for (const DeviceKind& kind : mapper.kinds) {
    for (const Entity& row : kind.entities) {
      const bool is_read = row.refresh.empty() || row.refresh == "list" ||
                           std::any_of(kind.reads.begin(), kind.reads.end(),
                                       [&](const Read& read) { return read.facts == row.refresh; });
      EXPECT_TRUE(is_read) << row.key;
      EXPECT_FALSE(row.confirm != nullptr && row.refresh.empty()) << row.key << " confirms without reading";
    }
  }
}

TEST_P(Catalogue, PerformsWhatItOffers) {
  for (const DeviceKind& kind : mapper.kinds) {
    for (const Entity& row : kind.entities) {
      const bool is_control = row.component == Component::switch_ || row.component == Component::button ||
                              row.component == Component::number || row.component == Component::select;
      EXPECT_EQ(is_control, row.is_command()) << row.key;
      EXPECT_LE(row.needed, row.arguments.size()) << row.key;
    }
  }
}

TEST_P(Catalogue, PointsEveryRowAtAReadOfItsKind) {
  for (const DeviceKind& kind : mapper.kinds) {
    for (const Entity& row : kind.entities) {
      if (row.pointer.empty()) continue;
      const std::string_view read = row.pointer.substr(1, row.pointer.find('/', 1) - 1);
      const auto reads = all_reads(mapper);  // a parent's read feeds its children too
      const bool known = read == "list" || reads.contains(read);
      EXPECT_TRUE(known) << row.key << " points at " << row.pointer;
    }
  }
}

TEST_P(Catalogue, NamesOnlySettingsThatItHas) {
  std::set<std::string_view> settings{""};
  for (const Setting& setting : mapper.settings) settings.insert(setting.key);
  EXPECT_TRUE(settings.contains(mapper.auth.key));
  for (const DeviceKind& kind : mapper.kinds) {
    for (const Entity& row : kind.entities) {
      EXPECT_TRUE(settings.contains(row.when.setting)) << row.key;
      EXPECT_TRUE(settings.contains(row.unit_setting)) << row.key;
    }
    for (const Read& read : kind.reads) EXPECT_TRUE(settings.contains(read.when.setting)) << read.facts;
  }
}

TEST_P(Catalogue, AnnouncesNothingThatHomeAssistantRefuses) {
  const Topics topics("cloud2mqtt", "homeassistant");
  const Announcer from{&topics, &mapper, "home", "0.1.0"};
  for (const Settings& settings : {Settings(), every_setting(mapper)}) {
    for (const ResolvedKind& kind : resolve(mapper, settings)) {
      const Device device{kind.kind->name, "id-1", "A device", "", boost::json::object()};
      const Announcement said = announcement(from, kind, device);
      EXPECT_TRUE(said.left_out.empty()) << testing::PrintToString(said.left_out);
      for (const Finding& finding : discovery_findings(said.topic, boost::json::parse(said.document))) {
        ADD_FAILURE() << finding.component << ": " << finding.rule;
      }
    }
  }
}

TEST_P(Catalogue, HasAccountsThatHomeAssistantTakes) {
  const Topics topics("cloud2mqtt", "homeassistant");
  AccountConfiguration account;
  account.name = "home";
  account.mapper = &mapper;
  const Announcement said = account_announcement(topics, account, "0.1.0");
  EXPECT_TRUE(said.left_out.empty()) << testing::PrintToString(said.left_out);
  for (const Finding& finding : discovery_findings(said.topic, boost::json::parse(said.document))) {
    ADD_FAILURE() << finding.component << ": " << finding.rule;
  }
}

// The bridge and its accounts are devices too: "<base>_bridge", "<base>_account_<account>".
TEST_P(Catalogue, HasANameThatLeavesTheBridgesOwnIdsAlone) {
  EXPECT_NE(mapper.name, "bridge");
  EXPECT_NE(mapper.name, "account");
  EXPECT_FALSE(mapper.name.starts_with("account_"));
}

// ---- The whole announcement, as it stands ---------------------------------------------------

Json everything_said(const Mapper& mapper) {
  const Topics topics("cloud2mqtt", "homeassistant");
  const Announcer from{&topics, &mapper, "home", "VERSION"};
  const Settings settings = every_setting(mapper);
  const auto kinds = resolve(mapper, settings);
  const ReadOnce all = read_once(mapper, boost::json::parse(mappers::samples(mapper.name)), settings);
  for (const auto& [read, error] : all.errors) ADD_FAILURE() << read << ": " << error.message();

  boost::json::object said;
  for (const Device& device : all.devices) {
    const ResolvedKind& kind = *find_kind(kinds, device.kind);
    const Announcement announced = announcement(from, kind, device);
    said[announced.topic] = boost::json::parse(announced.document);
    said[topics.state("home", device_level(device.id))] = boost::json::parse(state_document(kind, device, true));
  }
  return said;
}

void pretty(std::ostream& out, const Json& value, const std::string& indent = "") {
  if (!value.is_object() && !value.is_array()) {
    out << json_text(value);
    return;
  }
  const bool is_object = value.is_object();
  const std::string inner = indent + "  ";
  const char* between = "\n";
  out << (is_object ? '{' : '[');
  const auto one = [&](const Json& each) {
    out << (is_object ? "" : std::string(between) + inner);
    pretty(out, each, inner);
    between = ",\n";
  };
  if (is_object) {
    for (const auto& [key, each] : value.get_object()) {
      out << between << inner << json_text(boost::json::string(key)) << ": ";
      one(each);
    }
  } else {
    for (const Json& each : value.get_array()) one(each);
  }
  out << '\n' << indent << (is_object ? '}' : ']');
}

// To renew: UPDATE_GOLDEN=1 build/asan/tests/mappers_tests. A change of topics, keys, ids, units or
// classes breaks people's automations: it needs a migration and an ATTENTION line in CHANGELOG.md.
TEST_P(Catalogue, SaysWhatItAlwaysSaid) {
  const std::string path = std::string(PROJECT_SOURCE_DIR "/tests/golden/") + std::string(mapper.name) + ".json";
  std::ostringstream now;
  pretty(now, everything_said(mapper));
  now << '\n';
  if (std::getenv("UPDATE_GOLDEN") != nullptr) std::ofstream(path) << now.str();
  std::ifstream file(path);
  const std::string before{std::istreambuf_iterator<char>(file), {}};
  EXPECT_EQ(before, now.str());
}

}  // namespace
}  // namespace bridge
