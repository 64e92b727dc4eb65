#include "lanes.h"

#include <cstdio>

#include <sys/wait.h>
#include <unistd.h>

namespace {

using namespace sidespan::test;
using sidespan::Consent;
using sidespan::testing::recorded;
using sidespan::testing::tree;

TEST(LaneConsent, NeverGivenKeepsNoClosedLanes) {
    SoloRecorder recorder(laneConfig(Consent::unknown));
    const auto residentPages = [] {
        std::FILE* file = std::fopen("/proc/self/statm", "re");
        long size = 0;
        long resident = 0;
        EXPECT_EQ(std::fscanf(file, "%ld %ld", &size, &resident), 2);
        std::fclose(file);
        return size;
    };
    sidespan::LaneOptions large;
    large.capacityBytes = std::size_t{8} << 20U;
    { auto lane = recorder.openLane(large); }
    const long before = residentPages();
    for (int i = 0; i < 20; ++i) auto lane = recorder.openLane(large);
    EXPECT_LT(residentPages() - before, 3L * (8L << 20U) / 4096);
}

TEST(LaneFork, RecordsNothingInTheChild) {
    ThreadedRecorder recorder(laneConfig());
    auto lane = recorder.openLane(quietLane());
    lane.keepAll(true);
    { auto span = lane.span("parent's"); }
    const pid_t pid = ::fork();
    ASSERT_GE(pid, 0);
    if (pid == 0) {
        ::alarm(20);  // a child that hangs dies of it
        auto span = lane.span("child's");
        auto block = lane.block(tenMillis);
        const bool isAny = span.isRecording() || block.isRecording() || span.context().isValid();
        ::_exit(isAny ? 1 : 0);
    }
    int status = 0;
    ASSERT_EQ(::waitpid(pid, &status, 0), pid);
    EXPECT_TRUE(WIFEXITED(status));
    EXPECT_EQ(WEXITSTATUS(status), 0);
    { auto span = lane.span("parent's"); }
    EXPECT_EQ(tree(recorded(recorder)), "parent's\nparent's\n");
    EXPECT_EQ(lane.misuses(), 0U);
}

}
