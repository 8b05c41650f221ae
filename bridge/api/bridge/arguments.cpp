#include "bridge/entity.hpp"

namespace bridge {

Json completed(const Group& group, const Json& given, const Json& reported) {
  const Json& all = at(reported, "/" + std::string(group.name));
  boost::json::object members;
  for (const Argument& member : group.members) {
    const std::string_view read = member.reported.empty() ? member.name : member.reported;
    const Json& known = at(all, "/" + std::string(read));
    const Json& wanted = at(given, "/" + std::string(member.name));
    const bool same = wanted.is_number() && number_at(wanted, "") == number_at(known, "");
    const Json& value = wanted.is_null() || same ? known : wanted;
    if (!value.is_null()) members[member.name] = detached(value);
  }
  return {{group.name, std::move(members)}};
}

}  // namespace bridge
