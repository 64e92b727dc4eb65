#include "losses.h"

#include <algorithm>

namespace sidespan::inline v0::detail {

std::string lossesHeader(const DropCounts& losses) {
    std::string text;
    for (std::size_t i = 0; i < dropReasonCount; ++i) {
        if (losses.counts[i] == 0) continue;
        if (!text.empty()) text += ", ";
        std::string reason(toString(static_cast<DropReason>(i)));
        std::ranges::replace(reason, ' ', '-');
        text.append(reason).append("=").append(std::to_string(losses.counts[i]));
    }
    return text;
}

}
