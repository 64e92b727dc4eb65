// Several processes with one outbox directory or one file, and what they leave when they are ended.
#include <windows.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include <gmock/gmock.h>

#include "outbox/disk/outbox_folder.h"
#include "process.h"
#include "support/temporary_directory.h"
#include "unit/http/batch_of.h"

namespace sidespan::test {
namespace {

namespace fs = std::filesystem;
using detail::batchOf;
using detail::OutboxFolder;
using ::testing::IsEmpty;
using Ids = std::set<std::string>;

class WindowsOutboxProcess : public ::testing::Test {
protected:
    static constexpr auto destination = "http://telemetry.example.com";

    // In a directory of its own, as a run does.
    Ids leaveBehind(int batches) {
        Ids ids;
        OutboxFolder folder(path_, destination);
        EXPECT_TRUE(folder.open().isSuccess());
        for (int i = 0; i < batches; ++i) {
            const auto batch = batchOf({"\"left\"", "\"behind\""});
            EXPECT_TRUE(folder.save(*batch).isSuccess());
            EXPECT_TRUE(ids.insert(batch->id.text()).second);
        }
        return ids;
    }
    // The batches that the next run adopts and may send.
    Ids adopt() {
        Ids ids;
        OutboxFolder folder(path_, destination);
        EXPECT_TRUE(folder.open().isSuccess());
        OutboxFolder::Batches adopted;
        while (folder.adopt(adopted, {})) {
        }
        const auto generation = folder.generation().value();
        for (const auto& batch : adopted) {
            EXPECT_TRUE(folder.load(*batch).isSuccess());
            if (batch->generation < generation) continue;
            EXPECT_TRUE(ids.insert(batch->id.text()).second) << "twice";
        }
        EXPECT_FALSE(folder.installation().empty());
        EXPECT_EQ(entries(), kept_) << "an orphan was left";
        for (const auto& batch : adopted) folder.erase(*batch);
        folder.close();
        return ids;
    }
    // Directories in the outbox directory.
    [[nodiscard]] std::size_t entries() const {
        std::size_t count = 0;
        for (const auto& entry : fs::directory_iterator(path_)) count += entry.is_directory() ? 1U : 0U;
        return count;
    }
    [[nodiscard]] std::set<std::string> names(std::string_view suffix) const {
        std::set<std::string> found;
        for (const auto& entry : fs::recursive_directory_iterator(path_)) {
            if (entry.path().string().ends_with(suffix)) found.insert(entry.path().string());
        }
        return found;
    }

    const TemporaryDirectory scratch_;
    const std::string path_ = scratch_ / "outbox";
    std::size_t kept_ = 1;  // directories, including those of running processes
};

// The lines that a process printed, by their first word.
std::map<std::string, Ids> sayingsOf(Process& process) {
    std::map<std::string, Ids> said;
    for (auto line = process.readLine(); !line.empty(); line = process.readLine()) {
        const auto end = line.find(' ');
        said[line.substr(0, end)].insert(end == std::string::npos ? "" : line.substr(end + 1));
    }
    return said;
}

TEST_F(WindowsOutboxProcess, LosesNothingAndRepeatsNothingInWhateverStepItEnds) {
    int steps = 1;
    for (;; ++steps) {
        SCOPED_TRACE(steps);
        auto expected = leaveBehind(2);
        Process process(WINDOWS_OUTBOX_PROCESS, "steps " + quoted(path_) + " " + std::to_string(steps));
        auto said = sayingsOf(process);
        const int result = process.wait();
        ASSERT_TRUE(result == 0 || result == 7) << result;
        expected.merge(said["stored"]);
        const auto adopted = adopt();
        EXPECT_THAT(names(".tmp"), IsEmpty());
        EXPECT_THAT(names(".broken"), IsEmpty());
        for (const auto& id : said["erased"]) EXPECT_FALSE(adopted.contains(id)) << "back again: " << id;
        for (const auto& id : expected) {
            const bool mayBeGone = said.contains("purging") || said["erasing"].contains(id);
            EXPECT_TRUE(mayBeGone || adopted.contains(id)) << "lost: " << id;
        }
        EXPECT_TRUE(!said.contains("purged") || adopted.empty());
        fs::remove_all(path_);
        if (result == 0 || HasFailure()) break;
    }
    RecordProperty("steps", steps);
    EXPECT_GT(steps, 60);
}

TEST_F(WindowsOutboxProcess, SeveralTakeOverTheSameAtOnceAndEachOnlyOnce) {
    constexpr std::size_t living = 3;
    Ids left;
    for (int run = 0; run < 6; ++run) left.merge(leaveBehind(7));
    std::vector<std::unique_ptr<Process>> processes;
    for (std::size_t i = 0; i < living; ++i) {
        processes.push_back(std::make_unique<Process>(WINDOWS_OUTBOX_PROCESS, "adopt " + quoted(path_)));
        ASSERT_EQ(processes.back()->readLine(), "open");
    }
    for (const auto& process : processes) process->writeLine();
    std::vector<Ids> taken(living);
    std::size_t count = 0;
    for (std::size_t i = 0; i < living; ++i) {
        for (auto line = processes[i]->readLine(); line != "done"; line = processes[i]->readLine()) {
            ASSERT_TRUE(line.starts_with("adopted ")) << line;
            taken[i].insert(line.substr(8));
            ++count;
        }
    }
    EXPECT_EQ(count, left.size());
    for (const auto& ids : taken) {
        for (const auto& id : ids) EXPECT_EQ(left.erase(id), 1U) << "twice: " << id;
    }
    EXPECT_THAT(left, IsEmpty());

    // A process that is killed loses its lock.
    for (std::size_t i = 0; i < living; ++i) {
        processes[i]->kill();
        kept_ = living - i;
        EXPECT_EQ(adopt(), taken[i]);
    }
}

TEST_F(WindowsOutboxProcess, LosesAtMostTheUnfinishedLineOfAFileWhenItIsKilled) {
    fs::create_directory(path_);
    std::uint64_t delivered = 0;
    for (int run = 0; run < 3; ++run) {
        Process process(WINDOWS_OUTBOX_PROCESS,
                        "append " + quoted(path_ + "\\trace.jsonl") + " " + std::to_string(run));
        std::uint64_t said = 0;
        while (said < 150) said = std::stoull(process.readLine());
        process.kill();
        for (auto line = process.readLine(); !line.empty(); line = process.readLine())
            said = std::stoull(line);
        delivered += said;
    }
    std::set<std::string> lines;
    std::size_t torn = 0;
    for (const auto& entry : fs::directory_iterator(path_)) {
        std::ifstream file(entry.path());
        for (std::string line; std::getline(file, line);) {
            const bool isWhole = line.size() == 99;
            EXPECT_TRUE(!isWhole || lines.insert(line).second) << "twice: " << line.substr(0, 8);
            torn += isWhole ? 0U : 1U;
        }
    }
    EXPECT_GE(lines.size(), delivered);
    EXPECT_LE(lines.size(), delivered + 3);
    EXPECT_LE(torn, 3U);
}

}
}
