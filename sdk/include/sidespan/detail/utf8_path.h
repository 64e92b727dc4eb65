#pragma once

#include <filesystem>
#include <string>
#include <system_error>

#include <sidespan/version.h>

namespace sidespan::inline v0::detail {

/// The path that Config names in UTF-8.
[[nodiscard]] inline std::filesystem::path toPath(const std::string& utf8) {
#ifdef __cpp_char8_t
    return {std::u8string(utf8.begin(), utf8.end())};
#else
    return std::filesystem::u8path(utf8);
#endif
}

/// The same, for a path of any length. On Windows the path is absolute, and a long one begins with
/// "\\?\", without which the system would refuse it.
[[nodiscard]] std::filesystem::path toWholePath(const std::string& utf8);
/// Makes the directory and its parents. Returns whether it is there now.
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
