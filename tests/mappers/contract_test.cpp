// What people's automations rely on: keys, platforms, units, classes, ids and topics. A line of
// tests/contract once released stays. One that has to change is marked "gone VERSION", and the
// section VERSION of CHANGELOG.md says ATTENTION, names the key, and what to do about it.
//
// New keys: UPDATE_CONTRACT=1 build/asan/tests/mappers_tests --gtest_filter='*Contract*'

#include <algorithm>
#include <fstream>
#include <set>
#include <sstream>

#include "core/discovery_vocabulary.hpp"
#include "core/topics.hpp"
#include "registry.hpp"
#include "support/documented_vendor.hpp"

namespace bridge {
namespace {

std::string or_dash(std::string_view word) { return word.empty() ? "-" : std::string(word); }

std::string unit_of(const Entity& entity, const ResolvedRow& row) {
  return entity.unit_setting.empty() ? or_dash(row.unit) : "{" + std::string(entity.unit_setting) + "}";
}

std::string line_of(const ResolvedKind& kind, const ResolvedRow& row) {
  const Entity& entity = *row.entity;
  std::ostringstream line;
  line << kind.kind->name << ' ' << entity.key << ' ' << spelled(entity.component) << ' '
       << unit_of(entity, row) << ' ' << or_dash(spelled(row.device_class)) << ' '
       << or_dash(spelled(entity.state_class)) << ' ' << or_dash(spelled(entity.category));
  if (!entity.announced) line << " topic-only";
  return line.str();
}

std::set<std::string> lines_of(const Mapper& mapper) {
  const Topics topics("cloud2mqtt", "homeassistant");
  std::set<std::string> lines;
  for (const Settings& settings : {Settings(), every_setting(mapper)}) {
    for (const ResolvedKind& kind : resolve(mapper, settings)) {
      const std::string device = kind.kind->name == kHub ? "hub" : "ID";
      const std::string name(kind.kind->name);
      lines.insert(name + " id " + topics.device_id(mapper.name, "ACCOUNT", device) + "_KEY");
      lines.insert(name + " state " + topics.state("ACCOUNT", device));
      for (const ResolvedRow& row : kind.rows) {
        lines.insert(line_of(kind, row));
        const std::string key(row.entity->key);
        if (row.entity->is_command()) lines.insert(name + " command " + topics.command("ACCOUNT", device, key));
        if (row.entity->is_event()) lines.insert(name + " event " + topics.event("ACCOUNT", device, key));
      }
    }
  }
  return lines;
}

std::vector<std::string> lines_in(const std::string& path) {
  std::ifstream file(path);
  std::vector<std::string> lines;
  for (std::string line; std::getline(file, line);) lines.push_back(line);
  return lines;
}

/// Whether the version's section of the changelog warns of the key.
bool warns(const std::string& version, const std::string& key) {
  bool is_section = false;
  for (const std::string& line : lines_in(PROJECT_SOURCE_DIR "/CHANGELOG.md")) {
    if (line.starts_with("## ")) is_section = line.find(version) != std::string::npos;
    if (!is_section || line.find("ATTENTION") == std::string::npos) continue;
    if (line.find("`" + key + "`") != std::string::npos) return true;
  }
  return false;
}

class Contract : public testing::TestWithParam<const Mapper*> {
 protected:
  const Mapper& mapper = *GetParam();
  const std::string path = PROJECT_SOURCE_DIR "/tests/contract/" + std::string(mapper.name) + ".txt";
  const std::set<std::string> now = lines_of(mapper);
};

INSTANTIATE_TEST_SUITE_P(, Contract, testing::ValuesIn(mappers::all().begin(), mappers::all().end()),
                         [](const auto& info) { return std::string(info.param->name); });

TEST_P(Contract, IsKeptOrItsBreachIsAnnounced) {
  std::set<std::string> promised;
  for (const std::string& line : lines_in(path)) {
    if (!line.starts_with("gone ")) {
      promised.insert(line);
      EXPECT_TRUE(now.contains(line)) << line << "\n  was promised: bring it back, or mark the line \"gone VERSION\" "
                                      << "and write an ATTENTION line with the key and what to do into CHANGELOG.md";
      continue;
    }
    std::istringstream words(line);
    std::string gone, version, kind, key;
    words >> gone >> version >> kind >> key;
    EXPECT_TRUE(warns(version, key)) << line << "\n  has no ATTENTION line under " << version << " in CHANGELOG.md";
    EXPECT_FALSE(now.contains(line.substr(gone.size() + version.size() + 2))) << line << "\n  is not gone";
  }
  if (std::getenv("UPDATE_CONTRACT") != nullptr) {
    std::ofstream file(path, std::ios::app);
    for (const std::string& line : now) {
      if (promised.insert(line).second) file << line << '\n';
    }
  }
  for (const std::string& line : now) {
    EXPECT_TRUE(promised.contains(line)) << line << "\n  is new: add it with UPDATE_CONTRACT=1";
  }
}

}  // namespace
}  // namespace bridge
