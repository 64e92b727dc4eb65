#include "shared_budget.h"

#include <algorithm>
#include <charconv>
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
        const Day known = parse(text);
        day_.used = std::max<std::int64_t>(0, (known.number == day_.number ? known.used : 0) + unsaved_);
        isAdded = addHere(bytes);
        return join({decimal(day_.number), " ", decimal(day_.used), "\n"});
    });
    if (saved.isSuccess()) unsaved_ = 0;
    return isAdded;
}

// Text that cannot be read counts as no bytes.
RequestBudget::Day SharedBudget::parse(std::string_view text) noexcept {
    Day day;
    const auto* const end = text.data() + text.size();
    const auto number = std::from_chars(text.data(), end, day.number);
    if (number.ec != std::errc{} || number.ptr == end) return {};
    const auto used = std::from_chars(number.ptr + 1, end, day.used);
    day.used = std::clamp<std::int64_t>(day.used, 0, mostBytes);
    return used.ec == std::errc{} ? day : Day{};
}

}
