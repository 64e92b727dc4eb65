#include "api/store_keeper.h"

#include <atomic>
#include <chrono>
#include <memory>
#include <thread>

#include <gtest/gtest.h>

#include "support/patience.h"

namespace sidespan::collector {
namespace {

/// Has more to delete than is done in time.
class EndlessStore final : public Store {
public:
    std::atomic<bool> isDeleting{false};

    Removed applyRetention(const Retention&, const GoesOn& goesOn) override {
        isDeleting = true;
        const auto end = std::chrono::steady_clock::now() + test::beyondPatience;
        while (goesOn() && std::chrono::steady_clock::now() < end) std::this_thread::yield();
        return {};
    }

    WrittenTogether writeTogether(std::span<const Submission>, const TakeNew&) override { return {}; }
    TraceList list(const TraceQuery&, std::chrono::milliseconds) override { return {}; }
    StoredTrace load(const std::string&, std::size_t, std::size_t) override { return {}; }
    std::string ownerOf(const std::string&) override { return {}; }
    std::vector<StoredClient> clients(std::size_t, const std::string&) override { return {}; }
    std::vector<RollupRow> rollups(const RollupQuery&) override { return {}; }
    Removed eraseUser(const std::string&) override { return {}; }
    Removed eraseInstallation(const std::string&) override { return {}; }
    std::string trouble() override { return {}; }
    std::string description() const override { return {}; }
};

TEST(StoreKeeper, DropsWhatWaitsOnceItIsClosed) {
    EndlessStore store;
    StoreKeeper keeper(store, Retention{.days = 1}, [](std::string_view) {});
    ASSERT_TRUE(test::eventually([&] { return store.isDeleting.load(); }));
    const auto held = std::make_shared<int>(0);
    ASSERT_TRUE(keeper.tryPost([held] { ADD_FAILURE() << "it ran"; }));
    keeper.close();
    EXPECT_EQ(held.use_count(), 1);
    EXPECT_FALSE(keeper.tryPost([] {}));
}

TEST(StoreKeeper, EndsADeletionThatIsUnderWay) {
    EndlessStore store;
    auto keeper = std::make_unique<StoreKeeper>(store, Retention{.days = 1}, [](std::string_view) {});
    ASSERT_TRUE(test::eventually([&] { return store.isDeleting.load(); }));
    EXPECT_TRUE(test::endsInTime([&] { keeper.reset(); }));
}

}
}
