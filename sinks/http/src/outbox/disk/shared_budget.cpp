#include "shared_budget.h"

#include <algorithm>
#include <utility>

#include <sidespan/detail/compiler.h>
#include <sidespan/detail/join.h>

namespace sidespan::inline v0::detail {
namespace {

constexpr const char* fileName = "sent-today";

}

SharedBudget::SharedBudget(std::uint64_t limit, std::string directory)
    : RequestBudget(limit), path_(std::move(directory)) {}

bool SharedBudget::add(std::int64_t bytes) noexcept {
    if (!directory_.isOpen()) {
        if (auto opened = Directory::make(path_); opened.isSuccess()) directory_ = std::move(opened).value();
    }
    const auto isAdded = directory_.isOpen() ? addToFile(bytes) : std::nullopt;
    return isAdded ? *isAdded : addHere(bytes);
}

// Nothing if the file cannot be used. Bytes that cannot be saved are saved with later ones.
SIDESPAN_COLD std::optional<bool> SharedBudget::addToFile(std::int64_t bytes) noexcept {
    std::optional<bool> isAdded;
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
    return isAdded;
}

}
