#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <iterator>
#include <memory>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <sidespan/sink_file/rotating_file.h>

#include "support/temporary_directory.h"

namespace sidespan::test {

/// A file that is opened with other limits, as by other runs, and the errors that it reports.
class RotatingFileTest : public ::testing::Test {
protected:
    RotatingFile& open(const std::string& path, std::size_t maxBytes = 4096, std::uint32_t maxFiles = 3) {
        Config config;
        config.file = {path, maxBytes, maxFiles};
        config.onError = [this](const Error& error) { errors_.push_back(error.message); };
        file_ = std::make_unique<RotatingFile>(validate(config).value());
        file_->start();
        return *file_;
    }
    [[nodiscard]] std::ptrdiff_t countFiles() const {
        return std::distance(std::filesystem::directory_iterator(directory_.path()),
                             std::filesystem::directory_iterator());
    }
    void expectConserved() const {
        const auto stats = file_->stats();
        EXPECT_EQ(stats.received, stats.delivered + stats.dropped.total());
    }

    TemporaryDirectory directory_;
    const std::string path_ = directory_ / "trace.jsonl";
    std::vector<std::string> errors_;
    std::unique_ptr<RotatingFile> file_;
};

}
