#include "line_file.h"

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <system_error>

namespace sidespan::inline v0::detail {

struct LineFile::Handle {
    Handle(std::FILE* opened, std::filesystem::path from) : file(opened), path(std::move(from)) {
        // A write is a write: nothing of ours is lost by a crash.
        std::setvbuf(file, nullptr, _IONBF, 0);
    }
    ~Handle() { std::fclose(file); }
    Handle(const Handle&) = delete;
    Handle& operator=(const Handle&) = delete;

    std::FILE* const file;
    const std::filesystem::path path;
};

LineFile::LineFile() noexcept = default;
LineFile::~LineFile() = default;

std::string LineFile::open(const std::filesystem::path& path) {
    errno = 0;
    std::FILE* const file = _wfopen(path.c_str(), L"abN");
    if (file == nullptr) return std::strerror(errno);
    handle_ = std::make_unique<Handle>(file, path);
    return {};
}

bool LineFile::lock() noexcept {
    return true;
}

void LineFile::unlock() noexcept {}

// A file that is open cannot be moved.
bool LineFile::isAt(const std::filesystem::path& path) const noexcept {
    std::error_code failed;
    return std::filesystem::exists(path, failed) && !failed;
}

std::size_t LineFile::size() const noexcept {
    std::error_code failed;
    const auto size = std::filesystem::file_size(handle_->path, failed);
    return failed ? 0 : static_cast<std::size_t>(size);
}

bool LineFile::endsInsideLine() const noexcept {
    std::ifstream file(handle_->path, std::ios::binary);
    return file.seekg(-1, std::ios::end) && file.get() != '\n';
}

std::size_t LineFile::append(std::string_view text) noexcept {
    errno = 0;
    return std::fwrite(text.data(), 1, text.size(), handle_->file);
}

void LineFile::prepareRename() noexcept {
    close();
}

void LineFile::close() noexcept {
    handle_.reset();
}

}
