#include "core/documented_answer.hpp"

#include <boost/json/object.hpp>
#include <string>

namespace bridge {
namespace {

/// Takes the first level off a path.
std::string_view next_level(std::string_view& path) {
  const auto end = path.find('/');
  const std::string_view level = path.substr(0, end);
  path.remove_prefix(end == std::string_view::npos ? path.size() : end + 1);
  return level;
}

bool fits(std::string_view pattern, std::string_view path) {
  while (!pattern.empty() && !path.empty()) {
    const std::string_view wanted = next_level(pattern);
    const std::string_view given = next_level(path);
    const bool any = wanted.starts_with('{') && wanted.ends_with('}') && !given.empty();
    if (!any && wanted != given) return false;
  }
  return pattern.empty() && path.empty();
}

}  // namespace

const Json* documented_answer(const Json& samples, std::string_view path) {
  if (!samples.is_object()) return nullptr;
  const auto& known = samples.get_object();
  const std::string exact = "GET " + std::string(path);
  if (const Json* answer = known.if_contains(exact)) return answer;
  const std::string plain = exact.substr(0, exact.find('?'));
  if (const Json* answer = known.if_contains(plain)) return answer;
  for (const auto& each : known) {
    if (fits(each.key(), plain)) return &each.value();
  }
  return nullptr;
}

}  // namespace bridge
