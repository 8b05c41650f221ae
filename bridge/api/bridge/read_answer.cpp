#include "bridge/mapper.hpp"

namespace bridge {

namespace {

Task<Json> get_if_any(Vendor& vendor, std::string path) {
  auto answer = co_await vendor.get(std::move(path));
  if (!answer && answer.error().status == 404) co_return Json();
  co_return answer;
}

}  // namespace

std::string path_to(std::string_view path, const Device& device) {
  std::string filled(path);
  constexpr std::string_view kId = "{id}";
  if (const auto place = filled.find(kId); place != filled.npos) {
    filled.replace(place, kId.size(), url_encoded(device.id));
  }
  return filled;
}

Task<Facts> read_answer(Vendor& vendor, const Device& device, std::string_view path) {
  auto answer = co_await get_if_any(vendor, path_to(path, device));
  if (!answer) co_return answer.error();
  if (!answer->is_object() && !answer->is_null()) {
    co_return Error(Errc::malformed, "the answer is no JSON object");
  }
  co_return Facts(std::move(*answer));
}

Task<Json> get_list(Vendor& vendor, std::string path) {
  auto answer = co_await get_if_any(vendor, std::move(path));
  if (!answer || answer->is_array() || answer->is_null()) co_return answer;
  co_return Error(Errc::malformed, "the answer is no list");
}

}  // namespace bridge
