#include "core/command_payload.hpp"

#include <gtest/gtest.h>

#include <boost/json/parse.hpp>

namespace bridge {
namespace {

std::string refusal(std::string_view payload) {
  const auto command = parse_payload(payload);
  if (command) return "accepted";
  EXPECT_EQ(command.error().code(), Errc::invalid_argument);
  return command.error().message();
}

bool contains(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

TEST(CommandPayload, TakesPlainWordsAndNumbers) {
  EXPECT_EQ(parse_payload("ON")->value, Json("ON"));
  EXPECT_EQ(parse_payload("21.5")->value, Json(21.5));
  EXPECT_EQ(parse_payload("60")->value, Json(60));
  EXPECT_EQ(parse_payload("-3")->value, Json(-3));
  EXPECT_EQ(parse_payload("007")->value, Json("007"));
  EXPECT_EQ(parse_payload("true")->value, Json("true"));
  EXPECT_EQ(parse_payload("[draft]")->value, Json("[draft]"));
  EXPECT_FALSE(parse_payload("ON")->id);
  EXPECT_FALSE(parse_payload("ON")->ttl);
}

TEST(CommandPayload, IgnoresBlanksAroundAPlainValue) {
  EXPECT_EQ(parse_payload(" ON\r\n")->value, Json("ON"));
  EXPECT_EQ(parse_payload("60\n")->value, Json(60));
}

TEST(CommandPayload, TakesAnObjectApart) {
  const auto command = parse_payload(R"({"value":"ON","id":"a-1","ttl":30})");
  ASSERT_TRUE(command);
  EXPECT_EQ(command->value, Json("ON"));
  EXPECT_EQ(command->id, "a-1");
  EXPECT_EQ(command->ttl, std::chrono::seconds(30));
}

TEST(CommandPayload, HandsAnObjectInValueOn) {
  const auto command = parse_payload(R"({"value": {"state": "ON", "delay": 60}})");
  ASSERT_TRUE(command);
  EXPECT_EQ(command->value, boost::json::parse(R"({"state":"ON","delay":60})"));
}

TEST(CommandPayload, TakesANumberAsAnId) {
  EXPECT_EQ(parse_payload(R"({"value":1,"id":17})")->id, "17");
}

TEST(CommandPayload, AcceptsAnIdOfUpTo128Characters) {
  std::string umlauts;
  for (int count = 0; count < 128; ++count) umlauts += "ä";
  EXPECT_TRUE(parse_payload(R"({"value":1,"id":")" + umlauts + "\"}"));
  EXPECT_TRUE(contains(refusal(R"({"value":1,"id":")" + umlauts + "x\"}"), "1 to 128 characters"));
  EXPECT_TRUE(contains(refusal(R"({"value":1,"id":""})"), "1 to 128 characters"));
}

TEST(CommandPayload, RefusesAnIdThatIsNeitherTextNorNumber) {
  for (const char* id : {"null", "true", "[1]", "{}"}) {
    EXPECT_TRUE(
        contains(refusal(std::string(R"({"value":1,"id":)") + id + "}"), "\"id\" is neither"))
        << id;
  }
}

TEST(CommandPayload, RefusesALifeThatIsNoWholeNumberOfSecondsWithinADay) {
  for (const char* ttl : {"0", "-1", "1.5", "86401", "\"30\"", "null", "true", "1e99", "[]"}) {
    const std::string said = refusal(std::string(R"({"value":1,"ttl":)") + ttl + "}");
    EXPECT_TRUE(contains(said, "send a whole number of seconds")) << ttl << ": " << said;
  }
  EXPECT_EQ(parse_payload(R"({"value":1,"ttl":86400})")->ttl, std::chrono::hours(24));
  EXPECT_EQ(parse_payload(R"({"value":1,"ttl":30.0})")->ttl, std::chrono::seconds(30));
}

TEST(CommandPayload, RefusesUnknownMembersByName) {
  const std::string said = refusal(R"({"value":1,"valeu":2})");
  EXPECT_TRUE(contains(said, "\"valeu\"")) << said;
  EXPECT_TRUE(contains(said, "\"value\", \"id\" and \"ttl\"")) << said;
}

TEST(CommandPayload, CutsALongUnknownNameBetweenCharacters) {
  std::string name(39, 'x');
  for (int count = 0; count < 50; ++count) name += "é";
  const std::string said = refusal("{\"" + name + "\":1}");
  EXPECT_TRUE(contains(said, "xé...\"")) << said;
}

TEST(CommandPayload, CutsALongNumber) {
  const std::string said = refusal(R"({"value":1,"ttl":1e99})");
  EXPECT_LT(said.find("...: send a whole number"), 60u) << said;
}

TEST(CommandPayload, RefusesAnObjectWithoutAValue) {
  EXPECT_TRUE(contains(refusal("{}"), "\"value\" is missing"));
  EXPECT_TRUE(contains(refusal(R"({"id":"x"})"), "\"value\" is missing"));
}

TEST(CommandPayload, RefusesAnEmptyPayload) {
  EXPECT_TRUE(contains(refusal(""), "is empty: send"));
  EXPECT_TRUE(contains(refusal(" \n"), "is empty: send"));
}

TEST(CommandPayload, RefusesBrokenJson) {
  for (const char* broken : {"{", "{\"value\":ON}", "{'value':1}", "{\"value\":1} x"}) {
    EXPECT_TRUE(contains(refusal(broken), "is not valid JSON: send")) << broken;
  }
  EXPECT_TRUE(contains(refusal("{\"value\":" + std::string(5000, '[')), "not valid JSON"));
}

TEST(CommandPayload, TakesABareList) {
  const auto command = parse_payload(" [{\"name\":\"on\"}, 2]\n");
  ASSERT_TRUE(command);
  EXPECT_EQ(command->value, boost::json::parse(R"([{"name":"on"},2])"));
  EXPECT_FALSE(command->id);
  EXPECT_EQ(parse_payload("[]")->value, boost::json::array());
}

TEST(CommandPayload, RefusesInvalidUtf8) {
  for (const char* bytes : {"\xff", "\xc0\xaf", "\xed\xa0\x80", "\xf5\x80\x80\x80", "ON\xe2\x82",
                            "\x80", "\xe0\x80\x80", "\xf0\x80\x80\x80", "{\"value\":\"\xff\"}"}) {
    EXPECT_TRUE(contains(refusal(bytes), "not UTF-8"));
  }
  EXPECT_EQ(parse_payload("10 °C €😀")->value, Json("10 °C €😀"));
}

TEST(CommandPayload, RefusesMoreThan64KiB) {
  EXPECT_TRUE(parse_payload(std::string(65536, 'x')));
  EXPECT_TRUE(contains(refusal(std::string(65537, 'x')), "has 65537 bytes: send"));
  EXPECT_TRUE(contains(refusal(std::string(1 << 20, '{')), "has 1048576 bytes"));
}

TEST(CommandPayload, NamesTheIdOfARefusedObject) {
  EXPECT_EQ(payload_id(R"({"id":"x","ttl":-1})"), "x");
  EXPECT_EQ(payload_id(R"({"id":5,"what":1})"), "5");
  EXPECT_FALSE(payload_id(R"({"id":[],"what":1})"));
  EXPECT_FALSE(payload_id(R"({"id":"x")"));
  EXPECT_FALSE(payload_id("ON"));
  EXPECT_FALSE(payload_id("[{\"id\":\"x\"}]"));
}

}  // namespace
}  // namespace bridge
