// Every node of every documented answer missing, null, or of another type, one at a time: the mapper
// takes it or says what is wrong, what is published keeps its type, and no device is taken for removed.

#include <boost/json/parse.hpp>
#include <cmath>
#include <limits>

#include "core/discovery.hpp"
#include "registry.hpp"
#include "support/documented_vendor.hpp"

namespace bridge {
namespace {

struct Change {
  std::string where;           ///< a JSON pointer into the answers
  std::optional<Json> become;  ///< empty: the member is missing
};

std::string said(const Change& change) {
  const std::string to = change.become ? json_text(*change.become).substr(0, 40) : "missing";
  return change.where + " is " + to;
}

std::string level(std::string_view key) {
  std::string escaped;
  for (const char character : key) {
    if (character == '~') escaped += "~0";
    else if (character == '/') escaped += "~1";
    else escaped += character;
  }
  return "/" + escaped;
}

void collect(const Json& value, const std::string& at, std::vector<std::string>& into) {
  if (value.is_object()) {
    for (const auto& [key, each] : value.get_object()) {
      into.push_back(at + level(key));
      collect(each, std::string(into.back()), into);
    }
  }
  if (value.is_array()) {
    for (std::size_t i = 0; i < value.get_array().size(); ++i) {
      into.push_back(at + level(std::to_string(i)));
      collect(value.get_array()[i], std::string(into.back()), into);
    }
  }
}

Json changed(Json answers, const Change& change) {
  boost::system::error_code error;
  if (change.become) {
    *answers.find_pointer(change.where, error) = *change.become;
    return answers;
  }
  const std::size_t cut = change.where.rfind('/');
  Json& parent = *answers.find_pointer(change.where.substr(0, cut), error);
  if (parent.is_array()) {
    boost::json::array& elements = parent.get_array();
    elements.erase(elements.begin() + std::stoi(change.where.substr(cut + 1)));
    return answers;
  }
  const Json* gone = answers.find_pointer(change.where, error);
  boost::json::object kept;
  for (const auto& [key, each] : parent.get_object()) {
    if (&each != gone) kept[key] = each;
  }
  parent = std::move(kept);
  return answers;
}

const std::vector<std::optional<Json>>& replacements() {
  static const std::vector<std::optional<Json>> all = {
      std::nullopt, nullptr, true, 1e300, std::numeric_limits<std::int64_t>::max(), "", "n/a",
      boost::json::string(5000, 'x'), boost::json::array(), boost::json::object()};
  return all;
}

/// Whether the change is the vendor's way of saying that a thing is gone: a shorter list, another
/// sort of thing, another id.
bool takes_something_out(const Json& answers, const Change& change) {
  if (change.where.ends_with("/type/profile")) return true;
  const bool is_null = !change.become || change.become->is_null();
  if (change.where.ends_with("/switches") && is_null) return true;  // as of models without any
  if (change.where.ends_with("/id") && change.become && !text(*change.become, "").empty()) return true;
  if (change.become) return change.become->is_array();
  return at(answers, change.where.substr(0, change.where.rfind('/'))).is_array();
}

bool fits(const ResolvedRow& row, const Json& value) {
  if (value.is_null()) return true;
  if (value.is_double() && !std::isfinite(value.get_double())) return false;
  switch (row.entity->component) {
    case Component::binary_sensor:
    case Component::switch_: return value.is_bool();
    case Component::number: return value.is_number();
    case Component::select: return value.is_string();
    default: break;
  }
  if (!row.unit.empty()) return value.is_number();
  return value.is_number() || value.is_bool() || (value.is_string() && value.get_string().size() <= 255);
}

class BadAnswers : public testing::TestWithParam<const Mapper*> {
 protected:
  void expect_honest(const ResolvedKind& kind, const Device& device, const std::string& what) {
    const Json state = boost::json::parse(state_document(kind, device, true));
    for (const ResolvedRow& row : kind.rows) {
      const Json* value = state.get_object().if_contains(row.entity->key);
      if (value == nullptr) continue;
      EXPECT_TRUE(fits(row, *value)) << what << ": " << row.entity->key << " shows " << json_text(*value);
    }
    const Topics topics("cloud2mqtt", "homeassistant");
    const Announcer from{&topics, &mapper, "home", "VERSION"};
    const Announcement announced = announcement(from, kind, device);
    EXPECT_FALSE(announced.document.empty()) << what;
    EXPECT_TRUE(announced.left_out.empty()) << what << testing::PrintToString(announced.left_out);
  }

  const Mapper& mapper = *GetParam();
  const Settings settings = every_setting(mapper);
  const Json answers = boost::json::parse(mappers::samples(mapper.name));
  const std::vector<ResolvedKind> kinds = resolve(mapper, settings);
};

INSTANTIATE_TEST_SUITE_P(, BadAnswers, testing::ValuesIn(mappers::all().begin(), mappers::all().end()),
                         [](const auto& info) { return std::string(info.param->name); });

TEST_P(BadAnswers, AreTakenOrSaidToBeWrong) {
  std::vector<std::string> places;
  collect(answers, "", places);
  ASSERT_GT(places.size(), 5u);
  const std::size_t devices = read_once(mapper, answers, settings).devices.size();
  for (const std::string& place : places) {
    for (const std::optional<Json>& become : replacements()) {
      const Change change{place, become};
      const std::string what = said(change);
      const ReadOnce all = read_once(mapper, changed(answers, change), settings);
      for (const auto& [read, error] : all.errors) {
        EXPECT_TRUE(error.code() == Errc::malformed || error.code() == Errc::not_found ||
                    error.code() == Errc::refused) << what << ": " << error.message();
        EXPECT_FALSE(error.message().empty()) << what;
      }
      for (const Device& device : all.devices) {
        if (device.id.empty() || device.id.size() > 200) continue;  // the core leaves them out
        expect_honest(*find_kind(kinds, device.kind), device, what);
      }
      const bool says_so = all.gap || (!all.errors.empty() && all.errors[0].first == "list");
      if (takes_something_out(answers, change)) continue;
      EXPECT_TRUE(says_so || all.devices.size() >= devices) << what << ": a device is gone, and nothing said";
    }
  }
}

}  // namespace
}  // namespace bridge
