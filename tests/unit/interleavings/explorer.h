#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "choices.h"
#include "fiber.h"
#include "memory.h"

/// Runs a few threads in every way they can interleave, with every value that C++'s memory model lets their
/// loads give (memory.h). The threads take turns on one thread of the system.
namespace interleavings {

/// What is explored; made anew for each execution, and left in the middle of some: what its threads'
/// functions hold then is not destroyed.
class Scenario {
public:
    virtual ~Scenario() = default;
    [[nodiscard]] virtual std::size_t threads() const = 0;
    /// What the thread does; from 0.
    virtual void run(std::size_t thread) = 0;
    /// When all threads have ended; its loads give the newest values.
    virtual void check() {}
};

struct Result {
    std::uint64_t executions = 0;
    std::string violation;  // of the first execution that had one; nothing was explored after it
    std::set<Site> sites;   // where threads touched atomic objects
};

struct Options {
    /// Here the order is relaxed, whatever the code says.
    std::optional<Site> relaxed;
    /// Leaves out executions that differ from another in the order of accesses alone that do not meet.
    bool skipsEquivalent = true;
};

/// With the order relaxed at one site.
[[nodiscard]] inline Options relaxedAt(const Site& site) {
    Options options;
    options.relaxed = site;
    return options;
}

class Explorer {
public:
    explicit Explorer(Options options);
    ~Explorer();
    Explorer(const Explorer&) = delete;
    Explorer& operator=(const Explorer&) = delete;

    [[nodiscard]] Result explore(const std::function<std::unique_ptr<Scenario>()>& make);

    /// The one that is exploring.
    [[nodiscard]] static Explorer& running();

    // What the threads do.
    [[nodiscard]] std::size_t add(std::uint64_t value) { return memory_.add(value); }
    [[nodiscard]] std::uint64_t load(std::size_t location, std::memory_order order, const Where& where);
    void store(std::size_t location, std::uint64_t value, std::memory_order order, const Where& where);
    template <class Change>
    std::uint64_t change(std::size_t location, std::memory_order order, const Where& where, Change change) {
        meet({location, true});
        return memory_.change(self_, location, orderAt(where, order), change);
    }
    void read(Shadow& shadow) { expect(memory_.read(self_, shadow), "a read races with a write"); }
    void write(Shadow& shadow) { expect(memory_.write(self_, shadow), "a write races with another access"); }
    /// The execution ends with a violation unless it is so.
    void expect(bool isSo, const char* otherwise) {
        if (!isSo && result_.violation.empty()) result_.violation = otherwise;
    }

private:
    /// What a thread will do to an atomic object once it goes on.
    struct Access {
        std::size_t location = 0;
        bool isWrite = false;

        [[nodiscard]] bool meets(const Access& other) const {
            return location == other.location && (isWrite || other.isWrite);
        }
    };
    using ThreadSet = std::array<bool, mostThreads>;
    struct KnownSite {
        const char* file;
        unsigned line;
        std::memory_order order;
        std::memory_order used;
    };

    void meet(Access access);
    [[nodiscard]] std::memory_order orderAt(const Where& where, std::memory_order order);
    void execute(Scenario& scenario);
    bool runThreads(std::size_t count);
    void resume(std::size_t thread);
    [[nodiscard]] std::size_t choose(std::size_t count) { return choices_.choose(count); }

    const Options options_;
    Choices choices_;
    Memory memory_;
    Result result_;
    std::array<Fiber, mostThreads> fibers_;
    std::array<Access, mostThreads> pending_{};
    std::array<ThreadSet, mostLocations> touched_{};  // in any execution so far
    std::vector<KnownSite> known_;
    std::set<Site> sites_;
    bool hasLearnt_ = false;
    std::size_t self_ = 0;
    Explorer* const outer_;
};

[[nodiscard]] inline Result explore(const std::function<std::unique_ptr<Scenario>()>& make,
                                    const Options& options = {}) {
    return Explorer(options).explore(make);
}

template <class S>
[[nodiscard]] Result explore(const Options& options = {}) {
    return explore([] { return std::make_unique<S>(); }, options);
}

/// std::atomic, of a whole number or a bool.
template <class T>
class Atomic {
public:
    Atomic(T value) : location_(Explorer::running().add(static_cast<std::uint64_t>(value))) {}
    Atomic(const Atomic&) = delete;
    Atomic& operator=(const Atomic&) = delete;

    T load(std::memory_order order, const Where& where = Where::current()) const {
        return static_cast<T>(Explorer::running().load(location_, order, where));
    }
    void store(T value, std::memory_order order, const Where& where = Where::current()) {
        Explorer::running().store(location_, static_cast<std::uint64_t>(value), order, where);
    }
    T exchange(T value, std::memory_order order, const Where& where = Where::current()) {
        return change(order, where, [value](T) { return value; });
    }
    T fetch_add(T more, std::memory_order order, const Where& where = Where::current()) {
        return change(order, where, [more](T before) { return static_cast<T>(before + more); });
    }

private:
    template <class Change>
    T change(std::memory_order order, const Where& where, Change change) {
        return static_cast<T>(
            Explorer::running().change(location_, order, where, [change](std::uint64_t before) {
                return static_cast<std::uint64_t>(change(static_cast<T>(before)));
            }));
    }
    std::size_t location_;
};

/// A T that is not atomic: two threads may not touch it at once.
template <class T>
class Plain {
public:
    Plain() = default;
    explicit Plain(T value) : value_(value) {}
    Plain(const Plain&) = delete;

    operator T() const {
        Explorer::running().read(shadow_);
        return value_;
    }
    Plain& operator=(T value) {
        Explorer::running().write(shadow_);
        value_ = value;
        return *this;
    }
    Plain& operator=(const Plain& other) { return *this = static_cast<T>(other); }
    Plain& operator-=(T less) { return *this = static_cast<T>(*this) - less; }
    T operator++() { return *this = static_cast<T>(*this) + 1; }
    T operator++(int) {
        const T before = *this;
        *this = before + 1;
        return before;
    }

private:
    T value_{};
    mutable Shadow shadow_;
};

}
