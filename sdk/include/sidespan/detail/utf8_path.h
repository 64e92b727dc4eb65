#pragma once

#include <filesystem>
#include <string>
#include <system_error>

#include <sidespan/version.h>

namespace sidespan::inline v0::detail {

/// The path that Config names in UTF-8.
[[nodiscard]] inline std::filesystem::path toPath(const std::string& utf8) {
    return {std::u8string(utf8.begin(), utf8.end())};
}

/// The same, however long it is. On Windows a whole path; with a prefix of the system's where it would be
/// too long without.
[[nodiscard]] std::filesystem::path toWholePath(const std::string& utf8);
/// Makes the directory and what leads there. Whether it is there now.
bool makeDirectories(const std::filesystem::path& path);

#ifndef _WIN32
inline std::filesystem::path toWholePath(const std::string& utf8) {
    return toPath(utf8);
}

inline bool makeDirectories(const std::filesystem::path& path) {
    std::error_code failed;
    std::filesystem::create_directories(path, failed);
    return !failed;
}
#endif

}
