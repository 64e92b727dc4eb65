#include "file_faults.h"

#include <mutex>

#include "fault_state.h"

namespace sidespan::test {
namespace {

// Functions that replace the system's are called before any constructor has run.
constinit FaultState state;

}

FaultState& FaultState::get() noexcept {
    return state;
}

std::optional<int> FaultState::faultOf(std::string_view name) {
    count();
    if (!isFaulty_) return std::nullopt;
    const std::lock_guard lock(lock_);
    if (times_ == 0 || !name.ends_with(suffix_)) return std::nullopt;
    --times_;
    ++refused;
    return error_;
}

bool FaultState::refusesChange() noexcept {
    if (isReadOnly) ++refused;
    return isReadOnly;
}

void FaultState::refuse(std::string_view suffix, int error, int times) {
    const std::lock_guard lock(lock_);
    suffix_ = suffix;
    error_ = error;
    times_ = times;
    isFaulty_ = true;
}

void FaultState::heal() noexcept {
    isFaulty_ = false;
    isReadOnly = false;
    areLocksThere = true;
}

FileFaults::FileFaults() {
    replaceFileCalls();
    FaultState::get().refused = 0;
    FaultState::get().calls = 0;
}

FileFaults::~FileFaults() {
    heal();
}

void FileFaults::refuse(std::string_view suffix, int error, int times) {
    FaultState::get().refuse(suffix, error, times);
}

void FileFaults::makeReadOnly(bool isReadOnly) {
    FaultState::get().isReadOnly = isReadOnly;
}

void FileFaults::refuseLocks() {
    FaultState::get().areLocksThere = false;
}

void FileFaults::heal() {
    FaultState::get().heal();
}

std::uint64_t FileFaults::calls() const {
    return FaultState::get().calls;
}

std::uint64_t FileFaults::refused() const {
    return FaultState::get().refused;
}

}
