#include "core/redact.hpp"

#include <gtest/gtest.h>

namespace bridge {
namespace {

std::string shown(std::string_view text) { return redacted(text, {}); }

TEST(Redact, LeavesOrdinaryTextAlone) {
  for (const char* text : {"GET /pools answered 503",
                           "pump 12: 21.5 \xC2\xB0"
                           "C, 50 % (a=b)",
                           "Really? Yes.", "what?!", "http://127.0.0.1:8080/v1",
                           "mqtt://localhost:1883: refused", "a @ b", ""}) {
    EXPECT_EQ(shown(text), text);
  }
}

TEST(Redact, TakesSecretsOut) {
  EXPECT_EQ(redacted("key abc123 was refused", {"abc123"}), "key *** was refused");
  EXPECT_EQ(redacted("abc123", {"abc123"}), "***");
  EXPECT_EQ(redacted("abc123abc123 x abc123", {"abc123"}), "*** x ***");
  EXPECT_EQ(redacted("nothing", {""}), "nothing");
}

TEST(Redact, LeavesNoRestOfASecretThatContainsOrOverlapsAnother) {
  EXPECT_EQ(redacted("token-long-tail", {"token", "token-long-tail"}), "***");
  EXPECT_EQ(redacted("<abcdefghi>", {"abcdef", "defghi"}), "<***>");
  EXPECT_EQ(redacted("aXaXa", {"aXa"}), "***");
}

TEST(Redact, TakesMailAddressesOut) {
  EXPECT_EQ(shown("user jane.doe+pool@mail.example.com is unknown"), "user *** is unknown");
  EXPECT_EQ(shown("{\"email\":\"jane@example.com\"}"), "{\"email\":\"***\"}");
  EXPECT_EQ(shown("<o'brien@example.com>"), "<***>");
  EXPECT_EQ(shown("/users/jane%40example.com/devices"), "/users/***/devices");
  EXPECT_EQ(shown("j\xC3\xBCrgen@b\xC3\xBC"
                  "cher.example"),
            "***");
  EXPECT_EQ(redacted("jane.doe@example.com", {"jane"}), "***");
}

TEST(Redact, TakesBearerTokensOut) {
  EXPECT_EQ(shown("Authorization: Bearer eyJhbGciOi.J9-_=="), "Authorization: Bearer ***");
  EXPECT_EQ(shown("bearer  abc, def"), "bearer  *** def");
  EXPECT_EQ(shown("\"BEARER abc\"}"), "\"BEARER ***\"}");
  EXPECT_EQ(shown("the bearer"), "the bearer");
  EXPECT_EQ(shown("forbearers meet"), "forbearers meet");
}

TEST(Redact, TakesQueryStringsOut) {
  EXPECT_EQ(shown("GET https://api.example.com/v1/x?user=1&key=2 failed"),
            "GET https://api.example.com/v1/x?*** failed");
  EXPECT_EQ(shown("\"/pools?types[]=ph\", 400"), "\"/pools?***\", 400");
  EXPECT_EQ(shown("/pools?secret"), "/pools?***");
  EXPECT_EQ(shown("?code=abc"), "?***");
  EXPECT_EQ(shown("/x?name=o'brien&key=2"), "/x?***");
}

TEST(Redact, TakesUserAndPasswordOutOfAddresses) {
  EXPECT_EQ(shown("mqtt://bridge:p@ss@localhost:1883 refused"),
            "mqtt://***@localhost:1883 refused");
  EXPECT_EQ(shown("https://key@api.example.com/v1?a=b"), "https://***@api.example.com/v1?***");
  EXPECT_EQ(shown("https://api.example.com/@home"), "https://api.example.com/@home");
}

TEST(Redact, MakesOneCleanLine) {
  EXPECT_EQ(shown("a\nb\tc\x1B[31m\x7F"), "a b c [31m ");
  EXPECT_EQ(shown(std::string_view("a\0b", 3)), "a b");
  EXPECT_EQ(shown("a\xC2\x85z"), "a z");
}

TEST(Redact, ReplacesWhatIsNoUtf8) {
  EXPECT_EQ(shown("a\xFFz"), "a\xEF\xBF\xBDz");
  EXPECT_EQ(shown("a\xE2\x82"), "a\xEF\xBF\xBD\xEF\xBF\xBD");
  EXPECT_EQ(shown("\xC0\xAF"), "\xEF\xBF\xBD\xEF\xBF\xBD");
}

TEST(Redact, CutsBetweenCharacters) {
  EXPECT_EQ(redacted("\xE2\x82\xAC\xE2\x82\xAC\xE2\x82\xAC", {}, 2), "\xE2\x82\xAC\xE2\x82\xAC");
  EXPECT_EQ(redacted("abc", {}, 3), "abc");
  EXPECT_EQ(redacted("abc", {}, 0), "");
}

TEST(Redact, TakesOutBeforeItCuts) {
  EXPECT_EQ(redacted("key topsecret", {"topsecret"}, 8), "key ***");
  EXPECT_EQ(redacted("key topsecret", {"topsecret"}, 6), "key **");
  EXPECT_EQ(redacted("to jane@example.com", {}, 7), "to ***");
}

TEST(Redact, HidesWhatLooksLikeAWebToken) {
  EXPECT_EQ(redacted("token eyJhbGciOi123 expired", {}), "token *** expired");
  EXPECT_EQ(redacted("keyJ is a word", {}), "keyJ is a word");
}

}  // namespace
}  // namespace bridge
