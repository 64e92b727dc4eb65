// Runs a fuzz target over every file of the folders it is given, and over every beginning of the small ones.
#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <vector>

#include "fuzz_target.h"

namespace {

constexpr std::size_t smallFile = 1024;

// A buffer of the exact size, so that AddressSanitizer sees a step too far.
void run(const char* data, std::size_t size) {
    const std::vector<std::uint8_t> input(data, data + size);
    LLVMFuzzerTestOneInput(input.data(), input.size());
}

std::vector<char> contentsOf(const std::filesystem::path& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
}

std::size_t replay(const std::filesystem::path& folder) {
    std::size_t count = 0;
    for (const auto& entry : std::filesystem::directory_iterator(folder)) {
        const std::vector<char> contents = contentsOf(entry.path());
        for (std::size_t size = 0; size < std::min(contents.size(), smallFile); ++size)
            run(contents.data(), size);
        run(contents.data(), contents.size());
        ++count;
    }
    return count;
}

}

int main(int argc, char** argv) {
    std::size_t count = 0;
    for (int i = 1; i < argc; ++i) count += replay(argv[i]);
    std::printf("%zu inputs\n", count);
    return count > 0 ? 0 : 1;
}
