#include "core/http_date.hpp"

#include <gtest/gtest.h>

#include "bridge/timestamp.hpp"

namespace bridge {
namespace {

TEST(HttpDate, IsReadAsServersSendIt) {
  EXPECT_EQ(parse_http_date("Sun, 06 Nov 1994 08:49:37 GMT"), parse_time("1994-11-06T08:49:37Z"));
  EXPECT_EQ(parse_http_date("Fri, 31 Dec 2027 23:59:59 GMT"), parse_time("2027-12-31T23:59:59Z"));
}

TEST(HttpDate, IsNothingForAnythingElse) {
  for (const char* text : {"", "120", "Sun, 06 Nov 1994 08:49:37 CET", "Sun, 06 Nav 1994 08:49:37 GMT", "Sun, 66 Nov 1994 08:49:37 GMT",
                           "Sunday, 06-Nov-94 08:49:37 GMT"}) {
    EXPECT_EQ(parse_http_date(text), std::nullopt) << text;
  }
}

}  // namespace
}  // namespace bridge
