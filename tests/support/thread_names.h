#pragma once

#include <cstddef>
#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>

namespace sidespan::test {

/// How many threads of this process have a name that begins so. Linux.
[[nodiscard]] inline std::size_t threadsNamed(std::string_view prefix) {
    std::size_t count = 0;
    for (const auto& task : std::filesystem::directory_iterator("/proc/self/task")) {
        std::string name;
        std::ifstream comm(task.path() / "comm");
        std::getline(comm, name);
        count += name.starts_with(prefix) ? 1 : 0;
    }
    return count;
}

}
