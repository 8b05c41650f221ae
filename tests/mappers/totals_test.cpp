// Any order, any duplicates, any restarts, any gaps that are filled later: a total is the sum of
// the records. Every case is made from its own seed; a failure prints it.

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include "registry.hpp"
#include "support/dated_vendor.hpp"
#include "support/mapper_parts.hpp"

namespace bridge {
namespace {

using namespace std::chrono_literals;

const Instant kBegin = *parse_time("2026-05-08T00:00:00Z");

/// One device and its total, read again and again.
class Case {
 public:
  Case(const Read& read, Device device, DatedVendor vendor)
      : read_(read), device_(std::move(device)), vendor(std::move(vendor)) {}

  void read_at(Instant moment) {
    vendor.clock = std::max(vendor.clock, moment);
    const auto facts = run(read_.read(vendor, device_));
    if (!facts) return;
    // A restart, whenever: the facts go through the store as text.
    device_.facts.get_object()[read_.facts] = boost::json::parse(boost::json::serialize(facts->own()));
    children_ = facts->children();
  }
  /// Reads with a clock that is right, some days ahead, or up to two behind.
  void read_with_any_clock_at(Instant moment) {
    const auto chance = vendor.chance() % 4;
    if (chance == 0) vendor.wrong_by = 1h + std::chrono::seconds(vendor.chance() % (most_ahead / 1s));
    if (chance == 1) vendor.wrong_by = -std::chrono::seconds(vendor.chance() % (2 * 24 * 3600));
    read_at(moment);
    vendor.wrong_by = 0s;
  }
  /// Reads at all sorts of distances until `end`; now and then a request fails.
  void live_until(Instant end, std::vector<std::chrono::seconds> steps) {
    vendor.failing = 10;
    while (vendor.clock < end) {
      const auto step = steps[vendor.chance() % steps.size()];
      const Instant next = vendor.clock + 1s + step * (vendor.chance() % 100) / 50;
      is_clock_wrong ? read_with_any_clock_at(next) : read_at(next);
    }
    vendor.failing = 0;
    read_at(vendor.clock + 61min);
    read_at(vendor.clock + 61min);
  }
  std::int64_t own(std::string_view name) const {
    return static_cast<std::int64_t>(number_at(device_.facts, '/' + std::string(read_.facts) + '/' + std::string(name)).value_or(0));
  }
  std::int64_t of_child(std::size_t child, const std::string& sum) const {
    return at(children_.at(child).second, "/" + sum).as_int64();
  }

 private:
  const Read& read_;
  Device device_;
  std::vector<std::pair<std::string, Json>> children_;

