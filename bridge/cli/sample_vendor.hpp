#pragma once

#include <string>

#include "bridge/vendor.hpp"

namespace bridge {

/// Answers with a vendor's documented answers: an object from "GET /path?query" to a body, where a
/// key without a query answers every query of its path. Everything else is not found.
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
  const Json* sample(const std::string& path) const;

  Json samples_;
  const Settings& settings_;
};

}  // namespace bridge
