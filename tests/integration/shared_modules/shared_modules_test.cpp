#include "module.h"

#include <chrono>
#include <memory>
#include <string>

#include <dlfcn.h>

#include <gmock/gmock.h>

#include "../../support/sanitizers.h"

// The modules define one symbol twice on purpose, as plugins of one team do.
extern "C" const char* __asan_default_options() {
    return "detect_odr_violation=0";
}

namespace {

using namespace std::chrono_literals;
using sidespan::Consent;
using sidespan::test::Module;
using sidespan::test::NamesRecorder;
using ::testing::UnorderedElementsAre;

/// A module as a host loads and unloads it.
class Loaded {
public:
    Loaded(const char* path, int mode) : path_(path), library_(::dlopen(path, RTLD_NOW | mode)) {}
    ~Loaded() {
        if (library_ != nullptr) ::dlclose(library_);
    }
    Loaded(const Loaded&) = delete;
    Loaded& operator=(const Loaded&) = delete;

    [[nodiscard]] const Module* operator->() const {
        return static_cast<const Module*>(::dlsym(library_, "sidespanTestModule"));
    }
    [[nodiscard]] bool isThere() const { return library_ != nullptr; }

    void unload() { ::dlclose(std::exchange(library_, nullptr)); }
    [[nodiscard]] bool isMapped() const {
        void* const library = ::dlopen(path_, RTLD_NOW | RTLD_NOLOAD);
        if (library != nullptr) ::dlclose(library);
        return library != nullptr;
    }

private:
    const char* path_;
    void* library_;
};

// Loaded so that the second binds to the first's symbols wherever both have one of a name.
TEST(SharedModules, HaveARecorderEachThoughTheirSymbolsAreEverybodys) {
    const Loaded first(SIDESPAN_FIRST_MODULE, RTLD_GLOBAL);
    const Loaded second(SIDESPAN_SECOND_MODULE, RTLD_GLOBAL);
    ASSERT_TRUE(first.isThere() && second.isThere());
    const auto* const one = first->openShared();
    const auto* const other = second->openShared();
    EXPECT_NE(one, other);
    EXPECT_EQ(first->openShared(), one);
    const auto own = NamesRecorder::shared({.consent = Consent::granted});
    EXPECT_NE(own.get(), one);
    EXPECT_NE(own.get(), other);
    EXPECT_TRUE(second->recordOn(*second->openShared()));
    first->closeShared();
    EXPECT_TRUE(second->recordOn(*second->openShared()));
    EXPECT_EQ(second->openShared()->stats().delivered, 6U);
    second->closeShared();
}

// The rule of the guide: a module ends its spans, closes its lanes and flushes before it goes.
TEST(SharedModules, LeaveNothingBehindThatPointsIntoThem) {
    NamesRecorder recorder({.consent = Consent::granted});
    Loaded module(SIDESPAN_UNMAPPED_MODULE, RTLD_LOCAL);
    ASSERT_TRUE(module.isThere());
    EXPECT_TRUE(module->recordOn(recorder));
    module.unload();
    if (!sidespan::test::isSanitized) {
        EXPECT_FALSE(module.isMapped());
    }
    { auto span = recorder.span("of the host"); }
    EXPECT_TRUE(recorder.flush(20s));
    EXPECT_THAT(recorder.sink().names,
                UnorderedElementsAre("of a module", "of a module's lane", "within it", "of the host"));
    EXPECT_EQ(recorder.stats().delivered, 4U);
    EXPECT_TRUE(recorder.stats().isConserved());
    EXPECT_TRUE(recorder.shutdown(20s));
}

}
