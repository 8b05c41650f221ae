#include "io/paho_mailbox.hpp"

#include <gtest/gtest.h>

#include <thread>
#include <utility>
#include <vector>

namespace bridge {
namespace {

class PahoMailboxTest : public testing::Test {
 protected:
  /// Everything that is ready runs; the sizes of the batches that came out.
  std::vector<std::size_t> batches() {
    loop_.restart();
    loop_.poll();
    return std::exchange(batches_, {});
  }
  void deliver(int count) {
    for (int each = 0; each < count; ++each) mailbox_->put(Delivery{1, true});
  }

  using Batches = std::vector<std::size_t>;
  boost::asio::io_context loop_;
  Batches batches_;
  std::shared_ptr<PahoMailbox> mailbox_ = std::make_shared<PahoMailbox>(
      loop_, [this](const PahoMailbox::Deliveries& all) { batches_.push_back(all.size()); });
};

TEST_F(PahoMailboxTest, EmptiesWhateverCameByOneCall) {
  std::thread([this] { deliver(3); }).join();
  EXPECT_EQ(batches(), Batches{3});
}

TEST_F(PahoMailboxTest, GathersDeliveriesOnce) {
  mailbox_->gather(3);
  deliver(2);
  EXPECT_EQ(batches(), Batches{});
  deliver(1);
  EXPECT_EQ(batches(), Batches{3});
  deliver(1);
  EXPECT_EQ(batches(), Batches{1});
}

TEST_F(PahoMailboxTest, DoesNotGatherForLongerWhenFewerAreEnough) {
  mailbox_->gather(3);
  deliver(2);
  mailbox_->gather(2);
  EXPECT_EQ(batches(), Batches{2});
}

TEST_F(PahoMailboxTest, AReportBringsWhatWasGatheredAlong) {
  bool reported = false;
  mailbox_->gather(3);
  deliver(1);
  mailbox_->put([&] { reported = true; });
  EXPECT_EQ(batches(), Batches{1});
  EXPECT_TRUE(reported);
}

TEST_F(PahoMailboxTest, NothingComesOutOfAClosedOne) {
  deliver(1);
  mailbox_->close();
  EXPECT_EQ(batches(), Batches{});
}

}  // namespace
}  // namespace bridge
