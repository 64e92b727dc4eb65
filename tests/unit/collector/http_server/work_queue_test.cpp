#include <sidespan_http_server/work_queue.h>

#include <future>
#include <memory>

#include <gtest/gtest.h>

namespace sidespan::http_server {
namespace {

TEST(WorkQueue, DropsWhatWaitsOnceItIsClosedAndFinishesTheRest) {
    std::promise<void> begun;
    std::promise<void> go;
    bool isFinished = false;
    const auto held = std::make_shared<int>(0);
    {
        WorkQueue queue(10);
        ASSERT_TRUE(queue.tryPost([&] {
            begun.set_value();
            go.get_future().wait();
            isFinished = true;
        }));
        begun.get_future().wait();
        ASSERT_TRUE(queue.tryPost([held] { ADD_FAILURE() << "it ran"; }));
        queue.close();
        EXPECT_EQ(held.use_count(), 1);
        EXPECT_FALSE(queue.tryPost([] {}));
        queue.post([] { ADD_FAILURE() << "it was taken"; });
        go.set_value();
    }
    EXPECT_TRUE(isFinished);
}

}
}
