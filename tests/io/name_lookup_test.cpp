#include "io/name_lookup.hpp"

#include <atomic>
#include <boost/asio/ip/address.hpp>
#include <future>
#include <thread>

#include "http_fixture.hpp"

namespace bridge::test {
namespace {

using boost::asio::ip::make_address;
using std::chrono::milliseconds;
using std::chrono::steady_clock;

/// A resolver that counts, and answers when the test says so.
struct SlowResolver {
  std::promise<void> released;
  std::shared_future<void> release = released.get_future().share();
  std::atomic<int> calls = 0;

  static NameLookup::Resolve of(const std::shared_ptr<SlowResolver>& self) {
    return [self](const std::string&) -> Result<Addresses> {
      ++self->calls;
      self->release.wait();
      return Addresses{make_address("192.0.2.1"), make_address("2001:db8::1")};
    };
  }
};

class NameLookupTest : public testing::Test {
 protected:
  Result<Addresses> find(NameLookup& names, milliseconds within = std::chrono::seconds(20)) {
    const auto slot = start(loop_, names.find(steady_clock::now() + within));
    if (!run_until(loop_, slot)) throw std::runtime_error("the lookup never ended");
    return std::move(**slot);
  }

  boost::asio::io_context loop_{1};
  std::shared_ptr<SlowResolver> resolver_ = std::make_shared<SlowResolver>();
};

TEST_F(NameLookupTest, AsksNobodyForAnAddressOrForLocalhost) {
  for (const std::string host : {"192.0.2.7", "2001:db8::7"}) {
    NameLookup names(loop_.get_executor(), host, SlowResolver::of(resolver_));
    const auto found = find(names);
    ASSERT_TRUE(found);
    EXPECT_EQ(*found, Addresses{make_address(host)});
  }
  NameLookup names(loop_.get_executor(), "localhost", SlowResolver::of(resolver_));
  const auto found = find(names);
  ASSERT_TRUE(found);
  EXPECT_EQ(*found, (Addresses{make_address("127.0.0.1"), make_address("::1")}));
  EXPECT_EQ(resolver_->calls, 0);
}

TEST_F(NameLookupTest, ALookupThatHangsEndsAtTheDeadlineAndServesTheNextCaller) {
  NameLookup names(loop_.get_executor(), "example.com", SlowResolver::of(resolver_));
  const auto late = find(names, milliseconds(30));
  ASSERT_FALSE(late);
  EXPECT_EQ(late.error().code(), Errc::timeout);
  const auto next = start(loop_, names.find(steady_clock::now() + std::chrono::seconds(20)));
  loop_.poll();
  resolver_->released.set_value();
  ASSERT_TRUE(run_until(loop_, next));
  ASSERT_TRUE(**next);
  EXPECT_EQ((**next)->size(), 2u);
  EXPECT_EQ(resolver_->calls, 1);
}

TEST_F(NameLookupTest, ConcurrentCallersShareOneLookupAndItsAnswerIsKept) {
  NameLookup names(loop_.get_executor(), "example.com", SlowResolver::of(resolver_));
  std::vector<Slot<Result<Addresses>>> slots;
  for (int i = 0; i < 5; ++i) {
    slots.push_back(start(loop_, names.find(steady_clock::now() + std::chrono::seconds(20))));
  }
  loop_.poll();
  resolver_->released.set_value();
  for (const auto& slot : slots) {
    ASSERT_TRUE(run_until(loop_, slot));
    EXPECT_TRUE(**slot);
  }
  EXPECT_TRUE(find(names));
  EXPECT_EQ(resolver_->calls, 1);
}

TEST_F(NameLookupTest, AsksAgainWhenTheAnswerIsOldOrUseless) {
  resolver_->released.set_value();
  NameLookup brief(loop_.get_executor(), "example.com", SlowResolver::of(resolver_),
                   milliseconds(0));
  EXPECT_TRUE(find(brief));
  EXPECT_TRUE(find(brief));
  EXPECT_EQ(resolver_->calls, 2);
  NameLookup names(loop_.get_executor(), "example.com", SlowResolver::of(resolver_));
  EXPECT_TRUE(find(names));
  names.forget();
  EXPECT_TRUE(find(names));
  EXPECT_EQ(resolver_->calls, 4);
}

TEST_F(NameLookupTest, AFailureIsNotKept) {
  int calls = 0;
  NameLookup names(loop_.get_executor(), "example.com",
                   [&](const std::string&) -> Result<Addresses> {
                     if (++calls == 1) return Error(Errc::network, "not now");
                     return Addresses{make_address("192.0.2.1")};
                   });
  const auto failed = find(names);
  ASSERT_FALSE(failed);
  EXPECT_EQ(failed.error().message(), "not now");
  EXPECT_TRUE(find(names));
}

TEST_F(NameLookupTest, CloseEndsTheWaitingAndTheLaterOnes) {
  NameLookup names(loop_.get_executor(), "example.com", SlowResolver::of(resolver_));
  const auto slot = start(loop_, names.find(steady_clock::now() + std::chrono::seconds(20)));
  loop_.poll();
  names.close();
  ASSERT_TRUE(run_until(loop_, slot));
  ASSERT_FALSE(**slot);
  EXPECT_EQ((*slot)->error().code(), Errc::network);
  const auto later = find(names);
  ASSERT_FALSE(later);
  EXPECT_EQ(later.error().code(), Errc::network);
  resolver_->released.set_value();
}

TEST_F(NameLookupTest, AThreadThatComesBackLateTouchesNothing) {
  {
    boost::asio::io_context loop{1};
    auto names = std::make_unique<NameLookup>(loop.get_executor(), "example.com",
                                              SlowResolver::of(resolver_));
    start(loop, names->find(steady_clock::now() + std::chrono::seconds(20)));
    loop.poll();
    names->close();
    loop.poll();
  }
  const std::weak_ptr<SlowResolver> thread_lives = resolver_;
  const auto end = steady_clock::now() + std::chrono::seconds(20);
  resolver_->released.set_value();
  resolver_.reset();
  while (!thread_lives.expired() && steady_clock::now() < end) std::this_thread::yield();
  EXPECT_TRUE(thread_lives.expired());
}

TEST(ResolveBySystem, SaysWhyANameHasNoAddress) {
  const auto found = resolve_by_system(std::string(64, 'a') + ".example.com");
  ASSERT_FALSE(found);
  EXPECT_EQ(found.error().code(), Errc::network);
  EXPECT_TRUE(found.error().message().starts_with("the name cannot be resolved: "));
}

TEST(ResolveBySystem, FindsAnAddress) {
  const auto found = resolve_by_system("127.0.0.1");
  ASSERT_TRUE(found);
  EXPECT_EQ(*found, Addresses{make_address("127.0.0.1")});
}

}  // namespace
}  // namespace bridge::test
