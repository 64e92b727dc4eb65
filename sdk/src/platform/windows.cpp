#define NOMINMAX
#define WIN32_LEAN_AND_MEAN
#include <windows.h>
// after windows.h
#include <bcrypt.h>

#include <cfenv>
#include <cstdlib>
#include <new>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include <sidespan/detail/platform.h>

namespace sidespan::inline v0::detail::platform {

// "class std::runtime_error".
TypeName::TypeName(const std::type_info& type) noexcept : name_(type.name()) {
    for (const std::string_view word : {"class ", "struct "})
        if (name_.starts_with(word)) name_.remove_prefix(word.size());
}
TypeName::~TypeName() = default;

std::uint64_t threadKey() noexcept {
    return ::GetCurrentThreadId();
}

std::uint64_t processId() noexcept {
    return ::GetCurrentProcessId();
}

bool callAtExit(void (*)()) noexcept {
    return false;
}

void* findLoaded(const char*) noexcept {
    return nullptr;
}

namespace {

void addHome(std::vector<std::string>& homes, std::string home) {
    constexpr std::size_t longestRoot = 3;
    while (home.ends_with('\\')) home.pop_back();
    if (home.size() > longestRoot) homes.push_back(std::move(home));
}

// A path in its long or its short spelling, in which "Ann Miller" is "ANNMIL~1"; empty when it has none.
std::string spelled(const std::string& path, DWORD(WINAPI* spell)(LPCSTR, LPSTR, DWORD)) {
    std::string text(std::size_t{32} << 10U, '\0');
    const DWORD size = spell(path.c_str(), text.data(), static_cast<DWORD>(text.size()));
    text.resize(size < text.size() ? size : 0);
    return text;
}

}

std::vector<std::string> homeDirectories() {
    std::vector<std::string> homes;
    const char* const told = std::getenv("USERPROFILE");
    const std::string home = told == nullptr ? "" : told;
    addHome(homes, home);
    addHome(homes, spelled(home, ::GetLongPathNameA));
    addHome(homes, spelled(home, ::GetShortPathNameA));
    return homes;
}

// GetVersionEx() tells a program that names no version of its own in a manifest that this is Windows 8.
std::string osVersion() {
    using GetVersion = LONG(WINAPI*)(OSVERSIONINFOW*);
    const HMODULE library = ::GetModuleHandleW(L"ntdll.dll");
    if (library == nullptr) return {};
    const auto getVersion =
        reinterpret_cast<GetVersion>(reinterpret_cast<void*>(::GetProcAddress(library, "RtlGetVersion")));
    OSVERSIONINFOW version{};
    version.dwOSVersionInfoSize = sizeof version;
    if (getVersion == nullptr || getVersion(&version) != 0) return {};
    return std::to_string(version.dwMajorVersion) + "." + std::to_string(version.dwMinorVersion) + "." +
           std::to_string(version.dwBuildNumber);
}

bool fillRandom(std::span<std::byte> bytes) noexcept {
    return ::BCryptGenRandom(nullptr, reinterpret_cast<PUCHAR>(bytes.data()),
                             static_cast<ULONG>(bytes.size()), BCRYPT_USE_SYSTEM_PREFERRED_RNG) >= 0;
}

bool isSteadyClockInUserSpace() noexcept {
    return true;
}  // QueryPerformanceCounter reads the TSC

ForkCell::ForkCell() : value_(new std::atomic<std::uint32_t>(0)) {}  // Windows has no fork
ForkCell::~ForkCell() {
    delete value_;
}

struct Thread::Handle {
    std::thread thread;
};

Thread::Thread() noexcept = default;
Thread::Thread(Thread&&) noexcept = default;
Thread& Thread::operator=(Thread&& other) noexcept {
    if (this != &other) {
        join();
        handle_ = std::move(other.handle_);
    }
    return *this;
}
Thread::~Thread() {
    join();
}

Outcome<Thread> Thread::start(const char* name, std::function<void()> body) {
    try {
        Thread thread;
        thread.handle_ = std::make_unique<Handle>();
        thread.handle_->thread = std::thread([body = std::move(body)] {
            std::fesetenv(FE_DFL_ENV);
            body();
        });
        const std::wstring wide(name, name + std::char_traits<char>::length(name));
        ::SetThreadDescription(thread.handle_->thread.native_handle(), wide.c_str());
        return thread;
    } catch (const std::exception& failure) {
        return Error{ErrorCode::resource,
                     std::string("thread \"") + name + "\" could not be started: " + failure.what()};
    }
}

void Thread::join() noexcept {
    if (!handle_) return;
    if (handle_->thread.joinable()) handle_->thread.join();
    handle_.reset();
}

void Thread::forget() noexcept {
    static_cast<void>(handle_.release());
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

void pause() noexcept {
    YieldProcessor();
}
void yield() noexcept {
    ::SwitchToThread();
}

FileSizeSignalBlock::FileSizeSignalBlock() noexcept = default;
FileSizeSignalBlock::~FileSizeSignalBlock() = default;

}
