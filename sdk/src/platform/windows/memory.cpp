#include "windows_api.h"

#include <new>
#include <utility>

#include <sidespan/detail/platform.h>

namespace sidespan::inline v0::detail::platform {

ForkCell::ForkCell() : value_(new std::atomic<std::uint32_t>(0)) {}  // Windows has no fork
ForkCell::~ForkCell() {
    delete value_;
}

TouchedMemory::TouchedMemory(std::size_t size) {
    SYSTEM_INFO info;
    ::GetSystemInfo(&info);
    const std::size_t page = info.dwPageSize;
    const std::size_t whole = (size + page - 1) / page * page;
    void* pages = ::VirtualAlloc(nullptr, whole, MEM_RESERVE | MEM_COMMIT, PAGE_READWRITE);
    if (pages == nullptr) throw std::bad_alloc();
    bytes_ = {static_cast<std::byte*>(pages), whole};
    for (std::size_t at = 0; at < whole; at += page)
        const_cast<volatile std::byte&>(bytes_[at]) = std::byte{0};
}

TouchedMemory::~TouchedMemory() {
    if (!bytes_.empty()) ::VirtualFree(bytes_.data(), 0, MEM_RELEASE);
}

TouchedMemory::TouchedMemory(TouchedMemory&& other) noexcept : bytes_(std::exchange(other.bytes_, {})) {}

TouchedMemory& TouchedMemory::operator=(TouchedMemory&& other) noexcept {
    std::swap(bytes_, other.bytes_);
    return *this;
}

}
