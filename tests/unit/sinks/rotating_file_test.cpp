#include "files.h"
#include "rotating_file_fixture.h"

#include <filesystem>
#include <fstream>
#include <string>

#include <gmock/gmock.h>

#include "support/without_home.h"

namespace {

namespace fs = std::filesystem;
using sidespan::DropReason;
using sidespan::test::contentOf;
using sidespan::test::RotatingFileTest;
using sidespan::test::withoutHome;
using ::testing::HasSubstr;
using ::testing::SizeIs;

TEST_F(RotatingFileTest, AppendsWholeLinesThatAreThereAtOnce) {
    auto& file = open(path_);
    EXPECT_FALSE(fs::exists(path_)) << "nothing was written yet";
    file.writeLines("one\n");
    file.writeLines("two\nthree\n");
    EXPECT_EQ(contentOf(path_), "one\ntwo\nthree\n");
    EXPECT_EQ(file.stats().delivered, 3U);
    expectConserved();
}

TEST_F(RotatingFileTest, GoesOnWhereAnEarlierRunStopped) {
    open(path_).writeLines("one\n");
    open(path_).writeLines("two\n");
    EXPECT_EQ(contentOf(path_), "one\ntwo\n");
}

TEST_F(RotatingFileTest, MakesTheDirectoriesOnItsWay) {
    const auto deep = directory_ / "a/b/c.jsonl";
    open(deep).writeLines("one\n");
    EXPECT_EQ(contentOf(deep), "one\n");
}

TEST_F(RotatingFileTest, TakesAPathBeyondAscii) {
    const auto name = directory_.path().string() + "/Müller – ドラム.jsonl";
    open(name).writeLines("one\n");
    EXPECT_EQ(contentOf(name), "one\n");
}

TEST_F(RotatingFileTest, EndsALineThatACrashLeftUnfinished) {
    std::ofstream(path_, std::ios::binary) << "one\n{\"torn\":";
    open(path_).writeLines("two\n");
    EXPECT_EQ(contentOf(path_), "one\n{\"torn\":\ntwo\n");
    EXPECT_EQ(file_->stats().delivered, 1U);
}

TEST_F(RotatingFileTest, RenamesAFullFileAndKeepsAsManyAsItMay) {
    auto& file = open(path_, 4096, 3);
    const std::string line = std::string(999, 'x') + "\n";
    for (int i = 0; i < 40; ++i) file.writeLines(std::to_string(i % 10) + line.substr(1));
    EXPECT_EQ(countFiles(), 3);
    for (const auto* name : {"trace.jsonl", "trace.jsonl.1", "trace.jsonl.2"}) {
        const auto content = contentOf(directory_ / name);
        EXPECT_EQ(content.size(), 4000U) << name;
        EXPECT_EQ(content.back(), '\n');
    }
    EXPECT_EQ(contentOf(path_)[3000], '9') << "the newest is in the current file";
    EXPECT_EQ(contentOf(directory_ / "trace.jsonl.1")[3000], '5');
    EXPECT_EQ(file.stats().delivered, 40U);
    expectConserved();
}

TEST_F(RotatingFileTest, RemovesWhatARunThatMightKeepMoreHasLeft) {
    const std::string line = std::string(999, 'x') + "\n";
    auto& many = open(path_, 4096, 8);
    for (int i = 0; i < 40; ++i) many.writeLines(line);
    EXPECT_EQ(countFiles(), 8);
    auto& few = open(path_, 4096, 3);
    for (int i = 0; i < 8; ++i) few.writeLines(line);
    EXPECT_EQ(countFiles(), 3);
}

TEST_F(RotatingFileTest, FillsAFileToItsLimitAndNoFurther) {
    auto& file = open(path_, 4096, 2);
    file.writeLines(std::string(4095, 'x') + "\n");
    EXPECT_FALSE(fs::exists(path_ + ".1"));
    file.writeLines("y\n");
    EXPECT_EQ(fs::file_size(path_ + ".1"), 4096U);
    EXPECT_EQ(contentOf(path_), "y\n");
}

TEST_F(RotatingFileTest, SplitsABlockOfLinesBetweenFiles) {
    auto& file = open(path_, 4096, 10);
    std::string block;
    for (int i = 0; i < 30; ++i) block += std::string(499, 'x') + "\n";
    file.writeLines(block);
    EXPECT_EQ(file.stats().delivered, 30U);
    std::string all;
    for (const auto* suffix : {".3", ".2", ".1", ""}) {
        const auto content = contentOf(path_ + suffix);
        EXPECT_LE(content.size(), 4096U);
        EXPECT_EQ(content.size() % 500, 0U) << "not of whole lines";
        all += content;
    }
    EXPECT_EQ(all, block);
}

TEST_F(RotatingFileTest, GivesALineThatIsLargerThanAFileOneOfItsOwn) {
    auto& file = open(path_, 4096, 3);
    file.writeLines("small\n");
    file.writeLines(std::string(9999, 'x') + "\n");
    file.writeLines("after\n");
    EXPECT_EQ(contentOf(path_), "after\n");
    EXPECT_EQ(fs::file_size(path_ + ".1"), 10000U);
    EXPECT_EQ(contentOf(path_ + ".2"), "small\n");
    EXPECT_EQ(file.stats().delivered, 3U);
}

TEST_F(RotatingFileTest, KeepsOneFileWhenItMayKeepOne) {
    auto& file = open(path_, 4096, 1);
    for (int i = 0; i < 10; ++i) file.writeLines(std::string(999, 'x') + "\n");
    EXPECT_EQ(countFiles(), 1);
    EXPECT_EQ(fs::file_size(path_), 2000U);
    EXPECT_THAT(errors_, ::testing::IsEmpty());
}

TEST_F(RotatingFileTest, CountsTheSizeOfAFileItFinds) {
    std::ofstream(path_, std::ios::binary) << std::string(4000, 'x') << "\n";
    open(path_, 4096, 2).writeLines(std::string(499, 'y') + "\n");
    EXPECT_EQ(fs::file_size(path_), 500U);
    EXPECT_EQ(fs::file_size(path_ + ".1"), 4001U);
}

TEST_F(RotatingFileTest, SaysAtOnceWhenItHasNoPath) {
    open("");
    EXPECT_THAT(errors_, ::testing::ElementsAre(HasSubstr("Config::file.path is empty")));
    file_->writeLines("one\ntwo\n");
    EXPECT_THAT(errors_, SizeIs(1));
    EXPECT_EQ(file_->stats().dropped[DropReason::sinkFailed], 2U);
    EXPECT_FALSE(file_->isWritable());
    expectConserved();
}

TEST_F(RotatingFileTest, ReportsAPathThatCannotBeWrittenOnceAndCountsItsLines) {
    open(directory_.path().string());
    for (int i = 0; i < 3; ++i) file_->writeLines("one\n");
    EXPECT_THAT(errors_, ::testing::ElementsAre(AllOf(HasSubstr(withoutHome(directory_.path().string())),
                                                      HasSubstr("cannot be opened for writing"),
                                                      HasSubstr("directory"))));
    EXPECT_EQ(file_->stats().dropped[DropReason::sinkFailed], 3U);
    EXPECT_FALSE(file_->isWritable());
    expectConserved();
}

TEST_F(RotatingFileTest, WritesAgainWhenThePathCanBeWrittenAgain) {
    fs::create_directory(path_);
    open(path_).writeLines("lost\n");
    fs::remove(path_);
    file_->writeLines("kept\n");
    EXPECT_EQ(contentOf(path_), "kept\n");
    EXPECT_TRUE(file_->isWritable());
    EXPECT_EQ(file_->stats().delivered, 1U);
    fs::remove(path_);
    expectConserved();
}

TEST_F(RotatingFileTest, BeginsAnewWhereItsFileWasDeletedOrMoved) {
    auto& file = open(path_);
    file.writeLines("one\n");
    fs::remove(path_);
    file.writeLines("two\n");
    EXPECT_EQ(contentOf(path_), "two\n");
    fs::rename(path_, path_ + ".old");
    file.writeLines("three\n");
    EXPECT_EQ(contentOf(path_), "three\n");
    fs::rename(path_ + ".old", path_);
    file.writeLines("four\n");
    EXPECT_EQ(contentOf(path_), "two\nfour\n");
    fs::remove(path_);
    file.writeLines(std::string(4000, 'x') + "\n" + std::string(4000, 'y') + "\n");
    EXPECT_EQ(contentOf(path_ + ".1"), std::string(4000, 'x') + "\n");
    EXPECT_THAT(errors_, ::testing::IsEmpty());
    EXPECT_EQ(file.stats().delivered, 6U);
    expectConserved();
}

}
