#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <exception>
#include <filesystem>
#include <fstream>
#include <system_error>

#include <sidespan/sink_file/rotating_file.h>

#include <sidespan/detail/utf8_path.h>

#include "line_file.h"

namespace sidespan::inline v0 {
namespace {

namespace fs = std::filesystem;
using detail::toWholePath;

std::size_t countLines(std::string_view text) noexcept {
    return static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n'));
}

// The size of a file up to and including its last newline; `size`, that of the whole file, if it cannot be
// read.
std::size_t sizeOfWholeLines(const fs::path& path, std::size_t size) {
    std::ifstream file(path, std::ios::binary);
    std::array<char, 4096> block{};
    for (std::size_t end = size; end > 0;) {
        const std::size_t begin = end - std::min(end, block.size());
        file.seekg(static_cast<std::streamoff>(begin));
        if (!file.read(block.data(), static_cast<std::streamsize>(end - begin))) return size;
        const auto at = std::string_view(block.data(), end - begin).rfind('\n');
        if (at != std::string_view::npos) return begin + at + 1;
        end = begin;
    }
    return 0;
}

// False if `from` exists and could not be renamed.
bool moveOver(const fs::path& from, const fs::path& to, std::error_code& failed) {
    fs::rename(from, to, failed);
    return !failed || !detail::LineFile::isThere(from);
}

}

std::optional<Error> RotatingFile::checkPath(const Config& config) {
    if (!config.file.path.empty()) return std::nullopt;
    return Error{ErrorCode::invalidConfig,
                 "Config::file.path is empty; the file sink needs the path of a file to write"};
}

RotatingFile::RotatingFile(const ValidConfig& config, std::string_view head)
    : config_(config), head_(head), file_(std::make_unique<detail::LineFile>()) {}
RotatingFile::~RotatingFile() = default;

void RotatingFile::start() {
    if (const auto wrong = checkPath(*config_)) fail(wrong->message);
}

void RotatingFile::writeLines(std::string_view lines) {
    try {
        writeParts(lines);
    } catch (const std::exception&) {  // no memory for a path or a message
        close();
    }
    count(0, countLines(lines));
    if (isLocked_) file_->unlock();
    isLocked_ = false;
}

// `lines` keeps what could not be written.
void RotatingFile::writeParts(std::string_view& lines) {
    while (!lines.empty() && open()) {
        const std::string_view part = fittingPart(lines);
        if (!part.empty()) {
            append(part);
            lines.remove_prefix(part.size());
        } else if (!rotate()) {
            return;
        }
    }
}

// Opens the file that is at the path now, and takes its lock.
bool RotatingFile::open() {
    constexpr int mostRotations = 100;  // by others, while this opens the file
    const fs::path path = toWholePath(config_->file.path);
    for (int i = 0; i < mostRotations; ++i) {
        const bool isNew = !file_->isOpen();
        if (isNew && !openNew()) return false;
        if (!isLocked_) isLocked_ = file_->lock();
        if (!file_->isAt(path)) {
            close();
            continue;
        }
        const bool isAsWeLeftIt = !isNew && file_->size() == size_;
        size_ = file_->size();
        if (!isAsWeLeftIt && file_->endsInsideLine() && !endLine()) return false;
        return size_ != 0 || writeOwn(head_);
    }
    failTo("opened for writing", "it is replaced again and again");
    return false;
}

bool RotatingFile::openNew() {
    if (config_->file.path.empty()) return false;
    const fs::path path = toWholePath(config_->file.path);
    if (path.has_parent_path()) detail::makeDirectories(path.parent_path());
    std::error_code ignored;
    if (fs::is_fifo(path, ignored)) {  // opening it would wait for a reader
        failTo("opened for writing", "it is a pipe");
        return false;
    }
    const auto problem = file_->open(path);
    if (!problem.empty()) {
        failTo("opened for writing", problem);
        return false;
    }
    mayRename_ = !file_->isDevice() && !detail::LineFile::behindLinks(path).empty();
    return true;
}

// Ends an unfinished line, so that the next line does not become part of it. In a file with a head it would
// make the rest unreadable, so it is removed, if the lock shows that nobody is writing it.
bool RotatingFile::endLine() {
    return (!head_.empty() && isLocked_ && cutLine()) || writeOwn("\n");
}

bool RotatingFile::cutLine() {
    const fs::path path = toWholePath(config_->file.path);
    const std::size_t whole = sizeOfWholeLines(path, size_);
    if (whole == size_) return false;
    std::error_code failed;
    fs::resize_file(path, whole, failed);
    if (!failed) size_ = whole;
    return !failed;
}

// Writes text that is not a span.
bool RotatingFile::writeOwn(std::string_view text) {
    const std::size_t written = file_->append(text);
    size_ += written;
    if (written == text.size()) return true;
    failTo("written", std::strerror(errno));
    close();
    return false;
}

// As many whole lines as still fit, but at least one if the file is new. All lines if the file must not be
// renamed: without its lock, and a device.
std::string_view RotatingFile::fittingPart(std::string_view lines) const {
    const std::size_t most = config_->file.maxBytes;
    const std::size_t left = size_ < most ? most - size_ : 0;
    if (!isLocked_ || !mayRename_ || lines.size() <= left) return lines;
    std::size_t end = left == 0 ? std::string_view::npos : lines.rfind('\n', left - 1);
    if (end == std::string_view::npos && size_ <= head_.size()) end = lines.find('\n');
    return end == std::string_view::npos ? std::string_view() : lines.substr(0, end + 1);
}

void RotatingFile::append(std::string_view lines) {
    const std::size_t written = file_->append(lines);
    const int problem = errno;
    size_ += written;
    const std::size_t delivered = countLines(lines.substr(0, written));
    count(delivered, countLines(lines) - delivered);
    if (written == lines.size()) {
        isFailing_ = false;
        return;
    }
    failTo("written", std::strerror(problem));
    close();  // opening it again ends the unfinished line
}

// The lock is held until the file has its new name.
bool RotatingFile::rotate() {
    const bool isRotated = renameAll();
    close();
    return isRotated;
}

bool RotatingFile::renameAll() {
    const fs::path path = detail::LineFile::behindLinks(toWholePath(config_->file.path));
    const auto numbered = [&](std::uint32_t number) {
        fs::path name = path;
        name += ".";
        name += std::to_string(number);
        return name;
    };
    std::error_code failed;
    for (auto beyond = config_->file.maxFiles; fs::remove(numbered(beyond), failed); ++beyond) {
    }  // files of a run with a larger maxFiles
    const std::uint32_t oldest = config_->file.maxFiles - 1;
    fs::remove(oldest == 0 ? path : numbered(oldest), failed);
    const bool isGone = oldest == 0 && !failed;
    std::uint32_t last = 1;  // the first free number, or the oldest
    while (last < oldest && detail::LineFile::isThere(numbered(last))) ++last;
    for (std::uint32_t number = last; number > 1; --number) {
        if (!moveOver(numbered(number - 1), numbered(number), failed))
            static_cast<void>(detail::LineFile::copyForReaders(numbered(number - 1), numbered(number)));
    }
    if (isGone || (oldest > 0 && moveOver(path, numbered(1), failed))) return true;
    const bool isCopied = oldest == 0 || detail::LineFile::copyForReaders(path, numbered(1));
    std::error_code full;
    fs::resize_file(path, 0, full);  // better to lose the old lines than to grow without bound
    if (!isCopied || full) failTo("rotated", (isCopied ? full : failed).message());
    return !full;
}

void RotatingFile::close() noexcept {
    file_->close();
    isLocked_ = false;
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

void RotatingFile::count(std::size_t delivered, std::size_t failed) noexcept {
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