 public:
  DatedVendor vendor;
  bool is_clock_wrong = false;  // now and then
  std::chrono::seconds most_ahead = 20 * 24h;
};

// ---- Watt-hours in reports that name themselves ----------------------------------------------

Case a_controller(std::uint32_t seed) {
  const DeviceKind& kind = mappers::find("automate_green")->kinds.front();
  return {read_of(kind, "statuses"), Device{"controller", "c1", "", "", boost::json::object()},
          DatedVendor("date[start]", "date[end]", 240h - 1s, seed)};
}

Json a_report(int number, Instant date, const Json& power) {
  return {{"id", "s" + std::to_string(number)}, {"date", format_time(date)}, {"type", "update"},
          {"info", {{"power", power}, {"duration", 900}}}};
}

// The first value of an id counts. A null is none: what it becomes counts, and a value is never undone
// by a null.
TEST(TotalOfAController, IsTheSumOfTheFirstValuesOfItsReports) {
  for (std::uint32_t seed = 0; seed < 300 && !testing::Test::HasFailure(); ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    Case one = a_controller(seed);
    auto& chance = one.vendor.chance;
    one.read_at(kBegin);
    std::int64_t sum = 0;
    Instant last = kBegin;
    for (int number = 1; number <= 30; ++number) {
      const Instant date = kBegin + 15min * number;
      const auto first = static_cast<std::int64_t>(chance() % 100000);
      sum += first;
      const Json value = static_cast<double>(first) / 100, other = value.as_double() + 1, none;
      const Instant later = date + 48h;  // when the first value was read for certain
      switch (chance() % 4) {
        case 0: one.vendor.records.push_back({date, {{date + 1s, a_report(number, date, none)}, {later, a_report(number, date, value)}}}); break;
        case 1: one.vendor.records.push_back({date, {{date + 1s, a_report(number, date, value)}, {later, a_report(number, date, other)}}}); break;
        case 2: one.vendor.records.push_back({date, {{date + 1s, a_report(number, date, value)}, {later, a_report(number, date, none)}}}); break;
        default: one.vendor.records.push_back({date, {{date + 1s, a_report(number, date, value)}}});
      }
      last = std::max(last, one.vendor.records.back().forms.back().visible);
    }
    one.live_until(last, {5min, 5min, 1h, 6h});
    EXPECT_EQ(one.own("sum"), sum);
  }
}

TEST(TotalOfAController, IsTheSumOfItsReports) {
  for (std::uint32_t seed = 0; seed < 500 && !testing::Test::HasFailure(); ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    Case one = a_controller(seed);
    auto& chance = one.vendor.chance;
    one.read_at(kBegin);
    std::int64_t sum = 0;
    Instant last = kBegin;
    for (int number = 1; number <= 30; ++number) {
      const Instant date = kBegin + 15min * number + std::chrono::milliseconds(chance() % 60000);
      const auto energy = static_cast<std::int64_t>(chance() % 100000);
      sum += energy;
      const Json status = {{"id", "s" + std::to_string(number)}, {"date", format_time(date)}, {"type", "update"},
                           {"info", {{"power", static_cast<double>(energy) / 100}, {"duration", 900}}}};
      const Instant visible = date + (chance() % 2 == 0 ? 1s : std::chrono::seconds(chance() % (23 * 3600)));
      one.vendor.records.push_back({date, {{visible, status}}});
      last = std::max(last, visible);
    }
    one.live_until(last, {5min, 5min, 1h, 6h});
    EXPECT_EQ(one.own("sum"), sum);
  }
}

TEST(TotalOfAController, IsTheSumOfItsReportsWhateverTheClockSaid) {
  for (std::uint32_t seed = 0; seed < 300 && !testing::Test::HasFailure(); ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    Case one = a_controller(seed);
    auto& chance = one.vendor.chance;
    one.is_clock_wrong = true;
    one.read_with_any_clock_at(kBegin);
    one.read_at(kBegin);
    std::int64_t sum = 0;
    for (int number = 1; number <= 30; ++number) {
      const Instant date = kBegin + 15min * number;
      const auto energy = static_cast<std::int64_t>(chance() % 100000);
      sum += energy;
      const Json power = static_cast<double>(energy) / 100;
      one.vendor.records.push_back({date, {{date + 1s, a_report(number, date, power)}}});
    }
    one.live_until(kBegin + 8h, {5min, 5min, 1h});
    EXPECT_EQ(one.own("sum"), sum);
  }
}

// ---- Joules of channels ----------------------------------------------------------------------

Case a_meter(std::uint32_t seed) {
  const DeviceKind& kind = kind_of(*mappers::find("wattwatchers"), "meter");
  Json list = boost::json::parse(R"({"channels":[{"id":"C1","place":0,"inverted":false},
                                                 {"id":"C3","place":2,"inverted":true}]})");
  return {read_of(kind, "total"), Device{"meter", "D123456789012", "", "", boost::json::object{{"list", list}}},
          DatedVendor("fromTs", "toTs", 168h, seed)};
}

struct Sums {
  std::int64_t imported[2] = {0, 0}, exported[2] = {0, 0};
};

