#include "cli/sample_vendor.hpp"

namespace bridge {

Instant SampleVendor::now() const {
  using namespace std::chrono;
  return Instant(sys_days(year(2001) / January / 1));
}

const Json* SampleVendor::sample(const std::string& path) const {
  if (!samples_.is_object()) return nullptr;
  const Json* exact = samples_.get_object().if_contains("GET " + path);
  if (exact != nullptr) return exact;
  return samples_.get_object().if_contains("GET " + path.substr(0, path.find('?')));
}

Task<Json> SampleVendor::request(Method method, std::string path, Json) {
  const Json* found = method == Method::get ? sample(path) : nullptr;
  if (found != nullptr) co_return detached(*found);
  Error missing(Errc::not_found, "no answer is documented for " + path.substr(0, path.find('?')));
  missing.status = 404;
  co_return missing;
}

}  // namespace bridge
