#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

#include <sidespan/version.h>

namespace sidespan::inline v0 {

/// The file sink. A group of `Config`.
struct FileSettings {
    std::string path{};  ///< of the file; required by the file sink
    /// A full file is renamed to path.1, path.1 to path.2 ...; 4 KiB to 1 TiB.
    std::size_t maxBytes = std::size_t{16} << 20U;
    std::uint32_t maxFiles = 4;  ///< number of files, including the current one; 1 to 1000
};

}