/// A record whose channels come when they come; `sums` learn what it holds.
DatedVendor::Record a_record(Instant date, std::mt19937& chance, const std::vector<std::chrono::seconds>& delays, Sums& sums) {
  std::int64_t positive[3], negative[3];
  for (int place = 0; place < 3; ++place) {
    positive[place] = static_cast<std::int64_t>(chance() % 300000000);
    negative[place] = static_cast<std::int64_t>(chance() % 3000);
  }
  sums.imported[0] += positive[0];
  sums.exported[0] += negative[0];
  sums.imported[1] += negative[2];  // turned round
  sums.exported[1] += positive[2];
  const auto form = [&](bool first, bool third) {
    return Json{{"timestamp", date.time_since_epoch() / 1s}, {"duration", 300},
                {"eRealPositive", {first ? Json(positive[0]) : Json(), nullptr, third ? Json(positive[2]) : Json()}},
                {"eRealNegative", {first ? Json(negative[0]) : Json(), nullptr, third ? Json(negative[2]) : Json()}}};
  };
  const auto delay = [&] { return delays[chance() % delays.size()] * (1 + chance() % 100) / 100; };
  const Instant visible = date + delay(), whole = visible + delay();
  switch (chance() % 4) {
    case 0: return {date, {{visible, form(false, true)}, {whole, form(true, true)}}};
    case 1: return {date, {{visible, form(true, false)}, {whole, form(true, true)}}};
    default: return {date, {{visible, form(true, true)}}};
  }
}

void expect_sums(const Case& one, const Sums& sums) {
  for (std::size_t child = 0; child < 2; ++child) {
    EXPECT_EQ(one.of_child(child, "imported"), sums.imported[child]) << "channel " << child;
    EXPECT_EQ(one.of_child(child, "exported"), sums.exported[child]) << "channel " << child;
  }
}

TEST(TotalsOfAMeter, AreTheSumsOfTheirRecordsHoweverLateTheyCome) {
  for (std::uint32_t seed = 0; seed < 500 && !testing::Test::HasFailure(); ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    Case one = a_meter(seed);
    auto& chance = one.vendor.chance;
    one.read_at(kBegin + std::chrono::seconds(chance() % 299));
    Sums sums;
    Instant last = kBegin;
    const auto count = 1 + chance() % 40;
    for (unsigned number = 1; number <= count; ++number) {
      one.vendor.records.push_back(a_record(kBegin + 5min * number, chance, {1min, 1min, 1min, 3h, 60h}, sums));
      last = std::max(last, one.vendor.records.back().forms.back().visible);
    }
    one.live_until(last, {5min, 5min, 5min, 1h, 12h});
    expect_sums(one, sums);
    EXPECT_EQ(one.own("lost"), 0);
    EXPECT_EQ(one.own("second_values"), 0);
  }
}

TEST(TotalsOfAMeter, AreTheSumsOfTheirRecordsWhateverTheClockSaid) {
  for (std::uint32_t seed = 0; seed < 300 && !testing::Test::HasFailure(); ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    Case one = a_meter(seed);
    auto& chance = one.vendor.chance;
    one.is_clock_wrong = true;
    one.most_ahead = 6 * 24h;  // further ahead, what is missing is given up: it looks like an outage of a week
    one.read_with_any_clock_at(kBegin);
    one.read_at(kBegin);
    Sums sums;
    for (int number = 1; number <= 40; ++number) {
      one.vendor.records.push_back(a_record(kBegin + 5min * number, chance, {1min}, sums));
    }
    one.live_until(kBegin + 4h, {5min, 5min, 1h});
    expect_sums(one, sums);
  }
}

// What is missing for good is nobody's energy, and does not change what is there.
TEST(TotalsOfAMeter, AreTheSumsOfTheirRecordsAfterOutagesOfWeeks) {
  for (std::uint32_t seed = 0; seed < 500 && !testing::Test::HasFailure(); ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    Case one = a_meter(seed);
    auto& chance = one.vendor.chance;
    one.read_at(kBegin);
    Sums sums;
    Instant date = kBegin, last = kBegin;
    for (int number = 1; number <= 40; ++number) {
      date += 5min * (chance() % 3 == 0 ? 1 + chance() % 600 : 1);
      one.vendor.records.push_back(a_record(date, chance, {1min}, sums));
      last = std::max(last, one.vendor.records.back().forms.back().visible);
    }
    one.live_until(last, {5min, 24h, 30 * 24h});
    expect_sums(one, sums);
  }
}

}  // namespace
}  // namespace bridge
