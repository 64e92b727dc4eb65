#pragma once

#include <filesystem>

namespace sidespan::bench {

/// A new directory, gone with everything in it when this is.
class TemporaryDirectory {
public:
    /// Throws std::system_error.
    TemporaryDirectory();
    ~TemporaryDirectory();
    TemporaryDirectory(const TemporaryDirectory&) = delete;
    TemporaryDirectory& operator=(const TemporaryDirectory&) = delete;

    [[nodiscard]] const std::filesystem::path& path() const noexcept { return path_; }

private:
    std::filesystem::path path_;
};

}
