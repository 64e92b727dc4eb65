#include "outbox/disk/directory.h"

namespace sidespan::inline v0::detail {

// Nothing is kept on disk here: the outbox is told so, reports it once, and keeps its batches in memory.
struct Directory::Handle {};

Directory::Directory() noexcept = default;
Directory::~Directory() = default;
Directory::Directory(Directory&&) noexcept = default;
Directory& Directory::operator=(Directory&&) noexcept = default;

namespace {

Error unsupported() {
    return {ErrorCode::io, "outbox directories are not supported on Windows"};
}

}

Outcome<Directory> Directory::make(const std::string&) {
    return unsupported();
}
Outcome<Directory> Directory::open(const std::string&) {
    return unsupported();
}
Outcome<Directory> Directory::openChild(const std::string&) const {
    return unsupported();
}
Outcome<Directory> Directory::makeChild(const std::string&) const {
    return unsupported();
}
bool Directory::tryLock() noexcept {
    return false;
}
Presence Directory::find(const std::string&) noexcept {
    return Presence::gone;
}
Presence Directory::findAt(const std::string&) const noexcept {
    return Presence::gone;
}
Presence Directory::findChild(const std::string&, const Directory&) const noexcept {
    return Presence::gone;
}
Presence Directory::findFile(const std::string&) const noexcept {
    return Presence::gone;
}
Outcome<> Directory::write(const std::string&, std::span<const std::string_view>) const {
    return unsupported();
}
Outcome<std::string> Directory::read(const std::string&, std::uint64_t) const {
    return unsupported();
}
Outcome<std::string> Directory::keep(const std::string&, std::string_view, bool (*)(std::string_view)) const {
    return unsupported();
}
Outcome<> Directory::update(const std::string&, const std::function<std::string(std::string_view)>&) const {
    return unsupported();
}
Outcome<> Directory::lengthen(const std::string&) const {
    return unsupported();
}
Outcome<std::uint64_t> Directory::sizeOf(const std::string&) const {
    return unsupported();
}
bool Directory::rename(const std::string&, const std::string&) const noexcept {
    return false;
}
bool Directory::moveTo(const Directory&, const std::string&) const noexcept {
    return false;
}
bool Directory::remove(const std::string&) const noexcept {
    return false;
}
bool Directory::wipe(const std::string&) const noexcept {
    return false;
}
bool Directory::removeChild(const std::string&, Directory) const {
    return false;
}
Outcome<std::vector<std::string>> Directory::list() const {
    return unsupported();
}
bool Directory::sync() const noexcept {
    return false;
}

}
