#include "cli/sample_devices.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/json/parse.hpp>

#include "cli/sample_vendor.hpp"
#include "registry.hpp"

namespace bridge {
namespace {

namespace asio = boost::asio;

class ListedDevices : public Fleet {
 public:
  explicit ListedDevices(DeviceRegistry& registry) : registry_(registry) {}
  void add(const Listed& device) override { registry_.see(device); }
  void unread(const Error&, std::string_view) override {}
  void expect(std::string_view, std::size_t) override {}

 private:
  DeviceRegistry& registry_;
};

asio::awaitable<void> read_all(const Mapper& mapper, SampleVendor& vendor, DeviceRegistry& registry,
                               std::string& wrong) {
  ListedDevices fleet(registry);
  const auto listed = co_await mapper.list(vendor, fleet);
  if (!listed) wrong = listed.error().message();
  const std::vector<Record> records = registry.all();
  for (const Record& record : records) {
    for (const Read* read : record->kind->reads) {
      const auto facts = co_await read->read(vendor, record->device);
      if (!facts) continue;
      DeviceRegistry::merge(*record, read->facts, facts->own());
      for (const auto& [id, own] : facts->children()) {
        const Record child = registry.find(id);
        if (child != nullptr) DeviceRegistry::merge(*child, read->facts, own);
      }
    }
  }
}

}  // namespace

std::string read_sample_devices(const Mapper& mapper, const Settings& settings,
                                DeviceRegistry& registry) {
  SampleVendor vendor(boost::json::parse(mappers::samples(mapper.name)), settings);
  std::string wrong;
  asio::io_context loop(1);
  asio::co_spawn(loop, read_all(mapper, vendor, registry, wrong), [](std::exception_ptr failure) {
    if (failure) std::rethrow_exception(failure);
  });
  loop.run();
  return wrong;
}

}  // namespace bridge
