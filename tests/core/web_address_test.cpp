#include "core/web_address.hpp"

#include <gtest/gtest.h>

namespace bridge {
namespace {

TEST(WebAddress, FallsApartIntoOriginAndPath) {
  EXPECT_EQ(origin_of("https://host.example:8443/api/v1"), "https://host.example:8443");
  EXPECT_EQ(path_of("https://host.example:8443/api/v1/"), "/api/v1");
  EXPECT_EQ(origin_of("http://127.0.0.1"), "http://127.0.0.1");
  EXPECT_EQ(path_of("http://127.0.0.1"), "");
  EXPECT_EQ(origin_of("http://[::1]:80/?a=/b"), "http://[::1]:80");
  EXPECT_EQ(path_of("http://host/a?b=/c#/d"), "/a");
}

TEST(WebAddress, AFormComesBackAsItWas) {
  const Fields fields{
      {"redirect_uri", "http://127.0.0.1:1/"}, {"a b", "1+1=2&3%"}, {"", "\xC3\xA9"}};
  EXPECT_EQ(form_encoded(fields),
            "redirect_uri=http%3A%2F%2F127.0.0.1%3A1%2F&a%20b=1%2B1%3D2%263%25&=%C3%A9");
  EXPECT_EQ(form_decoded(form_encoded(fields)), fields);
}

TEST(WebAddress, ReadsAlsoWhatIsBadlyWritten) {
  const Fields expected{{"a", "b c"}, {"d", ""}, {"e", "%zz%4"}, {"f", "=g"}};
  EXPECT_EQ(form_decoded("a=b+c&&d&e=%zz%4&f==g&"), expected);
  EXPECT_EQ(form_decoded(""), Fields());
}

TEST(WebAddress, FindsTheFirstFieldOfAName) {
  const Fields fields = form_decoded("a=1&b=2&a=3");
  EXPECT_EQ(field(fields, "a"), "1");
  EXPECT_EQ(field(fields, "c"), "");
}

}  // namespace
}  // namespace bridge
