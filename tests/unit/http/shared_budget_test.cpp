#include <filesystem>
#include <fstream>

#include <gtest/gtest.h>

#include "outbox/disk/shared_budget.h"
#include "support/full_disk.h"
#include "support/temporary_directory.h"

namespace sidespan::detail {
namespace {

using namespace std::chrono_literals;
using test::TemporaryDirectory;
namespace fs = std::filesystem;

TEST(SharedBudget, IsSharedByThoseWhoShareADirectoryAndOutlivesThem) {
    const TemporaryDirectory directory;
    const auto path = directory / "outbox";
    const auto noon = std::chrono::sys_days{std::chrono::year{2026} / 1 / 2} + 12h;
    SharedBudget first(100, path);
    EXPECT_TRUE(first.take(60, noon));
    {
        SharedBudget second(100, path);
        EXPECT_FALSE(second.take(60, noon));
        EXPECT_TRUE(second.take(30, noon));
    }
    EXPECT_FALSE(first.take(20, noon));
    EXPECT_TRUE(first.take(10, noon));
    EXPECT_TRUE(SharedBudget(100, path).take(60, noon + 12h));
}

TEST(SharedBudget, TakesItBackForAllWhoShareTheDirectory) {
    const TemporaryDirectory directory;
    SharedBudget budget(100, directory / "outbox");
    SharedBudget other(100, directory / "outbox");
    EXPECT_TRUE(budget.take(90, {}));
    EXPECT_FALSE(other.take(50, {}));
    budget.giveBack(80, {});
    EXPECT_TRUE(other.take(50, {}));
    EXPECT_FALSE(budget.take(50, {}));
}

TEST(SharedBudget, BeginsAnewFromAFileThatIsNone) {
    const TemporaryDirectory directory;
    for (const char* text : {"", "x", "20455", "20455 ", "99999999999999999999 1", "-"}) {
        fs::create_directories(directory / "outbox");
        fs::permissions(directory / "outbox", fs::perms::owner_all);
        std::ofstream(directory / "outbox/sent-today") << text;
        SharedBudget budget(100, directory / "outbox");
        EXPECT_TRUE(budget.take(100, {})) << text;
        EXPECT_FALSE(budget.take(1, {})) << text;
    }
}

TEST(SharedBudget, KeepsWhatWasSavedWhenTheDiskTakesNoMore) {
    const TemporaryDirectory directory;
    const auto path = directory / "outbox";
    EXPECT_TRUE(SharedBudget(100, path).take(90, {}));
    {
        const test::FullDisk disk(0);
        EXPECT_TRUE(SharedBudget(100, path).take(5, {}));
    }
    EXPECT_FALSE(SharedBudget(100, path).take(20, {}));
}

TEST(SharedBudget, CountsByItselfWhileAnotherProcessHoldsTheFile) {
    const TemporaryDirectory directory;
    SharedBudget budget(100, directory / "outbox");
    EXPECT_TRUE(budget.take(60, {}));
    const auto other = Directory::open(directory / "outbox");
    ASSERT_TRUE(other.isSuccess());
    const auto held = other.value().update("sent-today", [&](std::string_view text) {
        EXPECT_FALSE(budget.take(60, {}));
        EXPECT_TRUE(budget.take(30, {}));
        return std::string(text);
    });
    EXPECT_TRUE(held.isSuccess());
    EXPECT_FALSE(budget.take(20, {}));
    EXPECT_FALSE(SharedBudget(100, directory / "outbox").take(20, {}));
}

TEST(SharedBudget, CountsByItselfWhileItsFileCannotBeWritten) {
    const TemporaryDirectory directory;
    const auto noon = std::chrono::sys_days{std::chrono::year{2026} / 1 / 2} + 12h;
    SharedBudget budget(100, directory / "outbox");
    const test::FullDisk disk(0);
    EXPECT_TRUE(budget.take(60, noon));
    EXPECT_FALSE(budget.take(60, noon));
    EXPECT_TRUE(budget.take(60, noon + 12h));
}

}
}
