#include "shared_budget.h"

#include <algorithm>
#include <new>
#include <optional>
#include <utility>

#include <sidespan/detail/compiler.h>
#include <sidespan/detail/join.h>

namespace sidespan::inline v0::detail {
namespace {

constexpr const char* fileName = "sent-today";

}

SharedBudget::SharedBudget(std::uint64_t limit, std::string directory)
    : RequestBudget(limit), path_(std::move(directory)) {}

// Without memory it counts here, and in the file later.
bool SharedBudget::add(std::int64_t bytes) noexcept {
    std::optional<bool> isAdded;
    try {
        addToFile(bytes, isAdded);
    } catch (const std::bad_alloc&) {  // NOLINT(bugprone-empty-catch)
    }
    return isAdded ? *isAdded : addHere(bytes);
}

// Sets nothing if the file cannot be used. Bytes that cannot be saved are saved with later ones.
SIDESPAN_COLD void SharedBudget::addToFile(std::int64_t bytes, std::optional<bool>& isAdded) {
    if (!directory_.isOpen()) {
        auto opened = Directory::make(path_);
        if (!opened.isSuccess()) return;
        directory_ = std::move(opened).value();
    }
    const auto saved = directory_.update(fileName, [&](std::string_view text) {
        const auto today = join({decimal(day_.number), " "});
        const bool isOfToday = text.starts_with(today);
        if (isOfToday) text.remove_prefix(today.size());
        const auto known = isOfToday ? takeDecimal(text).value_or(0) : 0;
        day_.used = std::max<std::int64_t>(0, bounded(known) + unsaved_);
        isAdded = addHere(bytes);
        return join({today, decimal(day_.used), "\n"});
    });
    if (saved.isSuccess()) unsaved_ = 0;
}

}
