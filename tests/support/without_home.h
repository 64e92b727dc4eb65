#pragma once

#include <string>

#include <sidespan/detail/drain/home_paths.h>
#include <sidespan/detail/platform.h>

namespace sidespan::test {

/// A path as errors show it, with "~" for the home directory.
[[nodiscard]] inline std::string withoutHome(std::string path) {
    const detail::HomePaths homes(detail::platform::homeDirectories());
    path.resize(homes.shorten(path.data(), path.size()));
    return path;
}

}
