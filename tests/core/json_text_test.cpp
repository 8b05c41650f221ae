#include "core/json_text.hpp"

#include <gtest/gtest.h>

#include <boost/json/parse.hpp>
#include <cfloat>
#include <clocale>
#include <cmath>
#include <cstdint>
#include <limits>
#include <locale>

namespace bridge {
namespace {

std::string number(double value) {
  std::string out;
  append_json(out, value);
  return out;
}

std::string in_quotes(std::string_view text) {
  std::string out;
  append_json(out, text);
  return out;
}

TEST(JsonText, WritesNumbersAsPeopleDo) {
  EXPECT_EQ(number(15420.5), "15420.5");
  EXPECT_EQ(number(12.0), "12");
  EXPECT_EQ(number(-7.25), "-7.25");
  EXPECT_EQ(number(0.1), "0.1");
  EXPECT_EQ(number(-0.0), "0");
  EXPECT_EQ(number(0.1 + 0.2), "0.30000000000000004");
}

TEST(JsonText, NeverUsesAnExponent) {
  EXPECT_EQ(number(1e22), "10000000000000000000000");
  EXPECT_EQ(number(1e-7), "0.0000001");
  for (const double extreme : {DBL_MAX, -DBL_MAX, DBL_MIN, -DBL_TRUE_MIN, DBL_TRUE_MIN, 1e15 + 0.5,
                               9007199254740992.0, -9007199254740993.0}) {
    const std::string written = number(extreme);
    EXPECT_EQ(written.find_first_of("eE"), std::string::npos) << written;
    EXPECT_EQ(std::strtod(written.c_str(), nullptr), extreme) << written;
  }
}

TEST(JsonText, WritesWhatIsNotFiniteAsNull) {
  EXPECT_EQ(number(std::numeric_limits<double>::infinity()), "null");
  EXPECT_EQ(number(-std::numeric_limits<double>::infinity()), "null");
  EXPECT_EQ(number(std::nan("")), "null");
  EXPECT_EQ(json_text(Json(std::nan(""))), "null");
}

TEST(JsonText, KeepsEveryDigitOfAnInteger) {
  EXPECT_EQ(json_text(Json(std::numeric_limits<std::int64_t>::min())), "-9223372036854775808");
  EXPECT_EQ(json_text(Json(std::numeric_limits<std::uint64_t>::max())), "18446744073709551615");
}

TEST(JsonText, WritesDocumentsWithoutBlanksInTheirOrder) {
  const char* document =
      R"({"b":[1,2.5,null,true,false,"x"],"a":{"empty":{},"none":[]},"":"\u00e9"})";
  EXPECT_EQ(json_text(boost::json::parse(document)),
            "{\"b\":[1,2.5,null,true,false,\"x\"],\"a\":{\"empty\":{},\"none\":[]},"
            "\"\":\"\xC3\xA9\"}");
}

TEST(JsonText, EscapesQuotesBackslashesAndControlCharacters) {
  EXPECT_EQ(in_quotes("say \"no\" \\ /"), R"("say \"no\" \\ /")");
  EXPECT_EQ(in_quotes("\b\f\n\r\t\x01\x1F"), R"("\b\f\n\r\t\u0001\u001f")");
  EXPECT_EQ(in_quotes(std::string_view("\0", 1)), R"("\u0000")");
  EXPECT_EQ(in_quotes(""), R"("")");
}

TEST(JsonText, LeavesUtf8AsItIs) {
  EXPECT_EQ(in_quotes("21 \xC2\xB0"
                      "C \xE2\x82\xAC \xF0\x9F\x8F\x8A"),
            "\"21 \xC2\xB0"
            "C \xE2\x82\xAC \xF0\x9F\x8F\x8A\"");
}

TEST(JsonText, ReplacesBytesThatAreNoUtf8) {
  for (const char* broken : {"\xFF", "\x80", "\xC3", "\xC0\xAF", "\xED\xA0\x80", "\xF4\x90\x80\x80",
                             "\xE2\x82", "\xF0\x80\x80\x80"}) {
    const std::string written = in_quotes(std::string("a") + broken + "b");
    EXPECT_EQ(written.rfind("\"a\xEF\xBF\xBD", 0), 0u) << written;
    EXPECT_EQ(written.substr(written.size() - 2), "b\"") << written;
    EXPECT_NO_THROW(boost::json::parse(written)) << written;
  }
}

TEST(JsonText, ReadsBackAsTheSameDocument) {
  const Json document = boost::json::parse(
      R"({"n":[0,-1,1.5,1e300,1e-300,123456789012345678],"t":"\u0007\"\\\n\u20ac","o":{"x":null}})");
  EXPECT_EQ(boost::json::parse(json_text(document)), document);
}

class CommaNumbers : public std::numpunct<char> {
 protected:
  char do_decimal_point() const override { return ','; }
  char do_thousands_sep() const override { return '.'; }
  std::string do_grouping() const override { return "\3"; }
};

TEST(JsonText, KeepsThePointInAGermanLocale) {
  const std::string before = std::setlocale(LC_ALL, nullptr);
  const std::locale previous =
      std::locale::global(std::locale(std::locale::classic(), new CommaNumbers));
  std::setlocale(LC_ALL, "de_DE.UTF-8");  // where it is installed
  const std::string written = json_text(boost::json::parse("[15420.5,1234567,0.25]"));
  std::locale::global(previous);
  std::setlocale(LC_ALL, before.c_str());
  EXPECT_EQ(written, "[15420.5,1234567,0.25]");
}

}  // namespace
}  // namespace bridge
