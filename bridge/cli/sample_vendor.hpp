#pragma once

#include <string>

#include "bridge/vendor.hpp"

namespace bridge {

/// Answers with a vendor's documented answers, see documented_answer(). Everything else is not found.
class SampleVendor : public Vendor {
 public:
  SampleVendor(Json samples, const Settings& settings)
      : samples_(std::move(samples)), settings_(settings) {}

  Task<Json> request(Method method, std::string path, Json body) override;
  void ahead(std::string) override {}
  const Settings& settings() const override { return settings_; }
  /// Before every documented moment, so that totals which count from the first read contain them.
  Instant now() const override;

 private:
  Json samples_;
  const Settings& settings_;
};

}  // namespace bridge
