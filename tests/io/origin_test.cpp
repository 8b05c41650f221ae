#include "io/origin.hpp"

#include <gtest/gtest.h>

namespace bridge {
namespace {

TEST(Origin, IsTheFirstPartOfAUrl) {
  const auto origin = parse_origin("https://API.Example.com/v1/x?y=http://other:1");
  ASSERT_TRUE(origin);
  EXPECT_TRUE(origin->tls);
  EXPECT_EQ(origin->host, "api.example.com");
  EXPECT_EQ(origin->port, 443);
  EXPECT_EQ(origin->host_header(), "api.example.com");
  EXPECT_EQ(origin->authority(), "api.example.com:443");
  EXPECT_EQ(origin->text(), "https://api.example.com");
}

TEST(Origin, NamesAPortThatIsNotTheSchemesOwn) {
  const auto origin = parse_origin("http://127.0.0.1:8080");
  ASSERT_TRUE(origin);
  EXPECT_FALSE(origin->tls);
  EXPECT_EQ(origin->host_header(), "127.0.0.1:8080");
  EXPECT_EQ(parse_origin("http://localhost:443")->text(), "http://localhost:443");
  EXPECT_EQ(parse_origin("http://localhost:80")->text(), "http://localhost");
}

TEST(Origin, KeepsTheBracketsOfAnIpv6AddressOutsideOfTheHost) {
  const auto origin = parse_origin("http://[::1]:8080/x");
  ASSERT_TRUE(origin);
  EXPECT_EQ(origin->host, "::1");
  EXPECT_EQ(origin->host_header(), "[::1]:8080");
  EXPECT_EQ(parse_origin("https://[::1]")->host_header(), "[::1]");
}

TEST(Origin, RefusesWhatIsNoHttpUrl) {
  for (const char* url :
       {"", "localhost", "localhost:80", "ftp://a", "http://", "http:///x",
        "http://a:", "http://a:0", "http://a:65536", "http://a:8x", "http://u:p@a", "http://[::1",
        "http://[::1]80", "http://a b", "http://a\r\nb", "http://::1"}) {
    const auto origin = parse_origin(url);
    ASSERT_FALSE(origin) << url;
    EXPECT_EQ(origin.error().code(), Errc::invalid_argument);
  }
}

}  // namespace
}  // namespace bridge
