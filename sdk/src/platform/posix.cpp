#include <dlfcn.h>
#include <pthread.h>
#include <pwd.h>
#include <sched.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/random.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cfenv>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <iterator>
#include <new>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#if defined(__linux__)
#include <sys/auxv.h>
#endif
#if defined(__APPLE__)
#include <sys/sysctl.h>
#else
#include <sys/utsname.h>
#endif

#include <sidespan/detail/compiler.h>
#include <sidespan/detail/instructions.h>
#include <sidespan/detail/join.h>
#include <sidespan/detail/platform.h>

#if defined(__APPLE__)
#define SIDESPAN_ANONYMOUS_MAP MAP_ANON
#else
#define SIDESPAN_ANONYMOUS_MAP MAP_ANONYMOUS
#endif

namespace sidespan::inline v0::detail::platform {

std::uint64_t threadKey() noexcept {
#if defined(__APPLE__)
    return reinterpret_cast<std::uintptr_t>(pthread_self());
#else
    return static_cast<std::uint64_t>(pthread_self());
#endif
}

std::uint64_t processId() noexcept {
    return static_cast<std::uint64_t>(::getpid());
}

bool callAtExit(void (*last)()) noexcept {
    return std::atexit(last) == 0;
}

void* findLoaded(const char* name) noexcept {
    return ::dlsym(RTLD_DEFAULT, name);
}

namespace {

std::string resolved(const std::string& path) {
    char* const real = ::realpath(path.c_str(), nullptr);
    std::string result = real == nullptr ? "" : real;
    std::free(real);
    return result;
}

// The home directory in the password database: sandboxes set HOME to their own folder.
std::string homeOfRecord() {
    std::vector<char> buffer(std::size_t{16} << 10U);
    passwd entry{};
    passwd* found = nullptr;
    const int failed = ::getpwuid_r(::getuid(), &entry, buffer.data(), buffer.size(), &found);
    return failed != 0 || found == nullptr || found->pw_dir == nullptr ? "" : found->pw_dir;
}

SIDESPAN_COLD void addHome(std::vector<std::string>& homes, std::string home) {
    constexpr std::size_t longestRoot = 3;
    while (home.ends_with('/')) home.pop_back();
    if (home.size() > longestRoot && std::ranges::find(homes, home) == homes.end())
        homes.push_back(std::move(home));
}

}

SIDESPAN_COLD std::vector<std::string> homeDirectories() {
    std::vector<std::string> homes;
    const char* const told = std::getenv("HOME");
    for (const std::string& home : {std::string(told == nullptr ? "" : told), homeOfRecord()}) {
        addHome(homes, home);
        addHome(homes, resolved(home));
    }
    return homes;
}

SIDESPAN_COLD std::string osVersion() {
#if defined(__APPLE__)
    char version[64] = {};
    std::size_t size = sizeof version - 1;
    return ::sysctlbyname("kern.osproductversion", version, &size, nullptr, 0) == 0 ? version : "";
#else
    utsname system{};
    return ::uname(&system) == 0 ? system.release : "";
#endif
}

bool fillRandom(std::span<std::byte> bytes) noexcept {
    constexpr std::size_t mostPerCall = 256;  // getentropy's limit
    while (!bytes.empty()) {
        const std::size_t size = bytes.size() < mostPerCall ? bytes.size() : mostPerCall;
        if (::getentropy(bytes.data(), size) != 0) return false;
        bytes = bytes.subspan(size);
    }
    return true;
}

SIDESPAN_COLD bool isSteadyClockInUserSpace() noexcept {
#if defined(__linux__)
    if (::getauxval(AT_SYSINFO_EHDR) == 0) return false;
    std::FILE* file = std::fopen("/sys/devices/system/clocksource/clocksource0/current_clocksource", "re");
    if (file == nullptr) return true;  // not known: trust the vDSO
    char name[64] = {};
    const bool isRead = std::fgets(name, sizeof name, file) != nullptr;
    std::fclose(file);
    if (!isRead) return true;
    const std::string_view source(name, std::strcspn(name, "\n"));
    for (const std::string_view slow : {"hpet", "acpi_pm", "jiffies", "refined-jiffies", "pit", "xen"}) {
        if (source == slow) return false;
    }
#endif
    return true;
}

namespace {

std::size_t pageSize() noexcept {
    const long size = ::sysconf(_SC_PAGESIZE);
    return size > 0 ? static_cast<std::size_t>(size) : 4096;
}

void* mapPages(std::size_t size) {
    void* pages = ::mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | SIDESPAN_ANONYMOUS_MAP, -1, 0);
    if (pages == MAP_FAILED) throw std::bad_alloc();
    return pages;
}

}

