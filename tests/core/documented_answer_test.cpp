#include "core/documented_answer.hpp"

#include <gtest/gtest.h>

#include <boost/json/parse.hpp>

namespace bridge {
namespace {

const Json& samples() {
  static const Json kSamples = boost::json::parse(
      R"({"GET /pumps?page=1": 1, "GET /pumps": 2, "GET /users/{id}/pumps": 3, "GET /users/7/pumps": 4,
          "POST /users/{id}": 5})");
  return kSamples;
}

Json answer_to(std::string_view path) {
  const Json* found = documented_answer(samples(), path);
  return found == nullptr ? Json() : *found;
}

TEST(DocumentedAnswer, IsThatOfTheExactQueryBeforeItsPath) {
  EXPECT_EQ(answer_to("/pumps?page=1"), Json(1));
  EXPECT_EQ(answer_to("/pumps?page=2"), Json(2));
  EXPECT_EQ(answer_to("/pumps"), Json(2));
}

TEST(DocumentedAnswer, HasAnyLevelWhereBracesStand) {
  EXPECT_EQ(answer_to("/users/8/pumps"), Json(3));
  EXPECT_EQ(answer_to("/users/8/pumps?page=2"), Json(3));
  EXPECT_EQ(answer_to("/users/7/pumps"), Json(4));
}

TEST(DocumentedAnswer, IsNoneForOtherPathsAndMethods) {
  for (const char* path : {"/users//pumps", "/users/8", "/users/8/pumps/9", "/users/8/pools", "/", ""}) {
    EXPECT_EQ(documented_answer(samples(), path), nullptr) << path;
  }
  EXPECT_EQ(documented_answer(Json("GET /pumps"), "/pumps"), nullptr);
}

}  // namespace
}  // namespace bridge
