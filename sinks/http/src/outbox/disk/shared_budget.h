#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include <sidespan/network/detail/request_budget.h>

#include "directory.h"

namespace sidespan::inline v0::detail {

/// A budget that is counted in a file of the outbox directory, for all who share the directory, and across
/// restarts. Counts in memory while the file cannot be used.
class SharedBudget final : public RequestBudget {
public:
    /// Touches nothing.
    SharedBudget(std::uint64_t limit, std::string directory);

private:
    [[nodiscard]] bool add(std::int64_t bytes) noexcept override;
    void addToFile(std::int64_t bytes, std::optional<bool>& isAdded);

    std::string path_;
    Directory directory_;
};

}
