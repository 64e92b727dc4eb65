#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <string_view>
#include <typeinfo>
#include <vector>

#include <sidespan/outcome.h>

/// What differs between operating systems. Implemented in sdk/src/platform/, the one room that knows them.
namespace sidespan::inline v0::detail::platform {

/// A number no other live thread has. Wait-free, no thread_local, no system call; never zero.
[[nodiscard]] std::uint64_t threadKey() noexcept;

/// A number that no other running process has. On Windows it changes to 0 once the process ends and its other
/// threads have ended.
[[nodiscard]] std::uint64_t processId() noexcept;

/// Calls `last` when the program ends, or what holds this code is unloaded: before what was registered
/// earlier, and in a forked child as well. False where that cannot be, as on Windows: no other thread is left
/// there by then.
bool callAtExit(void (*last)()) noexcept;

/// The function of that name in a library that is loaded; null when there is none, and on Windows.
[[nodiscard]] void* findLoaded(const char* name) noexcept;

/// Each directory that is the user's home: the environment's, that of the password database or the profile,
/// and both with links resolved, on Windows also in their long and short spelling; without a slash at the
/// end. Those of three characters or less, such as roots, are
/// left out. Reads files, and asks name services, so it may block.
[[nodiscard]] std::vector<std::string> homeDirectories();

/// A type's name as it is written in the source, if the platform can provide it.
class TypeName {
public:
    /// Allocates; without memory it returns the compiler's name.
    explicit TypeName(const std::type_info& type) noexcept;
    ~TypeName();
    TypeName(const TypeName&) = delete;
    TypeName& operator=(const TypeName&) = delete;

    [[nodiscard]] std::string_view view() const noexcept { return name_; }

private:
    char* allocated_ = nullptr;
    std::string_view name_;
};

/// The operating system's version: the product's on macOS and Windows ("14.2.1"), the kernel's elsewhere.
/// Empty when it is not told.
[[nodiscard]] std::string osVersion();

/// Fills `bytes` from the operating system's generator; false when it has none to give.
[[nodiscard]] bool fillRandom(std::span<std::byte> bytes) noexcept;

/// Whether reading std::chrono::steady_clock stays in user space here. Where it does not, a read may block.
[[nodiscard]] bool isSteadyClockInUserSpace() noexcept;

/// A number that a forked child reads as zero, whatever it was.
class ForkCell {
public:
    ForkCell();
    ~ForkCell();
    ForkCell(const ForkCell&) = delete;
    ForkCell& operator=(const ForkCell&) = delete;

    [[nodiscard]] std::atomic<std::uint32_t>& value() const noexcept { return *value_; }

private:
    std::atomic<std::uint32_t>* value_;
};

/// A thread that inherits nothing of the host's that could harm it: ordinary priority, on Linux the
/// processors of the process's first thread, the default floating-point environment, and every signal blocked
/// but SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGTRAP, SIGABRT and SIGSYS, which a crash reporter wants to see.
class Thread {
public:
    Thread() noexcept;
    ~Thread();
    Thread(Thread&&) noexcept;
    Thread& operator=(Thread&&) noexcept;

    /// `name` has at most 15 characters (Linux drops longer ones).
    [[nodiscard]] static Outcome<Thread> start(const char* name, std::function<void()> body);

    [[nodiscard]] bool isJoinable() const noexcept { return handle_ != nullptr; }
    /// On Windows the thread keeps the binary loaded that started it, so this is never called while that is
    /// unloaded; where somebody calls it in DllMain all the same, it returns when the body is done.
    void join() noexcept;
    /// Lets go of a thread that does not exist in this process: it was left behind by fork.
    void forget() noexcept;

private:
    struct Handle;
    std::unique_ptr<Handle> handle_;
};

/// Memory of whole pages, every one of them touched: using it causes no page fault.
class TouchedMemory {
public:
    TouchedMemory() noexcept = default;
    explicit TouchedMemory(std::size_t size);
    ~TouchedMemory();
    TouchedMemory(TouchedMemory&& other) noexcept;
    TouchedMemory& operator=(TouchedMemory&& other) noexcept;

    [[nodiscard]] std::span<std::byte> bytes() const noexcept { return bytes_; }

private:
    std::span<std::byte> bytes_;
};

/// A mutex for statics of a library that may be unloaded: it is ready before any code has run, and its
/// destructor does nothing. std::mutex promises neither on Windows, with mingw-w64 or older releases of MSVC.
#if defined(_WIN32)
class StaticMutex {
public:
    constexpr StaticMutex() noexcept = default;
    StaticMutex(const StaticMutex&) = delete;
    StaticMutex& operator=(const StaticMutex&) = delete;

    void lock() noexcept;
    void unlock() noexcept;

private:
    void* srwLock_ = nullptr;
};
#else
using StaticMutex = std::mutex;
#endif

/// Tells the processor that this thread is waiting for another.
void pause() noexcept;

/// Lets another thread run.
void yield() noexcept;

/// Blocks SIGXFSZ and SIGPIPE on this thread, and takes those that a write raises meanwhile: a write beyond
/// RLIMIT_FSIZE, or to a connection that was reset, then only fails, and the signal does not end the host.
/// One thread, for the length of a write. Where there are no such signals it does nothing.
class WriteSignalBlock {
public:
    WriteSignalBlock() noexcept;
    ~WriteSignalBlock();
    WriteSignalBlock(const WriteSignalBlock&) = delete;
    WriteSignalBlock& operator=(const WriteSignalBlock&) = delete;

private:
    [[maybe_unused]] unsigned wereBlocked_ = 0;  // a bit for each signal
    [[maybe_unused]] unsigned werePending_ = 0;
};

}
