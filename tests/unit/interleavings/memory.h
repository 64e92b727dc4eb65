#pragma once

#include <array>
#include <atomic>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

/// C++'s memory as its threads may see it, without seq_cst and fences. Loads do not run ahead of the stores
/// before them ("load buffering"), and a store comes after all stores to its location that have been
/// executed. The latter leaves nothing out where one thread at a time writes to a location, or where all
/// stores to it are read-modify-writes.
namespace interleavings {

/// The first is the one that prepares an execution and checks it afterwards.
inline constexpr std::size_t mostThreads = 4;
inline constexpr std::size_t mostLocations = 16;

/// How much of each thread has happened before.
using Clock = std::array<std::uint32_t, mostThreads>;
/// The oldest store of each location that may still be read.
using View = std::array<std::size_t, mostLocations>;

/// A place in the code, by default that of the call: std::source_location, which clang 14 has not with
/// libstdc++.
struct Where {
    const char* file;
    unsigned line;
    const char* function;

    [[nodiscard]] static constexpr Where current(const char* file = __builtin_FILE(),
                                                 unsigned line = __builtin_LINE(),
                                                 const char* function = __builtin_FUNCTION()) {
        return {file, line, function};
    }
};

/// Where the code touches an atomic object, and in what order.
struct Site {
    std::string file;
    unsigned line = 0;
    std::string function;
    std::memory_order order = std::memory_order_relaxed;

    friend auto operator<=>(const Site&, const Site&) = default;
};

/// Who touched an object that is not atomic.
struct Shadow {
    std::uint64_t execution = 0;
    std::size_t writer = 0;
    std::uint32_t written = 0;
    Clock read{};
};

class Memory {
public:
    /// With `choose` a load takes one of so many stores, the newest first.
    explicit Memory(std::function<std::size_t(std::size_t)> choose) : choose_(std::move(choose)) {}

    /// Forgets everything: a new execution.
    void clear();
    /// Makes a location of an atomic object, and gives its number.
    [[nodiscard]] std::size_t add(std::uint64_t value);

    [[nodiscard]] std::uint64_t load(std::size_t thread, std::size_t location, std::memory_order order);
    void store(std::size_t thread, std::size_t location, std::uint64_t value, std::memory_order order);
    /// Gives what was there.
    template <class Change>
    std::uint64_t change(std::size_t thread, std::size_t location, std::memory_order order, Change change) {
        const std::uint64_t before = readLast(thread, location, order);
        append(thread, location, change(before), order, true);
        return before;
    }

    /// False if another thread may be writing at the same time.
    [[nodiscard]] bool read(std::size_t thread, Shadow& shadow) const;
    /// False if another thread may be reading or writing at the same time.
    [[nodiscard]] bool write(std::size_t thread, Shadow& shadow) const;

    /// What the first thread did happened before all that `thread` will do.
    void start(std::size_t thread);
    /// What `thread` did happened before all that the first one will do.
    void join(std::size_t thread);

private:
    struct Store {
        std::uint64_t value;
        Clock clock;  // what an acquiring load of it learns
        View view;
    };
    struct Thread {
        Clock clock;
        View view;
    };

    std::uint64_t readLast(std::size_t thread, std::size_t location, std::memory_order order);
    void append(std::size_t thread, std::size_t location, std::uint64_t value, std::memory_order order,
                bool continuesRelease);
    Shadow& current(Shadow& shadow) const;

    std::function<std::size_t(std::size_t)> choose_;
    std::array<std::vector<Store>, mostLocations> locations_;
    std::array<Thread, mostThreads> threads_{};
    std::size_t locationCount_ = 0;
    std::uint64_t execution_ = 0;
};

}
