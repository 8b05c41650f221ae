#include "core/option_rules.hpp"

#include <gtest/gtest.h>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

namespace bridge {
namespace {

bool is_fine(OptionKind kind, const Json& value) {
  return option_problem({"x", 0, kind}, value).empty();
}

TEST(OptionRules, TakeTheValuesOfEveryKind) {
  EXPECT_TRUE(is_fine(OptionKind::any, nullptr));
  EXPECT_TRUE(is_fine(OptionKind::text, ""));
  EXPECT_TRUE(is_fine(OptionKind::text_or_null, nullptr));
  EXPECT_TRUE(is_fine(OptionKind::flag, false));
  EXPECT_TRUE(is_fine(OptionKind::qos, 2));
  EXPECT_TRUE(is_fine(OptionKind::natural, std::uint64_t{7}));
  EXPECT_TRUE(is_fine(OptionKind::number, -0.5));
  EXPECT_TRUE(is_fine(OptionKind::texts, boost::json::array{"a"}));
  EXPECT_TRUE(is_fine(OptionKind::template_text, "{{ value }}"));
}

TEST(OptionRules, RefuseTheValuesOfAnotherKind) {
  EXPECT_FALSE(is_fine(OptionKind::text, nullptr));
  EXPECT_FALSE(is_fine(OptionKind::text_or_null, 1));
  EXPECT_FALSE(is_fine(OptionKind::flag, 1));
  EXPECT_FALSE(is_fine(OptionKind::qos, 1.0));
  EXPECT_FALSE(is_fine(OptionKind::natural, -7));
  EXPECT_FALSE(is_fine(OptionKind::number, "1"));
  EXPECT_FALSE(is_fine(OptionKind::texts, boost::json::array{}));
  EXPECT_FALSE(is_fine(OptionKind::availability, "c/availability"));
}

TEST(Topic, MayHaveWildcardsOnlyWhereItIsSubscribedTo) {
  EXPECT_EQ(topic_problem("a/+/b", true), "");
  EXPECT_NE(topic_problem("a/+/b", false), "");
  EXPECT_EQ(topic_problem("#", true), "");
  EXPECT_EQ(topic_problem("+", true), "");
  for (const auto* topic : {"a+", "a/b+/c", "+a", "#/a", "a#"}) {
    EXPECT_NE(topic_problem(topic, true), "") << topic;
  }
}

TEST(PlainId, IsNotEmptyAndHasNoOtherCharacters) {
  EXPECT_TRUE(is_plain_id("aZ09_-"));
  for (const auto* id : {"", "a.b", "a b", "ä", "a/b"}) EXPECT_FALSE(is_plain_id(id)) << id;
}

TEST(Address, HasASchemeOfTheListAndAHost) {
  EXPECT_TRUE(is_address("https://example.com", "http https"));
  EXPECT_TRUE(is_address("http://example.com/a?b", "http https"));
  for (const auto* text : {"ftp://example.com", "https://", "https:///a", "https://?a",
                           "example.com", "https://exam ple.com"}) {
    EXPECT_FALSE(is_address(text, "http https")) << text;
  }
}

TEST(Member, OfAnObjectIsNoneWhereItIsNull) {
  const boost::json::object object{{"a", nullptr}, {"b", "text"}, {"c", 7}};
  EXPECT_EQ(member(object, "a"), nullptr);
  EXPECT_EQ(member(object, "missing"), nullptr);
  EXPECT_NE(member(object, "c"), nullptr);
  EXPECT_EQ(text_member(object, "b"), "text");
  EXPECT_EQ(text_member(object, "c"), "");
}

}  // namespace
}  // namespace bridge
