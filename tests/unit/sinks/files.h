#pragma once

#include <fstream>
#include <iterator>
#include <string>

#include <sidespan/detail/utf8_path.h>

#include "support/temporary_directory.h"

namespace sidespan::test {

[[nodiscard]] inline std::string contentOf(const std::string& path) {
    std::ifstream file(detail::toPath(path), std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
}

}
