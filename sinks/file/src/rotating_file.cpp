#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <system_error>

#include <sidespan/sink_file/rotating_file.h>

#include <sidespan/detail/utf8_path.h>

namespace sidespan::inline v0 {
namespace {

namespace fs = std::filesystem;
using detail::toPath;

std::FILE* openForAppending(const fs::path& path) {
#if defined(_WIN32)
    return _wfopen(path.c_str(), L"abN");
#else
    return std::fopen(path.c_str(), "abe");
#endif
}

// A crash in the middle of a write leaves a line without an end; the next one must not become part of it.
bool endsInsideLine(const fs::path& path) {
    std::ifstream file(path, std::ios::binary);
    return file.seekg(-1, std::ios::end) && file.get() != '\n';
}

std::size_t countLines(std::string_view text) {
    return static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n'));
}

}

RotatingFile::RotatingFile(const ValidConfig& config) : config_(config) {}
RotatingFile::~RotatingFile() = default;

void RotatingFile::start() {
    if (const auto wrong = detail::checkFilePath(*config_)) fail(wrong->message);
}

void RotatingFile::writeLines(std::string_view lines) {
    letGoOfMovedFile();
    while (!lines.empty()) {
        if (!open()) return count(0, countLines(lines));
        const std::string_view part = fittingPart(lines);
        if (part.empty()) {
            if (!rotate()) return count(0, countLines(lines));
            continue;
        }
        append(part);
        lines.remove_prefix(part.size());
    }
}

// Somebody may have deleted or moved the file, which then still takes what is written.
void RotatingFile::letGoOfMovedFile() noexcept {
    if (!file_) return;
    std::error_code failed;
    const auto size = fs::file_size(toPath(config_->file.path), failed);
    if (failed || size != size_) close();
}

bool RotatingFile::open() {
    if (file_) return true;
    if (config_->file.path.empty()) return false;
    const fs::path path = toPath(config_->file.path);
    std::error_code ignored;
    if (path.has_parent_path()) fs::create_directories(path.parent_path(), ignored);
    if (fs::is_fifo(path, ignored)) {  // it would wait for a reader
        failTo("opened for writing", "it is a pipe");
        return false;
    }
    const bool mustEndLine = endsInsideLine(path);
    errno = 0;
    file_.reset(openForAppending(path));
    if (!file_) {
        failTo("opened for writing", std::strerror(errno));
        return false;
    }
    std::setvbuf(file_.get(), nullptr, _IONBF, 0);  // a write is a write: nothing of ours is lost by a crash
    const auto size = fs::file_size(path, ignored);
    size_ = ignored ? 0 : static_cast<std::size_t>(size);
    return !mustEndLine || endLine();
}

bool RotatingFile::endLine() {
    errno = 0;
    const std::size_t written = std::fwrite("\n", 1, 1, file_.get());
    size_ += written;
    if (written == 1) return true;
    failTo("written", std::strerror(errno));
    close();
    return false;
}

// As many whole lines as still fit; always one when the file is new, however long it is.
std::string_view RotatingFile::fittingPart(std::string_view lines) const {
    const std::size_t most = config_->file.maxBytes;
    const std::size_t left = size_ < most ? most - size_ : 0;
    if (lines.size() <= left) return lines;
    std::size_t end = left == 0 ? std::string_view::npos : lines.rfind('\n', left - 1);
    if (end == std::string_view::npos && size_ == 0) end = lines.find('\n');
    return end == std::string_view::npos ? std::string_view() : lines.substr(0, end + 1);
}

void RotatingFile::append(std::string_view lines) {
    errno = 0;
    const std::size_t written = std::fwrite(lines.data(), 1, lines.size(), file_.get());
    size_ += written;
    const std::size_t delivered = countLines(lines.substr(0, written));
    count(delivered, countLines(lines) - delivered);
    if (written == lines.size()) {
        isFailing_ = false;
        return;
    }
    failTo("written", std::strerror(errno));
    close();  // opening it again ends the torn line
}

bool RotatingFile::rotate() {
    close();
    const fs::path path = toPath(config_->file.path);
    const auto numbered = [&](std::uint32_t number) {
        fs::path name = path;
        name += ".";
        name += std::to_string(number);
        return name;
    };
    std::error_code failed;
    if (fs::is_character_file(path, failed))
        return true;  // a terminal, or /dev/null, which must stay where it is
    for (auto beyond = config_->file.maxFiles; fs::remove(numbered(beyond), failed); ++beyond) {
    }  // of a run that might keep more
    const std::uint32_t oldest = config_->file.maxFiles - 1;
    fs::remove(oldest == 0 ? path : numbered(oldest), failed);
    for (std::uint32_t number = oldest; number > 1; --number) {
        std::error_code absent;
        fs::rename(numbered(number - 1), numbered(number), absent);
    }
    if (oldest > 0) fs::rename(path, numbered(1), failed);
    if (failed == std::errc::no_such_file_or_directory) return true;
    if (!failed) return true;
    failTo("rotated", failed.message());
    fs::resize_file(path, 0, failed);  // better to lose the old lines than to grow without bound
    return !failed;
}

void RotatingFile::close() noexcept {
    file_.reset();
    size_ = 0;
}

void RotatingFile::failTo(std::string_view action, std::string_view reason) {
    std::string message = "\"";
    message.append(config_->file.path).append("\" cannot be ").append(action).append(": ").append(reason);
    fail(message);
}

void RotatingFile::fail(const std::string& what) {
    if (!isFailing_) config_.report({ErrorCode::io, what});
    isFailing_ = true;
}

void RotatingFile::count(std::size_t delivered, std::size_t failed) {
    const std::lock_guard lock(mutex_);
    stats_.received += delivered + failed;
    stats_.delivered += delivered;
    stats_.dropped[DropReason::sinkFailed] += failed;
}

SinkStats RotatingFile::stats() const {
    const std::lock_guard lock(mutex_);
    return stats_;
}

}
