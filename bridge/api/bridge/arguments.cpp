#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include "bridge/mapper.hpp"

namespace bridge {
namespace {

std::string pointer_to(std::string_view member) { return "/" + std::string(member); }

bool is_left_out(const Json& value) { return value.is_null() || number_at(value, "") == 0; }

/// Whether a member could be given so, its range and options aside: vendors report what they refuse.
bool is_of_its_type(const Argument& member, const Json& value) {
  switch (member.kind) {
    case Argument::number: return number_at(value, "").has_value();
    case Argument::flag: return value.is_bool() || value == "ON" || value == "OFF";
    case Argument::text: return value.is_string();
    case Argument::moment: return parse_time(text(value, "")).has_value();
    case Argument::unix_time: return moment_at(value, "").has_value();
  }
  return false;
}

}  // namespace

Json completed(const Group& group, const Json& given, const Json& reported) {
  const Json& all = at(reported, pointer_to(group.name));
  boost::json::object members;
  for (const Argument& member : group.members) {
    const Json& known = at(all, pointer_to(member.read_name()));
    const Json& wanted = at(given, pointer_to(member.name));
    const bool same = wanted.is_number() && number_at(wanted, "") == number_at(known, "");
    const bool is_known = (wanted.is_null() || same) && is_of_its_type(member, known);
    const Json& value = is_known ? known : wanted;
    if (!value.is_null()) members[member.name] = detached(value);
  }
  return {{group.name, std::move(members)}};
}

Task<Json> put_group(Vendor& vendor, const Device& device, const Group& group, Json given) {
  const std::string path = path_to(group.place->path, device);
  const auto answer = co_await vendor.get(path);
  if (!answer) co_return answer.error();
  Json body = {{group.place->body, completed(group, given, at(*answer, group.place->answer))}};
  co_return co_await vendor.put(path, std::move(body));
}

Json listed(std::span<const Argument> members, const Json& reported) {
  if (!reported.is_array()) return {};
  boost::json::array objects;
  for (const Json& each : reported.get_array()) {
    boost::json::object object;
    for (const Argument& member : members) {
      const Json& value = at(each, pointer_to(member.read_name()));
      if (!value.is_null() && !value.is_structured()) object[member.name] = detached(value);
    }
    objects.push_back(std::move(object));
  }
  return Json(std::move(objects));
}

bool is_listed(std::span<const Argument> members, const Json& given, const Json& reported) {
  const boost::json::array& shown = items(reported);
  const boost::json::array& wanted = items(given);
  if (!reported.is_array() || shown.size() != wanted.size()) return false;
  for (std::size_t place = 0; place < shown.size(); ++place) {
    for (const Argument& member : members) {
      const Json& known = at(shown[place], pointer_to(member.read_name()));
      const Json& asked = at(wanted[place], pointer_to(member.name));
      if (is_left_out(known) && is_left_out(asked)) continue;
      if (!is_same(known, asked)) return false;
    }
  }
  return true;
}

}  // namespace bridge