ForkCell::ForkCell() {
    void* page = mapPages(pageSize());
#if defined(MADV_WIPEONFORK)
    ::madvise(page, pageSize(), MADV_WIPEONFORK);  // Linux 4.14 and later
#elif defined(VM_INHERIT_ZERO)
    ::minherit(page, pageSize(), VM_INHERIT_ZERO);
#elif defined(INHERIT_ZERO)
    ::minherit(page, pageSize(), INHERIT_ZERO);
#endif
    value_ = ::new (page) std::atomic<std::uint32_t>(0);
}

ForkCell::~ForkCell() {
    ::munmap(static_cast<void*>(value_), pageSize());
}

struct Thread::Handle {
    pthread_t thread{};
    std::function<void()> body;
    char name[16] = {};
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

namespace {

void nameThisThread(const char* name) noexcept {
#if defined(__APPLE__)
    ::pthread_setname_np(name);
#elif defined(__linux__)
    ::pthread_setname_np(::pthread_self(), name);
#else
    static_cast<void>(name);
#endif
}

// Leaves the processor that an audio thread may be pinned to, for those of the process's first thread.
void leaveStartersProcessor() noexcept {
#if defined(__linux__)
    cpu_set_t first;
    if (::sched_getaffinity(::getpid(), sizeof first, &first) == 0)
        ::sched_setaffinity(0, sizeof first, &first);
#endif
}

// All signals except those that a thread's own faults raise: if these are blocked, the kernel ends the
// process without calling the host's crash reporter.
sigset_t blockedSignals() noexcept {
    sigset_t signals;
    sigfillset(&signals);  // a macro on macOS
    for (const int fault : {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGTRAP, SIGABRT, SIGSYS})
        sigdelset(&signals, fault);
    return signals;
}

// Does not inherit the real-time priority of an audio thread. On macOS a quality of service replaces policy
// and priority: "utility" is for work that nobody waits for at once.
int createOrdinaryThread(pthread_t* thread, void* (*run)(void*), void* argument) noexcept {
    pthread_attr_t attributes;
    if (const int failed = ::pthread_attr_init(&attributes); failed != 0) return failed;
    ::pthread_attr_setinheritsched(&attributes, PTHREAD_EXPLICIT_SCHED);
#if defined(__APPLE__)
    ::pthread_attr_set_qos_class_np(&attributes, QOS_CLASS_UTILITY, 0);
#else
    ::pthread_attr_setschedpolicy(&attributes, SCHED_OTHER);
#endif
    const sigset_t blocked = blockedSignals();
    sigset_t before;
    ::pthread_sigmask(SIG_SETMASK, &blocked, &before);  // the new thread inherits the mask
    const int failed = ::pthread_create(thread, &attributes, run, argument);
    ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
    ::pthread_attr_destroy(&attributes);
    return failed;
}

}

SIDESPAN_COLD Outcome<Thread> Thread::start(const char* name, std::function<void()> body) {
    Thread thread;
    thread.handle_ = std::make_unique<Handle>();
    thread.handle_->body = std::move(body);
    std::strncpy(thread.handle_->name, name, sizeof thread.handle_->name - 1);
    const auto run = [](void* argument) -> void* {
        auto* handle = static_cast<Handle*>(argument);
        nameThisThread(handle->name);
        leaveStartersProcessor();
        std::fesetenv(FE_DFL_ENV);
        handle->body();
        return nullptr;
    };
    if (const int failed = createOrdinaryThread(&thread.handle_->thread, run, thread.handle_.get());
        failed != 0) {
        thread.handle_.reset();
        return Error{ErrorCode::resource, detail::join({"thread \"", name, "\" could not be started: error ",
                                                        detail::decimal(failed), " of pthread_create"})};
    }
    return thread;
}

void Thread::join() noexcept {
    if (!handle_) return;
    ::pthread_join(handle_->thread, nullptr);
    handle_.reset();
}

void Thread::forget() noexcept {
    static_cast<void>(handle_.release());
}

TouchedMemory::TouchedMemory(std::size_t size) {
    const std::size_t page = pageSize();
    const std::size_t whole = (size + page - 1) / page * page;
    bytes_ = {static_cast<std::byte*>(mapPages(whole)), whole};
    for (std::size_t at = 0; at < whole; at += page)
        const_cast<volatile std::byte&>(bytes_[at]) = std::byte{0};
}

TouchedMemory::~TouchedMemory() {
    if (!bytes_.empty()) ::munmap(bytes_.data(), bytes_.size());
}

TouchedMemory::TouchedMemory(TouchedMemory&& other) noexcept : bytes_(std::exchange(other.bytes_, {})) {}

TouchedMemory& TouchedMemory::operator=(TouchedMemory&& other) noexcept {
    std::swap(bytes_, other.bytes_);
    return *this;
}

void pause() noexcept {
    processor::pause();
}

void yield() noexcept {
    ::sched_yield();
}

namespace {

constexpr int writeSignals[] = {SIGXFSZ, SIGPIPE};

// Those of writeSignals whose bits are set.
sigset_t setOf(unsigned bits) noexcept {
    sigset_t set;
    sigemptyset(&set);
    for (unsigned i = 0; i < std::size(writeSignals); ++i)
        if ((bits & (1U << i)) != 0) sigaddset(&set, writeSignals[i]);
    return set;
}

// A bit for each of writeSignals that is in the set.
unsigned bitsOf(const sigset_t& set) noexcept {
    unsigned bits = 0;
    for (unsigned i = 0; i < std::size(writeSignals); ++i)
        if (sigismember(&set, writeSignals[i]) == 1) bits |= 1U << i;
    return bits;
}

unsigned pendingWriteSignals() noexcept {
    sigset_t pending;
    return ::sigpending(&pending) == 0 ? bitsOf(pending) : 0;
}

void takePending(unsigned bits) noexcept {
    const sigset_t set = setOf(bits);
#if defined(__APPLE__)
    int taken = 0;
    ::sigwait(&set, &taken);
#else
    const std::timespec now{};
    ::sigtimedwait(&set, nullptr, &now);
#endif
}

}

SIDESPAN_COLD WriteSignalBlock::WriteSignalBlock() noexcept : werePending_(pendingWriteSignals()) {
    const sigset_t signals = setOf(~0U);
    sigset_t before;
    sigemptyset(&before);
    ::pthread_sigmask(SIG_BLOCK, &signals, &before);
    wereBlocked_ = bitsOf(before);
}

SIDESPAN_COLD WriteSignalBlock::~WriteSignalBlock() {
    const int result = errno;  // errno of the write
    const unsigned raised = pendingWriteSignals() & ~werePending_;
    for (unsigned bit = 1; bit <= raised; bit <<= 1U)
        if ((raised & bit) != 0) takePending(bit);
    const sigset_t notBlocked = setOf(~wereBlocked_);
    ::pthread_sigmask(SIG_UNBLOCK, &notBlocked, nullptr);
    errno = result;
}

}
