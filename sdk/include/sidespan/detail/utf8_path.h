#pragma once

#include <filesystem>
#include <string>

#include <sidespan/version.h>

namespace sidespan::inline v0::detail {

/// The path that Config names in UTF-8.
[[nodiscard]] inline std::filesystem::path toPath(const std::string& utf8) {
    return {std::u8string(utf8.begin(), utf8.end())};
}

}
