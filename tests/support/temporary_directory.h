#pragma once

#include <filesystem>
#include <random>
#include <string>

#include <gtest/gtest.h>

namespace sidespan::test {

/// A directory for one test, removed with everything in it.
class TemporaryDirectory {
public:
    TemporaryDirectory() {
        const auto name =
            "sidespan-" + std::to_string(std::random_device()()) + std::to_string(std::random_device()());
        const auto path = std::filesystem::path(::testing::TempDir()) / name;
        if (!std::filesystem::create_directory(path)) return;
        std::filesystem::permissions(path, std::filesystem::perms::owner_all);
        path_ = path;
    }
    ~TemporaryDirectory() {
        std::error_code ignored;
        std::filesystem::remove_all(path_, ignored);
    }
    TemporaryDirectory(const TemporaryDirectory&) = delete;
    TemporaryDirectory& operator=(const TemporaryDirectory&) = delete;

    [[nodiscard]] const std::filesystem::path& path() const { return path_; }
    [[nodiscard]] std::string operator/(const std::string& name) const { return (path_ / name).string(); }

private:
    std::filesystem::path path_;
};

}
