#include "losses.h"

#include <algorithm>

#include <sidespan/detail/compiler.h>
#include <sidespan/detail/join.h>

namespace sidespan::inline v0::detail {

SIDESPAN_COLD std::string lossesHeader(const DropCounts& losses) {
    std::string text;
    for (std::size_t i = 0; i < dropReasonCount; ++i) {
        if (losses.counts[i] == 0) continue;
        std::string reason(toString(static_cast<DropReason>(i)));
        std::ranges::replace(reason, ' ', '-');
        text = join({text, text.empty() ? "" : ", ", reason, "=", decimal(losses.counts[i])});
    }
    return text;
}

}
